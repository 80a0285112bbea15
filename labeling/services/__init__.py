"""Use cases: each is one place where the pure core and the project file meet."""
