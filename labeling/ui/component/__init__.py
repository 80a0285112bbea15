"""The labeling workspace that runs in the browser: its JavaScript modules and its style, joined for Streamlit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from labeling.ui.component.join import join

ENTRY = "main.js"
"""The module that Streamlit calls; what it imports, by way of others too, is the component."""


STYLES = (
    "ground",
    "article",
    "panel",
    "calendar",
    "follow",
    "form",
    "sheet",
    "find",
    "suggestions",
    "status",
    "screens",
    "review",
)
"""The style sheets, a noun each, without their ending."""


def read_module(name: str) -> str:
    """Return the source of a module or style sheet beside this file."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """Return the component's modules joined into one; raise JoinError where one can't be joined."""
    return join(ENTRY, read_module)


def style() -> str:
    """Return the component's style sheets as one, in their order: later rules win over earlier ones."""
    return "\n".join(read_module(f"{name}.css") for name in STYLES)


@cache
def _mount() -> Any:
    import streamlit as st

    return st.components.v2.component("saywhen_workspace", js=script(), css=style(), isolate_styles=False)


def review_desk(
    *,
    api: str,
    token: str,
    expires: int,
    reviewer: str,
    project: str,
    schema: dict[str, Any],
    clauses: list[dict[str, str]],
    article: str | None = None,
) -> None:
    """Show the review page, as `workspace` shows the label page; without `article` it opens what is worth most."""
    _mount()(
        key="review",
        data={
            "page": "review",
            "api": api,
            "token": token,
            "expires": expires,
            "annotator": reviewer,
            "project": project,
            "schema": schema,
            "clauses": clauses,
            "article": article,
        },
        on_token_expired_change=_new_token,
    )


def workspace(
    *,
    api: str,
    token: str,
    expires: int,
    annotator: str,
    project: str,
    schema: dict[str, Any],
    article: str | None = None,
) -> None:
    """Show the workspace on the page that is being drawn; it fetches and saves over the API at `api`.

    `expires` is the token's end in unix seconds; a browser whose token no longer holds makes the page run again,
    which hands it a new one. Without `article` it opens the first one still to do.
    """
    _mount()(
        key="workspace",
        data={
            "api": api,
            "token": token,
            "expires": expires,
            "annotator": annotator,
            "project": project,
            "schema": schema,
            "article": article,
        },
        on_token_expired_change=_new_token,
    )


def _new_token() -> None:
    """Nothing to do: that the page runs again is what is wanted."""
