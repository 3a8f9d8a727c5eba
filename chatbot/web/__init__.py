"""HTTP and HTML: the server, access, the API and the page."""
