"""The commands of `saywhen`, an area each; `main` puts them together."""
