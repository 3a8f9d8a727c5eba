"""Takes articles from files, uploads and addresses into the collection, and keeps them fresh."""
