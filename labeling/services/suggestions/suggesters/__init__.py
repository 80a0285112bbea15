"""Suggesters of others: a spaCy pipeline, a language model, a file of predictions, and what other packages plug in."""
