"""Charts drawn within the process of the test, each one once: the renderer takes a second to load in a process of its own.

Another process draws the same bytes (tests/test_charts.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from labeling import extras
from labeling.charts import png

_OF_ITS_OWN = png.drawn
_DRAWN: dict[str, bytes] = {}


def drawn(specifications: Sequence[dict[str, Any]], version: str) -> list[bytes]:
    """Return what `png.drawn` does."""
    extras.require("charts", "a chart as PNG")
    keys = [json.dumps([version, each], sort_keys=True) for each in specifications]
    for key, each in zip(keys, specifications, strict=True):
        if key not in _DRAWN:
            _DRAWN[key] = png.drawn_here([each], version)[0]
    return [_DRAWN[key] for key in keys]


def install() -> None:
    """Draw so from now on; to be called before `labeling.charts.vega` is loaded."""
    png.drawn = drawn


@contextmanager
def in_a_process_of_its_own() -> Iterator[None]:
    """Draw each chart as the program does, every time."""
    from labeling.charts import vega

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vega, "drawn", _OF_ITS_OWN)
        yield
