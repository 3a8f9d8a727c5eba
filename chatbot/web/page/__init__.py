"""The page: Gradio, and the HTML of everything that is shown on it."""
