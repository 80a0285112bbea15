"""Fetching articles from the web: pages, and the pages that feeds, sitemaps and lists name, are imported into a project."""

from labeling.services.fetching.fetch import FetchReport, FetchTick, NewVersion, fetch
from labeling.services.fetching.visiting import Limits

__all__ = ["FetchReport", "FetchTick", "Limits", "NewVersion", "fetch"]
