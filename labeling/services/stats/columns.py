"""Columns in the making: what repeats is held once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: How many words are strings at a time.
_CHUNK = 5_000


class Repeated:
    """Rows with many duplicates: each distinct row is held once, with a number for each occurrence."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._rows = array("i")

    def append(self, row: Any) -> None:
        """Add a row."""
        self._rows.append(self._numbers.setdefault(row, len(self._numbers)))

    def column(self, shown: Callable[[Iterable[Any]], Iterable[str]]) -> pd.Categorical:
        """Return a column of `shown`, computed once for each distinct row."""
        names = list(shown(self._numbers))
        categories = sorted(set(names))
        places = {name: at for at, name in enumerate(categories)}
        codes = np.array([places[name] for name in names], np.intc)
        return pd.Categorical.from_codes(codes[numbers(self._rows)], categories=pd.Index(categories, dtype="str"))

    def columns(self, *names: str) -> dict[str, pd.Categorical]:
        """Return the columns of rows that are tuples."""
        return {name: self.column(partial(map, itemgetter(at))) for at, name in enumerate(names)}


class Words:
    """Strings with few duplicates, held as bytes, which take a third of the memory."""

    def __init__(self) -> None:
        self._held: list[pd.Series[str]] = []
        self._fresh: list[str] = []

    def append(self, words: str) -> None:
        """Add a string."""
        self._fresh.append(words)
        if len(self._fresh) == _CHUNK:
            self._hold()

    def _hold(self) -> None:
        self._held.append(pd.Series(self._fresh, dtype="str"))
        self._fresh = []

    def column(self) -> pd.Series[str]:
        """Return the strings as a column."""
        self._hold()
        return pd.concat(self._held, ignore_index=True)


class Rows:
    """Rows in the making: whose work each is from, by its number, its span with its words, and its further values."""

    def __init__(self) -> None:
        self.work, self.span, self.text, self.values = array("i"), Words(), Words(), Repeated()

    def append(self, work: int, span: str, text: str, values: tuple[Any, ...]) -> None:
        """Add a row."""
        self.work.append(work)
        self.span.append(span)
        self.text.append(text)
        self.values.append(values)

    def frame(self, about: dict[str, pd.Categorical], values: dict[str, pd.Categorical]) -> pd.DataFrame:
        """Return the rows as a frame, with columns `about` their work and their further values."""
        work = numbers(self.work)
        held = {name: column.take(work) for name, column in about.items()}
        return pd.DataFrame({**held, "span": self.span.column(), "text": self.text.column(), **values})


def numbers(held: array[int]) -> NDArray[np.intc]:
    """Return numbers as an array."""
    return np.array(held, np.intc)
