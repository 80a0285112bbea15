"""Everything that answers the browser: the server, access control and the HTTP API."""
