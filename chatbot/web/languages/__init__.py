"""The page's own words in the language of its reader. What articles, answers and readers say stays as it is."""
