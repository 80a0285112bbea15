"""Building a dataset: a folder with the data by split, the formats asked for, a card, and a manifest that proves it.

Everything is made from one reading of the project, in a folder beside, which gets its name when it is whole and on the
disk. The same work, plan and program give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from labeling import __version__, extras
from labeling.dataset.anonymous import Pseudonyms, anonymised
from labeling.dataset.card import card
from labeling.dataset.counts import Counts
from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.dataset.refusals import REMEDIES, Kind, Refusal, refusals
from labeling.dataset.shapes import record_lines_told, token_lines, windows
from labeling.dataset.splits import Group, Splits, leaks
from labeling.dataset.standoff import without_text
from labeling.errors import DatasetError, RefusedError
from labeling.formats.registry import FORMATS
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.services import splits as splitting
from labeling.services.export import lines, sweep
from labeling.services.splits import Tick, silent
from labeling.store.project import Store

MANIFEST = "manifest.json"
MANIFEST_FORMAT = "saywhen-dataset/1"
#: What a dataset without splits calls its one file.
WHOLE = "all"
#: How many reasons of a kind are told.
_TOLD = 20
#: How many are kept to be shown.
_KEPT = 1_000


@dataclass(slots=True)
class Built:
    """What building found: the folder, the counts by split, what speaks against it though it was let through, the losses.

    `charts` says whether the card has charts: it has none where the extra that draws them is not installed.
    """

    path: Path
    counts: dict[str, Counts] = field(default_factory=dict)
    allowed: Counter[Kind] = field(default_factory=Counter)
    losses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    aside: int = 0
    groups: list[Group] = field(default_factory=list)
    charts: bool = True


def build(store: Store, folder: Path, plan: Plan, *, by: str = "", tick: Tick = silent) -> Built:
    """Build a dataset in a new folder inside of `folder`; it stands there whole or not at all. `by` says who asks.
    Raising from `tick` stops it, and leaves nothing.

    Raises RefusedError with the list of what speaks against it, DatasetError if there is nothing to write.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", store.path.stem).strip("-") or "project"
    plan = _told(store, plan)
    source = re.sub(r"[^\w-]+", "-", plan.source).strip("-")
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stem}-{source}-{plan.shape}-{store.schema.name}-v{store.schema.version}-{moment}"
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        draft.mkdir()
        built = build_into(store, draft, plan, by=by, tick=tick)
        _to_disk(draft)
        store.require_in_place()
        for number in range(1, 1000):
            built.path = folder / (name if number == 1 else f"{name}-{number}")
            if not built.path.exists():
                draft.rename(built.path)
                return built
        raise DatasetError(f"{folder} is full of datasets named {name}; move them away")
    except OSError as fault:
        raise DatasetError(
            f"the dataset cannot be written to {folder} ({fault.strerror}); check rights and free space"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def build_into(
    store: Store,
    place: Path,
    plan: Plan,
    *,
    keep: bool = True,
    by: str = "",
    tick: Tick = silent,
    charts: bool | None = None,
) -> Built:
    """Write a dataset's files into an empty folder; without `keep`, articles are placed in splits for this once only.

    `charts` says whether the card has charts; by default it has if they can be drawn. Raises MissingExtraError for a format
    or charts that need what is not installed.
    """
    plan = _told(store, plan)
    if unknown := [name for name in plan.formats if name not in FORMATS]:
        raise DatasetError(f"there is no format “{unknown[0]}”; there is {', '.join(FORMATS)}")
    for name in plan.formats:
        if extra := FORMATS[name].extra:
            extras.require(extra, f"the format {name}")
    if charts is None:
        charts = extras.installed("charts")
    elif charts:
        extras.require("charts", "a card with charts")
    schema = store.schema
    splits = _splits(store, plan, tick)
    work = place / ".work"
    work.mkdir()
    losses: dict[str, Losses] = {"the dataset": Losses()}
    against = _Against()
    masters = _masters(store, work, plan, splits, losses["the dataset"], against, tick)
    if splits:
        splits = _apart(masters, splits, against)
    _refuse(against, plan)
    if not masters.files:
        raise DatasetError(_nothing(plan, losses["the dataset"]))
    # Only now that nothing speaks against it, for what is placed never moves again.
    if splits and keep and plan.splits and splitting.keep(store, plan.splits, splits, by) is None:
        raise DatasetError("somebody has placed articles in the splits meanwhile; build the dataset again")
    built = Built(
        place, allowed=against.times, aside=len(masters.aside), groups=splits.groups if splits else [], charts=charts
    )
    (place / "data").mkdir()
    for split, master in masters.files.items():
        tick(f"writing {split}", 0, 1)
        _write_data(master, place / "data" / f"{split}.jsonl", plan, schema, losses["the dataset"])
    for format in plan.formats:
        tick(f"writing {format}", 0, 1)
        losses[format] = Losses()
        _write_format(format, masters, place / format, plan, schema, losses[format])
    shutil.rmtree(work)
    with store.reading() as project:
        version = project.label_sets.text(schema.version)
    (place / "schema.yaml").write_text(version, encoding="utf-8")
    built.losses = {name: each.told() for name, each in losses.items() if each.found}
    # From here on, everything is counted from what has been written.
    built.counts = {split: _counted(place / "data" / f"{split}.jsonl") for split in masters.files}
    agreement = _agreement(store, plan, tick)
    if agreement:
        (place / "agreement.json").write_bytes(orjson.dumps(agreement, option=orjson.OPT_INDENT_2))
    if charts:
        _draw(place / "charts", built.counts, schema)
    about: dict[str, Any] = {
        "format": MANIFEST_FORMAT,
        "program": {"name": "saywhen", "version": __version__},
        "command": plan.command(),
        "plan": plan.as_json(),
        "project": {"revision": masters.revision, "schema": {"name": schema.name, "version": schema.version}},
        "splits": {split: counts.articles for split, counts in built.counts.items()},
        "allowed": dict(sorted(built.allowed.items())),
        "losses": built.losses,
    }
    if splits:
        about["project"]["splits"] = splits.recipe.as_json()
        about["set aside"] = masters.aside
    text = card(about, built.counts, schema, agreement, splits, charts=charts)
    (place / "README.md").write_text(text, encoding="utf-8")
    about["files"] = listed(place)
    (place / MANIFEST).write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return built


def listed(place: Path) -> list[dict[str, Any]]:
    """Return every file of a dataset but its manifest: path, size in bytes, SHA-256."""
    return [
        {"path": file.relative_to(place).as_posix(), "bytes": file.stat().st_size, "sha256": _digest(file)}
        for file in sorted(place.rglob("*"))
        if file.is_file() and file != place / MANIFEST
    ]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a JSONL file that was written here."""
    with path.open("rb") as file:
        yield from map(orjson.loads, file)


@dataclass(slots=True)
class _Masters:
    """The articles' lines by split, where each was written, those set aside, whose work it is, and what it was made of.

    `revision` is a digest over the articles' ids and the revisions of the work on each.
    """

    files: dict[str, Path]
    written: dict[str, str]  # the split by article
    aside: list[str]
    annotators: list[str]
    revision: str


class _Against:
    """What speaks against a dataset: how often by kind, and the first of each."""

    def __init__(self) -> None:
        self.times: Counter[Kind] = Counter()
        self.first: dict[Kind, list[Refusal]] = {}

    def add(self, found: Iterable[Refusal]) -> None:
        for each in found:
            self.times[each.kind] += 1
            first = self.first.setdefault(each.kind, [])
            if len(first) < _KEPT:
                first.append(each)


def _told(store: Store, plan: Plan) -> Plan:
    """Return the plan as the dataset tells it: an annotator goes by the other name where nobody is to be named.

    Raises DatasetError for the work of nobody.
    """
    if plan.source in ("gold", "all"):
        return plan
    names = _pseudonyms(store, plan)
    if (name := names.name(plan.source)) is None:
        raise DatasetError(
            f"there is no annotator “{plan.source}”; there is gold, all, {', '.join(store.annotators())}"
        )
    return replace(plan, source=names[name]) if plan.anonymous else plan


def _pseudonyms(store: Store, plan: Plan) -> Pseudonyms:
    return Pseudonyms(store.pseudonym_key(), store.annotators(), "gold" if plan.source == "gold" else None)


def _splits(store: Store, plan: Plan, tick: Tick) -> Splits | None:
    """Return where the articles that there is work on stand, or would; raises DatasetError for splits that nobody made."""
    if plan.splits is None:
        return None
    with store.reading() as project:
        made = project.splits.recipes()
    if plan.splits != splitting.DEFAULT and plan.splits not in made:
        raise DatasetError(
            f"there are no splits named “{plan.splits}”; there is {', '.join({splitting.DEFAULT: None, **made})}. "
            f"Make them with saywhen splits --name {plan.splits} --place"
        )
    with store.reading() as project:
        worked = project.annotations.worked_on(_whose(store, plan))
    return splitting.splits(store, plan.splits, wanted=worked, tick=tick)


def _masters(
    store: Store, work: Path, plan: Plan, splits: Splits | None, losses: Losses, against: _Against, tick: Tick
) -> _Masters:
    """Write the articles' lines by split, but for those that splits have set aside."""
    schema, aside, written = store.schema, list[str](), dict[str, str]()
    annotators, digest = set[str](), hashlib.sha256()
    order = list(splits.recipe.shares) if splits else [WHOLE]
    names = _pseudonyms(store, plan)
    total, files = store.count(), dict[str, BinaryIO]()
    gold = plan.source == "gold"
    whose = _whose(store, plan)
    with store.reading() as project:
        alone, worked = project.annotations.alone(), project.annotations.worked_on(whose)
    with ExitStack() as open_files:
        for done, raw in lines(store, submitted=plan.submitted, gold=gold, only=whose):
            if done % 200 == 1:
                tick("reading articles", done, total)
            line = orjson.loads(raw)
            if not line["annotations"]:
                continue
            split = splits.placements.get(line["id"]) if splits else WHOLE
            if split is None:
                aside.append(line["id"])
                continue
            against.add(refusals(line, schema, alone=gold and line["id"] in alone))
            if plan.anonymous:
                line = anonymised(line, names, schema, losses)
                raw = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            if split not in files:
                files[split] = open_files.enter_context((work / f"{split}.jsonl").open("wb"))
            files[split].write(raw)
            written[line["id"]] = split
            for each in line["annotations"]:
                annotators.add(each["annotator"])
                digest.update(f"{line['id']}\0{each['annotator']}\0{each['revision']}\n".encode())
    if plan.submitted and (left := len(worked) - len(written) - len(aside)) > 0:
        what = "articles in which something is left to settle" if gold else "articles with work that is not handed in"
        losses.add(f"{what} are left out", "", left)
    paths = {split: work / f"{split}.jsonl" for split in order if split in files}
    return _Masters(paths, written, aside, sorted(annotators), digest.hexdigest()[:16])


def _whose(store: Store, plan: Plan) -> list[str] | None:
    """Return whose work is written; None for gold."""
    if plan.source == "gold":
        return None
    return store.annotators() if plan.source == "all" else [_pseudonyms(store, plan).name(plan.source) or ""]


def _apart(masters: _Masters, splits: Splits, against: _Against) -> Splits:
    """Return the splits as far as the dataset goes, and hold every tie in it against where articles were really written."""
    within = {*masters.written, *masters.aside}
    ties = [tie for tie in splits.ties if sum(article in masters.written for article in tie.articles) > 1]
    found = leaks(masters.written, ties)
    for leak in found:
        where = ", ".join(f"{ids[0]} in {split}" for split, ids in sorted(leak.articles.items()))
        why = f"{leak.tie.kind} «{leak.tie.words[:80]}»: {where}"
        against.add([Refusal("leak", min(article for ids in leak.articles.values() for article in ids), why)])
    groups = [
        group._replace(articles=tuple(id for id in group.articles if id in within))
        for group in splits.groups
        if len(within.intersection(group.articles)) > 1
    ]
    set_aside = [each for each in splits.aside if each.article in within]
    return replace(splits, groups=groups, aside=set_aside, leaks=found, ties=ties)


def _refuse(against: _Against, plan: Plan) -> None:
    """Raise RefusedError if something speaks against the dataset that was not let through."""
    kinds = [kind for kind in against.times if kind not in plan.allow]
    if not kinds:
        return
    told = []
    for kind in kinds:
        times, first = against.times[kind], against.first[kind]
        told.append(f"{times:,} × {kind}: {REMEDIES[kind]}; or let it through with --allow {kind}")
        told += [f"  {each.article}: {each.why}" for each in first[:_TOLD]]
        told += [f"  … and {times - _TOLD:,} more"] if times > _TOLD else []
    raise RefusedError(
        "the dataset is refused, nothing was written:\n" + "\n".join(told),
        [(each.kind, each.article, each.why) for kind in kinds for each in against.first[kind]],
    )


def _nothing(plan: Plan, losses: Losses) -> str:
    if plan.source == "gold" and losses.found:
        return (
            "no article is settled whole, so there is no gold to write: decide what annotators differ in, or, where each has "
            "worked alone, take one vote as enough (saywhen review policy --votes 1 --as NAME) or build it from "
            "their work with --from all or --from NAME"
        )
    if plan.source == "gold":
        return (
            "there is no gold yet: nobody has handed in an article; build it from work with --from all or --from NAME"
        )
    return f"there is no work of {plan.source} to write" + (" that has been handed in" if plan.submitted else "")


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
                yield from record_lines_told(line, schema, losses)
            case "tokens":
                yield from token_lines(line, schema, losses)


def _write_data(master: Path, target: Path, plan: Plan, schema: Schema, losses: Losses) -> None:
    if plan.shape == "articles" and plan.texts:
        shutil.copyfile(master, target)
        return
    with target.open("wb", buffering=1 << 20) as file:
        for line in _shaped(master, plan, schema, losses):
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _write_format(name: str, masters: _Masters, place: Path, plan: Plan, schema: Schema, losses: Losses) -> None:
    """Write the splits in a format; one that holds one annotation an article gets a file for each annotator."""
    format = FORMATS[name]
    place.mkdir()
    for split, master in masters.files.items():
        whose: list[str | None] = [None] if format.several or len(masters.annotators) == 1 else [*masters.annotators]
        for at, annotator in enumerate(whose):
            # Shapes lose the same for everybody; it is counted with the data.
            shaped = _shaped(master, plan, schema, Losses())
            stem = split if annotator is None else f"{split}.{at + 1}-{re.sub(r'[^A-Za-z0-9_-]+', '-', annotator)}"
            format.write(_of(shaped, annotator, schema), place / f"{stem}{format.suffix}", schema, losses)


def _of(shaped: Iterable[dict[str, Any]], annotator: str | None, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield lines with one annotator's work only, where somebody is asked for."""
    for line in shaped:
        if annotator is None:
            yield line
        elif held := [each for each in line["annotations"] if each["annotator"] == annotator]:
            yield {**line, "annotations": held}


def _counted(data: Path) -> Counts:
    counts = Counts()
    for line in read_lines(data):
        counts.add(line)
    return counts


def _agreement(store: Store, plan: Plan, tick: Tick) -> dict[str, Any] | None:
    """Return how far annotators agree, as `saywhen agreement --json` tells; None where no two did the same article."""
    figures = agreement_cache.figures(store, tick=lambda done, total: tick("counting agreement", done, total))
    if not figures["articles"]:
        return None
    if plan.anonymous:
        names = _pseudonyms(store, plan)
        figures["annotators"] = [names[name] for name in figures["annotators"]]
        for pair in figures["pairs"]:
            pair["one"], pair["two"] = names[pair["one"]], names[pair["two"]]
        figures["models"] = None
    return figures


def _draw(place: Path, counts: dict[str, Counts], schema: Schema) -> None:
    from labeling.charts import vega  # here, for Altair takes long to load

    place.mkdir()
    made = {
        "spans": vega.spans_by_label({split: dict(each.spans) for split, each in counts.items()}, schema),
        "outlets": vega.articles_by_outlet({split: dict(each.outlets) for split, each in counts.items()}),
        "months": vega.dates({split: dict(each.months) for split, each in counts.items()}),
    }
    for name, picture in zip(made, vega.png(*made.values()), strict=True):
        (place / f"{name}.png").write_bytes(picture)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_disk(place: Path) -> None:
    """Wait until a folder's files are on the disk."""
    for path in [*place.rglob("*"), place]:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
