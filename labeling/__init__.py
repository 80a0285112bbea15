"""SayWhen: labeling who said what, and when."""

__version__ = "0.1.0"
