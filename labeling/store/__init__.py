"""The project file: everything that speaks SQL, and nothing else does."""
