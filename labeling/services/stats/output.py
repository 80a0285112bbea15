"""The tables as JSON, CSV and lines for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from labeling.errors import StoreError
from labeling.formats.csv import safe_cell
from labeling.quantities import many
from labeling.services.stats.facts import EVERYBODY, Facts
from labeling.services.stats.tables import tables


def as_json(found: Facts) -> dict[str, Any]:
    """Return every table as plain values: {"whose", "articles", "quotations", "dates", "tables": {key: [row …]}}."""
    return {
        "whose": found.whose,
        "articles": found.articles,
        "quotations": len(found.quotations),
        "dates": len(found.claims),
        "tables": {table.key: orjson.loads(table.frame.to_json(orient="records")) for table in tables(found)},
    }


def write_csv(found: Facts, folder: Path) -> list[Path]:
    """Write a CSV file a table into a folder and return their paths; raises StoreError if it cannot be written."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in tables(found):
            path = folder / f"{table.key}.csv"
            path.write_bytes(as_csv(table.frame))
            written.append(path)
    except OSError as fault:
        raise StoreError(f"can't write to {folder} ({fault.strerror}); check permissions and free space") from None
    return written


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, in which a spreadsheet finds no formula."""
    safe = frame.map(lambda cell: safe_cell(cell) if isinstance(cell, str) else cell)
    return bytes(safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").encode("utf-8-sig"))


def text(found: Facts, most: int = 15) -> Iterator[str]:
    """Yield the tables as lines for a terminal, of each table the first rows."""
    whose = "everyone" if found.whose == EVERYBODY else found.whose
    yield (
        f"{whose}: {many(len(found.quotations), 'quote')} and {many(len(found.claims), 'claimed date')} in "
        f"{many(found.articles, 'article')}"
    )
    for table in tables(found):
        if table.frame.empty:
            continue
        rows = [list(table.frame.columns), *table.frame.head(most).to_numpy().tolist()]
        shown = [[_cell(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        numeric = [pd.api.types.is_numeric_dtype(kind) for kind in table.frame.dtypes]
        yield ""
        yield f"{table.title}. {table.says}"
        for row in shown:
            cells = (cell.rjust(width) if number else cell.ljust(width)
                     for cell, width, number in zip(row, widths, numeric, strict=True))  # fmt: skip
            yield "  ".join(cells).rstrip()
        if len(table.frame) > most:
            yield f"… and {len(table.frame) - most:,} more: saywhen stats --json, or --csv FOLDER"


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, int):
        return f"{cell:,}"
    words = " ".join(str(cell).split())
    return words if len(words) <= 44 else f"{words[:43]}…"
