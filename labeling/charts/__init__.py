"""Charts of plain counts."""
