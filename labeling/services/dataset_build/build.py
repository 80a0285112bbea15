"""Building a dataset's folder: data, formats, agreement, charts, card and manifest."""

from __future__ import annotations

import re
import secrets
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from labeling import __version__, extras
from labeling.audit import Event
from labeling.dataset.card import card
from labeling.dataset.counts import Counts
from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.dataset.refusals import Kind
from labeling.dataset.splits import Group
from labeling.errors import DatasetError
from labeling.formats.registry import FORMATS
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.services import splits as splitting
from labeling.services.audit_trail import record
from labeling.services.dataset_build.files import MANIFEST, MANIFEST_FORMAT, listed, read_lines, to_disk
from labeling.services.dataset_build.masters import Masters, checked_splits, write_masters
from labeling.services.dataset_build.objections import Objections, nothing, refuse
from labeling.services.dataset_build.output import write_data, write_format
from labeling.services.dataset_build.source import ResolvedPlan, named, resolved
from labeling.services.export import sweep
from labeling.services.splits import Tick, silent
from labeling.store.contract import Store


@dataclass(slots=True)
class Built:
    """A dataset that was built: its folder, the counts by split, the problems that were accepted, the losses.

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
    """Build a dataset in a new folder inside of `folder`; it is complete or absent. `by` says who asks.

    Raising from `tick` stops it, and leaves nothing.
    Raises RefusedError with the list of problems, DatasetError if there is nothing to write, and StoreError if something was
    removed from the project meanwhile.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", store.path.stem).strip("-") or "project"
    plan = named(store, plan)
    source = re.sub(r"[^\w-]+", "-", plan.source).strip("-")
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stem}-{source}-{plan.shape}-{store.schema.name}-v{store.schema.version}-{moment}"
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    with store.reading() as project:
        removals = project.removals.count()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        draft.mkdir()
        built = build_into(store, draft, plan, by=by, tick=tick, removed=removed_since(store))
        to_disk(draft)
        store.require_in_place()
        for number in range(1, 1000):
            built.path = folder / (name if number == 1 else f"{name}-{number}")
            if not built.path.exists():
                with store.writing() as project:  # so that a removal either is noticed here, or finds the dataset
                    project.removals.require_none_since(removals)
                    draft.rename(built.path)
                record(store, Event.BUILT_DATASET, by=by, about=built.path.name)
                return built
        raise DatasetError(f"{folder} has too many datasets named {name}; move them away")
    except OSError as fault:
        raise DatasetError(
            f"can't write the dataset to {folder} ({fault.strerror}); check permissions and free space"
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
    removed: dict[str, Any] | None = None,
) -> Built:
    """Write a dataset's files into an empty folder; without `keep`, articles are placed in splits for this once only.

    `charts` says whether the card has charts; by default it has if they can be drawn. `removed` is what was removed from the
    project since the dataset before (see `removed_since`). Raises MissingExtraError for a format
    or charts that need what is not installed.
    """
    plan = named(store, plan)
    _require_formats(plan)
    if charts is None:
        charts = extras.installed("charts")
    elif charts:
        extras.require("charts", "the charts of a card")
    schema = store.schema
    source = resolved(store, plan, tick)
    splits = source.splits
    work = place / ".work"
    work.mkdir()
    losses: dict[str, Losses] = {"the dataset": Losses()}
    objections = Objections()
    masters = write_masters(store, work, source, losses["the dataset"], objections, tick)
    if splits:
        splits = checked_splits(masters, splits, objections)
    refuse(objections, plan)
    if not masters.files:
        raise DatasetError(nothing(plan, losses["the dataset"]))
    # Only now that nothing speaks against it, for what is placed never moves again.
    if splits and keep and plan.splits and splitting.place_permanently(store, plan.splits, splits, by) is None:
        raise DatasetError("articles were placed in the splits in the meantime; build the dataset again")
    built = Built(
        place, allowed=objections.times, aside=len(masters.aside), groups=splits.groups if splits else [], charts=charts
    )
    (place / "data").mkdir()
    for split, master in masters.files.items():
        tick(f"writing {split}", 0, 1)
        write_data(master, place / "data" / f"{split}.jsonl", plan, schema, losses["the dataset"])
    for format in plan.formats:
        tick(f"writing {format}", 0, 1)
        losses[format] = Losses()
        write_format(format, masters, place / format, plan, schema, losses[format])
    shutil.rmtree(work)
    with store.reading() as project:
        version = project.label_sets.text(schema.version)
    (place / "schema.yaml").write_text(version, encoding="utf-8")
    built.losses = {name: each.as_values() for name, each in losses.items() if each.found}
    # From here on, everything is counted from what has been written.
    built.counts = {split: _counted(place / "data" / f"{split}.jsonl") for split in masters.files}
    agreement = _agreement(store, source, tick)
    if agreement:
        (place / "agreement.json").write_bytes(orjson.dumps(agreement, option=orjson.OPT_INDENT_2))
    if charts:
        _draw(place / "charts", built.counts, schema)
    about = _about(plan, schema, masters, built, source)
    if removed:
        about["removed"] = removed
    text = card(about, built.counts, schema, agreement, splits, charts=charts)
    (place / "README.md").write_text(text, encoding="utf-8")
    about["files"] = listed(place)
    (place / MANIFEST).write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return built


