"""The articles' lines by split, written once; everything else is made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import orjson

from labeling.adjudication import Gold
from labeling.dataset.anonymous import anonymized
from labeling.dataset.losses import Losses
from labeling.dataset.refusals import Refusal, refusals
from labeling.dataset.resolution import Resolution
from labeling.dataset.splits import Splits, leaks
from labeling.services.dataset_build.objections import Objections
from labeling.services.dataset_build.source import ResolvedPlan
from labeling.services.export import lines
from labeling.services.review import Reviewing
from labeling.services.splits import Tick
from labeling.store.contract import Store


class Sources:
    """The number of annotations behind a dataset, how many of these were imported, and how many of those edited since."""

    def __init__(self, store: Store) -> None:
        with store.reading() as project:
            self._imported = project.annotations.imported()
        self._annotations = self._untouched = self._edited = 0

    def add(self, article: str, annotators: Iterable[str]) -> None:
        """Count the annotations of an article."""
        for annotator in annotators:
            self._annotations += 1
            edited = self._imported.get((article, annotator))
            self._untouched += edited is False
            self._edited += edited is True

    def as_json(self) -> dict[str, int]:
        """Return the sums as plain values."""
        return {
            "annotations": self._annotations,
            "imported": self._untouched + self._edited,
            "edited after import": self._edited,
        }


#: What a dataset without splits calls its one file.
WHOLE = "all"


@dataclass(slots=True)
class Masters:
    """The articles' lines by split, where each was written, those set aside, whose work it is, and what it was made of.

    `sources` says how many of the annotations behind it were imported, `resolution` how gold came about.
    `revision` is a digest over the articles' ids and the revisions of the work on each.
    """

    files: dict[str, Path]
    written: dict[str, str]  # the split by article
    aside: list[str]
    annotators: list[str]
    revision: str
    sources: Sources
    resolution: Resolution | None = None  # of gold


def write_masters(
    store: Store, work: Path, source: ResolvedPlan, losses: Losses, objections: Objections, tick: Tick
) -> Masters:
    """Write the articles' lines by split, without articles that were set aside."""
    plan, splits, names = source.plan, source.splits, source.names
    schema, aside, written = store.schema, list[str](), dict[str, str]()
    annotators, digest = set[str](), hashlib.sha256()
    order = list(splits.recipe.shares) if splits else [WHOLE]
    total, files = store.count(), dict[str, BinaryIO]()
    gold = plan.source == "gold"
    found: dict[str, tuple[tuple[str, ...], Gold]] = {}
    resolution = Resolution(Reviewing(store).for_gold().policy, schema) if gold else None
    sources = Sources(store)
    with ExitStack() as open_files:

        def keep(article: str, by: tuple[str, ...], made: Gold) -> None:
            found.clear()
            found[article] = by, made

        for done, raw in lines(store, submitted=plan.submitted, gold=gold, only=source.whose, on_gold=keep):
            if done % 200 == 1:
                tick("reading articles", done, total)
            line = orjson.loads(raw)
            if not line["annotations"]:
                continue
            split = splits.placements.get(line["id"]) if splits else WHOLE
            if split is None:
                aside.append(line["id"])
                continue
            objections.add(refusals(line, schema, alone=gold and line["id"] in source.alone))
            behind = [each["annotator"] for each in line["annotations"]]
            if plan.anonymous:
                line = anonymized(line, names, schema, losses)
                raw = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            if split not in files:
                files[split] = open_files.enter_context((work / f"{split}.jsonl").open("wb"))
            files[split].write(raw)
            written[line["id"]] = split
            if resolution:
                by, made = found[line["id"]]
                resolution.add(by, made)
                sources.add(line["id"], by)
            else:
                sources.add(line["id"], behind)
            for each in line["annotations"]:
                annotators.add(each["annotator"])
                digest.update(f"{line['id']}\0{each['annotator']}\0{each['revision']}\n".encode())
    if resolution and resolution.is_of_one:
        losses.add("one annotator, not reviewed: articles that no second person marked or reviewed", "", len(written))
    if plan.submitted and (left := len(source.worked) - len(written) - len(aside)) > 0:
        what = "articles with unresolved disagreements" if gold else "articles with work in progress"
        losses.add(f"{what} are not in the dataset", "", left)
    paths = {split: work / f"{split}.jsonl" for split in order if split in files}
    return Masters(paths, written, aside, sorted(annotators), digest.hexdigest()[:16], sources, resolution)


def checked_splits(masters: Masters, splits: Splits, objections: Objections) -> Splits:
    """Return the splits as far as the dataset goes, and hold every tie in it against where articles were really written."""
    within = {*masters.written, *masters.aside}
    ties = [tie for tie in splits.ties if sum(article in masters.written for article in tie.articles) > 1]
    found = leaks(masters.written, ties)
    for leak in found:
        where = ", ".join(f"{ids[0]} in {split}" for split, ids in sorted(leak.articles.items()))
        why = f"{leak.tie.kind} “{leak.tie.words[:80]}”: {where}"
        objections.add([Refusal("leak", min(article for ids in leak.articles.values() for article in ids), why)])
    groups = [
        group._replace(articles=tuple(id for id in group.articles if id in within))
        for group in splits.groups
        if len(within.intersection(group.articles)) > 1
    ]
    set_aside = [each for each in splits.aside if each.article in within]
    return replace(splits, groups=groups, aside=set_aside, leaks=found, ties=ties)
