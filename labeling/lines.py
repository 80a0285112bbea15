"""The project as dataset lines, streamed from one consistent snapshot."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import orjson

from labeling.dataset import article_line, record_lines
from labeling.store import Store

#: One article a line, or one record a line.
Shape = Literal["articles", "records"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


def lines(
    store: Store, shape: Shape = "articles", *, submitted: bool = False, turn: int = 0, of: int = 1
) -> Iterator[tuple[int, bytes]]:
    """Yield (place in the queue, an article's lines) from one consistent snapshot; memory does not grow with the project.

    `submitted` leaves out work that has not been handed in; each line says which it is. `turn` and `of` name a share
    of the articles (see `Store.share`).
    """
    registries: dict[str, dict[str, str]] | None = None
    with _without_collector():
        for position, article, held in store.share(turn, of):
            if registries is None:  # after the snapshot has begun, so that every entry in it has its name
                registries = store.registries()
            work = [each for each in held if not submitted or each.annotation.status == "submitted"]
            line = article_line(article, work, store.schema, registries, "submitted" if submitted else "all")
            values = (line,) if shape == "articles" else record_lines(line)
            yield position, b"".join(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE) for value in values)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's cycle collector off: nothing here makes cycles, and it would look through all that is at hand again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
