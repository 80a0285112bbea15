"""Tests that drive a real browser on a real server as a person would."""
