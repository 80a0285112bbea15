"""Wording shared by messages about label sets and their values."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any


def shown(value: Any) -> str:
    """Return a value as a message shows it, up to 60 characters."""
    words = repr(value) if not isinstance(value, str) else f"“{value}”"
    return words if len(words) <= 60 else words[:59] + "…"


def unknown_name(kind: str, name: str, known: Collection[str]) -> str:
    """Return the message for an unknown name, with the most similar known one."""
    near = difflib.get_close_matches(name, list(known), 1)
    remedy = f"did you mean “{near[0]}”?" if near else f"use one of {', '.join(known)}" if known else "there is none"
    return f"there is no {kind} “{name}”; {remedy}"
