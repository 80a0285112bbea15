"""What answers the browser: the server, who may come in, and the HTTP API."""
