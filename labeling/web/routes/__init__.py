"""The routes of the API, one module per area; `api` assembles them and identifies the caller."""
