"""Streamlit's search for installed components, done once: it reads the metadata of every installed package.

Each run of a page in a test, and each server, would take a fifth of a second for it.
"""

from __future__ import annotations

import functools

from streamlit.components.v2 import manifest_scanner

manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
manifest_scanner.scan_component_manifests()
