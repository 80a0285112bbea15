"""The labeling workspace that runs in the browser: its JavaScript modules and its style, joined for Streamlit."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

MODULES = (
    "offsets",
    "tokens",
    "datewords",
    "phrases",
    "around",
    "quotation",
    "annotation",
    "history",
    "segments",
    "schema",
    "palette",
    "keymap",
    "linking",
    "jumping",
    "edtf",
    "calendar",
    "mentions",
    "reading",
    "rereading",
    "outbox",
    "client",
    "queue",
    "tabs",
    "dom",
    "surroundings",
    "wording",
    "timeline",
    "search",
    "browse",
    "find",
    "strip",
    "article",
    "cursor",
    "pointer",
    "labelbar",
    "records",
    "markdown",
    "controls",
    "form",
    "comments",
    "card",
    "panel",
    "follow",
    "headline",
    "status",
    "marking",
    "linker",
    "jumper",
    "past",
    "opening",
    "submitting",
    "workspace",
    "lanes",
    "steps",
    "draft",
    "question",
    "overview",
    "review",
    "main",
)
"""The modules in dependency order: each imports only from those before it."""

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


def joined(sources: list[str]) -> str:
    """Return modules, given in dependency order, as one: their imports and all exports but the default one dropped."""
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def read_module(name: str) -> str:
    """Return the source of a module."""
    return _read(f"{name}.js")


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


JS: str = joined([read_module(name) for name in MODULES])
CSS: str = _read("workspace.css")


@cache
def _mount() -> Any:
    import streamlit as st

    return st.components.v2.component("saywhen_workspace", js=JS, css=CSS, isolate_styles=False)


def review(
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
