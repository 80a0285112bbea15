"""Annotations: articles, the operations that change an annotation, its state, and its way to a new label set."""