def removed_since(store: Store) -> dict[str, Any] | None:
    """Return what was removed from a project since its last dataset was built: that dataset's day, and the number of removals by kind.

    None if there are no removals since, or no earlier dataset that could contain what was removed.
    """
    with store.reading() as project:
        since = project.audit.last(Event.BUILT_DATASET)
        kinds = Counter(each.kind for each in project.removals.all() if since and each.at > since)
    return {"since": since[:10], **dict(sorted(kinds.items()))} if since and kinds else None


def _about(plan: Plan, schema: Schema, masters: Masters, built: Built, source: ResolvedPlan) -> dict[str, Any]:
    """Return the parts of the manifest besides its files."""
    about: dict[str, Any] = {
        "format": MANIFEST_FORMAT,
        "program": {"name": "saywhen", "version": __version__},
        "command": plan.command(),
        "plan": plan.as_json(),
        "project": {"revision": masters.revision, "schema": {"name": schema.name, "version": schema.version}},
        "splits": {split: counts.articles for split, counts in built.counts.items()},
        "allowed": dict(sorted(built.allowed.items())),
        "losses": built.losses,
        "work": masters.sources.as_json(),
    }
    if masters.resolution:
        about["review"] = masters.resolution.as_json(source.names.__getitem__ if plan.anonymous else str)
    if source.splits:
        about["project"]["splits"] = source.splits.recipe.as_json()
        about["set aside"] = masters.aside
    return about


def _require_formats(plan: Plan) -> None:
    """Raise DatasetError for a format that there isn't, MissingExtraError for one that needs what is not installed."""
    if unknown := [name for name in plan.formats if name not in FORMATS]:
        raise DatasetError(f"there is no format “{unknown[0]}”; use one of {', '.join(FORMATS)}")
    for name in plan.formats:
        if extra := FORMATS[name].extra:
            extras.require(extra, f"the format {name}")


def _counted(data: Path) -> Counts:
    counts = Counts()
    for line in read_lines(data):
        counts.add(line)
    return counts


def _agreement(store: Store, source: ResolvedPlan, tick: Tick) -> dict[str, Any] | None:
    """Return how far annotators agree, as `saywhen agreement --json` prints it, without γ and the models; None where no two did the same article."""
    figures = agreement_cache.figures_without_chance(
        store, lambda done, total: tick("computing agreement", done, total)
    )
    if not figures["articles"]:
        return None
    if source.plan.anonymous:
        names = source.names
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
