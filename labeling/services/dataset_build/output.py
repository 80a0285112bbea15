"""The data and formats of a dataset, written from the masters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.dataset.shapes import record_lines_counting, token_lines, windows
from labeling.dataset.standoff import without_text
from labeling.formats.registry import FORMATS
from labeling.schema import Schema
from labeling.services.dataset_build.files import read_lines
from labeling.services.dataset_build.masters import Masters


def _shaped(master: Path, plan: Plan, schema: Schema, losses: Losses) -> Iterator[dict[str, Any]]:
    for line in read_lines(master):
        match plan.shape:
            case "articles":
                yield line if plan.texts else without_text(line)
            case "sentences":
                yield from windows(line, schema, losses, "sentence")
            case "paragraphs":
                yield from windows(line, schema, losses, "paragraph")
            case "records":
                yield from record_lines_counting(line, schema, losses)
            case "tokens":
                yield from token_lines(line, schema, losses)


def write_data(master: Path, target: Path, plan: Plan, schema: Schema, losses: Losses) -> None:
    """Write the lines of a split in the plan's shape; what the shape can't hold is counted."""
    if plan.shape == "articles" and plan.texts:
        shutil.copyfile(master, target)
        return
    with target.open("wb", buffering=1 << 20) as file:
        for line in _shaped(master, plan, schema, losses):
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def write_format(name: str, masters: Masters, place: Path, plan: Plan, schema: Schema, losses: Losses) -> None:
    """Write the splits in a format; one that holds one annotation an article gets a file for each annotator."""
    format = FORMATS[name]
    place.mkdir()
    for split, master in masters.files.items():
        whose: list[str | None] = [None] if format.several or len(masters.annotators) == 1 else [*masters.annotators]
        for at, annotator in enumerate(whose):
            # Shapes lose the same for everyone; it is counted with the data.
            shaped = _shaped(master, plan, schema, Losses())
            stem = split if annotator is None else f"{split}.{at + 1}-{re.sub(r'[^A-Za-z0-9_-]+', '-', annotator)}"
            format.write(_of(shaped, annotator, schema), place / f"{stem}{format.suffix}", schema, losses)


def _of(shaped: Iterable[dict[str, Any]], annotator: str | None, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield lines with one annotator's work only, where someone is asked for."""
    for line in shaped:
        if annotator is None:
            yield line
        elif held := [each for each in line["annotations"] if each["annotator"] == annotator]:
            yield {**line, "annotations": held}
