"""English: sentences, words, names, dates, numbers. The one package that knows the language."""
