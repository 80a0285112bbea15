"""The project file, and all SQL of the package."""
