"""Python's cycle collector, held back where very many objects are made and few of them, or none, are in cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_USUAL = gc.get_threshold()
#: After how many new objects that stay the collector looks at them: some hundred articles with people's work.
_RARE = 200_000


@contextmanager
def without_collector() -> Iterator[None]:
    """The collector off, for what makes no cycles: it would look through all objects again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def with_rare_collector() -> Iterator[None]:
    """The collector seldom at work, for what makes few cycles."""
    gc.set_threshold(_RARE, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
