"""Streamlit's pages and the browser component."""
