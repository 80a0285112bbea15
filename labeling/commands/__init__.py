"""The commands of `saywhen`, an area each; `cli` puts them together."""
