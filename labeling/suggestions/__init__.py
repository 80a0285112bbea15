"""Suggestions: whole records that could be marked in an article, each with a score; pure, offline and deterministic."""
