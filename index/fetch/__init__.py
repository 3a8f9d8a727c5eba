"""Fetches web pages, feeds and sitemaps: only public addresses, robots.txt and pauses kept to."""
