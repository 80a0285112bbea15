"""Suggestions for the articles of a project: computing, storing, learning and measuring them."""
