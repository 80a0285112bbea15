"""What the examples share: a dataset's articles, divided into those to learn from and those to be tested on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # so that a clone needs no installation

import labeling as saywhen

Line = dict[str, Any]


def divided() -> tuple[list[Line], list[Line]]:
    """Return the articles to train and to test on of the dataset that the command line names, saying how they are divided.

    Splits of the dataset are followed. Where it has none, or nothing to test on, articles that date the same events or quote
    the same people stay together as a story, and every other story is for testing: never half a story on each side.
    """
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} DATASET (a folder that saywhen export --dataset wrote)")
    try:
        held = {split: [*lines] for split, lines in saywhen.read_dataset(sys.argv[1]).items()}
    except saywhen.DatasetError as error:
        sys.exit(str(error))
    if held.get("train") and held.get("test"):
        train, test, how = held["train"], held["test"], "the dataset's own splits"
    else:
        stories = _stories([line for lines in held.values() for line in lines])
        train = [line for story in stories[::2] for line in story]
        test = [line for story in stories[1::2] for line in story]
        how = f"by story, for the dataset has no split to test on: {len(stories)} stories share neither events nor speakers"
    if not train or not test:
        sys.exit("too few stories: there is nothing to test on that was not trained on")
    print(f"{len(train)} articles to learn from, {len(test)} to be tested on ({how})")
    return train, test


def annotation(line: Line) -> Line:
    """Return the first annotation of an article: gold, or one annotator's work."""
    return next(iter(line["annotations"]), {"spans": [], "published": None})


def told(name: str, right: int, found: int, wanted: int) -> None:
    """Print precision, recall and F1."""
    precision, recall = right / max(1, found), right / max(1, wanted)
    score = 2 * right / max(1, found + wanted)
    print(f"{name:13}  precision {precision:.2f}  recall {recall:.2f}  F1 {score:.2f}  ({wanted} in test)")


def _stories(lines: list[Line]) -> list[list[Line]]:
    """Return the articles in stories, larger ones first."""
    stories: list[tuple[set[str], list[Line]]] = []
    for line in lines:
        shared = {id for names in line["entries"].values() for id in names}
        near = [story for story in stories if story[0] & shared]
        joined = (shared.union(*(entries for entries, _ in near)), [each for _, part in near for each in part] + [line])
        stories = [story for story in stories if story not in near] + [joined]
    return [part for _, part in sorted(stories, key=lambda story: -len(story[1]))]
