"""Lanes: which annotator a reviewer sees under which letter."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from labeling.annotation.state import Annotation


def lanes_of(article: str, reviewer: str, work: Mapping[str, Annotation]) -> dict[str, str]:
    """Return a letter for each annotator: in an order that is the reviewer's own in each article, and stays."""

    def lot(name: str) -> str:
        return hashlib.sha256("\0".join((article, reviewer, name)).encode()).hexdigest()

    return {name: _letters(number) for number, name in enumerate(sorted(work, key=lot))}


def _letters(number: int) -> str:
    """Return A to Z, then AA, AB and so on, as spreadsheets count their columns."""
    return ("" if number < 26 else _letters(number // 26 - 1)) + chr(ord("A") + number % 26)
