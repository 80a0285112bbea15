"""Mounts the browser component in a Streamlit page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labeling.ui.component import CSS, JS

_mount = st.components.v2.component("saywhen_workspace", js=JS, css=CSS, isolate_styles=False)


def workspace(data: dict[str, Any]) -> None:
    """Show the workspace; it fetches, saves and walks on by itself.

    `data` is {"api", "token", "expires", "annotator", "project", "schema", "article"}. The component asks for a rerun,
    and so for a new token, when the one it has no longer holds.
    """
    _mount(key="workspace", data=data, on_token_expired_change=lambda: None)
