"""The registries of a project: entries as people change them, candidates for merging, and lists of entries."""
