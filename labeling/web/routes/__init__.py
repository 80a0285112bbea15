"""The routes of the API, an area each; `api` puts them together and says who asks."""
