"""Frames: quotes, speakers, dates and disagreements of a project as pandas frames.

Their columns are documented in docs/python.md. Offsets are half-open code points of the article's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeAlias

import pandas as pd

from labeling import dates
from labeling.adjudication import Content, Standing
from labeling.adjudication.patterns import pattern
from labeling.agreement.meanings import meaning
from labeling.annotation.article import Article
from labeling.dataset import article_values, span_text
from labeling.dataset.claims import EMPTY, MODALITY, Speaker, entry_of, speaker_parts, speakers_of
from labeling.errors import DateError
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.services.collector import without_collector
from labeling.services.review import GOLD, UNRESOLVED, Reviewing, gold_held
from labeling.services.stats import require_known
from labeling.services.stats.cache import part_of
from labeling.store.project import Store
from labeling.store.team import GOLD as HIDDEN

#: The type that pandas gives each column, by its name, in order.
Columns: TypeAlias = Mapping[str, str]
Row: TypeAlias = tuple[Any, ...]
#: The names of registry entries, by registry and id.
Names: TypeAlias = dict[str, dict[str, str]]

#: Between several cues, speakers or quotes in one cell.
BETWEEN = "; "

_ABOUT = {"article": "str", "title": "str", "outlet": "str", "published": "str", "annotator": "str"}
_SPAN = {"label": "str", "span": "str", "text": "str", "start": "int64", "end": "int64", "fragments": "object"}
_BEHIND = {"attributes": "object", "basis": "str", "votes": "Int64", "asked": "Int64", "reviewer": "str"}

QUOTES: Columns = {
    **_ABOUT, **_SPAN, "type": "str", "cue": "str", "speaker": "str", "speaker_text": "str", "speaker_id": "str",
    "unnamed": "bool", **_BEHIND,
}  # fmt: skip
SPEAKERS: Columns = {
    **_ABOUT, "quote": "str", **_SPAN, "speaker": "str", "speaker_id": "str", "unnamed": "bool", **_BEHIND,
}  # fmt: skip
DATES: Columns = {
    **_ABOUT, **_SPAN, "value": "str", "timex3": "str", "mod": "str", "type": "str", "anchor": "str",
    "first_day": "datetime64[s]", "last_day": "datetime64[s]", "event": "str", "event_id": "str", "modality": "str",
    "claims_nothing": "bool", "quote": "str", "claimant": "str", "claimant_id": "str", **_BEHIND,
}  # fmt: skip
DISAGREEMENTS: Columns = {
    "article": "str", "title": "str", "outlet": "str", "disagreement": "str", "kinds": "str", "pattern": "str",
    "start": "int64", "end": "int64", "text": "str", "versions": "object", "weight": "float64", "state": "str",
    "resolved": "bool", "gold": "object", "took": "str", "reviewer": "str", "note": "str", "clause": "str",
    "decided": "datetime64[ms, UTC]",
}  # fmt: skip
AGREEMENT: Columns = {
    "figure": "str", "title": "str", "one": "str", "two": "str", "value": "float64", "low": "float64", "high": "float64",
}  # fmt: skip


def quotes(store: Store, source: str, *, in_progress: bool = False) -> pd.DataFrame:
    """Return a row per quote; raises NotFoundError for an annotator whom the project does not have."""
    return _frame(QUOTES, _each(store, source, in_progress, "quotes"))


def speakers(store: Store, source: str, *, in_progress: bool = False) -> pd.DataFrame:
    """Return a row per quote and span that says who speaks; raises NotFoundError as `quotes` does."""
    return _frame(SPEAKERS, _each(store, source, in_progress, "speakers"))


def claimed_dates(store: Store, source: str, *, in_progress: bool = False) -> pd.DataFrame:
    """Return a row per span that dates something; raises NotFoundError as `quotes` does."""
    return _frame(DATES, _each(store, source, in_progress, "dates"))


def disagreements(store: Store) -> pd.DataFrame:
    """Return a row per disagreement of those who submitted an article, in reading order."""
    found = (
        _disagreement(article, each)
        for article, gold in Reviewing(store).gold_of_all()
        if gold is not None
        for each in gold.standing
    )
    return _frame(DISAGREEMENTS, found)


def agreement(store: Store, *, in_progress: bool = False, chance: bool = True) -> pd.DataFrame:
    """Return a row per figure of agreement: first of all pairs together, then of each pair."""
    found = agreement_cache.figures(store, everything=in_progress, chance=chance)
    rows = [
        (name, meaning(name).title, None, None, figure["value"], figure.get("low"), figure.get("high"))
        for name, figure in found["figures"].items()
    ]
    for pair in found["pairs"]:
        for name, value in pair["figures"].items():
            low, high = pair.get("intervals", {}).get(name, (None, None))
            rows.append((name, meaning(name).title, pair["one"], pair["two"], value, low, high))
    return _frame(AGREEMENT, rows)


# --- rows -------------------------------------------------------------------------------------------------------------


class _Rows:
    """The rows of annotations under a label set."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._speaker_parts = speaker_parts(schema)
        self._cue_parts = _cue_parts(schema)

    def quotes(self, about: Row, annotation: dict[str, Any], names: Names) -> Iterator[Row]:
        spans = {span["id"]: span for span in annotation["spans"]}
        for record in annotation["records"]:
            if "type" not in record:
                continue
            span, said = spans[record["id"]], self._speakers_of(record, names)
            cues = record["parts"].get(self._cue_parts.get(record["name"], ""), ())
            yield (
                *about, *_span(span), record["type"], _joined(each["text"] for each in cues),
                _joined(speaker.name for _, speaker in said), _joined(each["text"] for each, _ in said),
                _joined(speaker.entry for _, speaker in said),
                bool(said) and all(speaker.unnamed for _, speaker in said), *_behind(span),
            )  # fmt: skip

    def speakers(self, about: Row, annotation: dict[str, Any], names: Names) -> Iterator[Row]:
        spans = {span["id"]: span for span in annotation["spans"]}
        for record in annotation["records"]:
            for part, speaker in self._speakers_of(record, names):
                span = spans[part["id"]]
                yield *about, record["id"], *_span(span), speaker.name, speaker.entry, speaker.unnamed, *_behind(span)

    def dates(self, about: Row, annotation: dict[str, Any], names: Names) -> Iterator[Row]:
        within: dict[str, list[tuple[str, list[Speaker]]]] = {}
        for record in annotation["records"]:
            if "type" in record:
                said = [speaker for _, speaker in self._speakers_of(record, names)]
                for each in (each for spans in record["parts"].values() for each in spans):
                    within.setdefault(each["id"], []).append((record["id"], said))
        for span in annotation["spans"]:
            label = self._schema.labels[span["label"]]
            if (dated := label.date) is None:
                continue
            given = span["attributes"]
            value = given.get(dated.key) or {}
            entry, event = entry_of(given, self._schema.registries_by_label[label.key], names)
            quotes = within.get(span["id"], [])
            claimants = [*dict.fromkeys(speaker for _, said in quotes for speaker in said)]
            yield (
                *about, *_span(span), value.get("edtf"), value.get("timex3"), value.get("mod"),
                given.get(dated.fills.get("timex_type", "")), given.get(dated.fills.get("anchor", "")),
                *_days(value.get("edtf")), event or None, entry, given.get(MODALITY), bool(given.get(EMPTY)),
                _joined(quote for quote, _ in quotes), _joined(each.name for each in claimants),
                _joined(each.entry for each in claimants), *_behind(span),
            )  # fmt: skip

    def _speakers_of(self, record: dict[str, Any], names: Names) -> list[tuple[dict[str, Any], Speaker]]:
        """Return the spans that say who speaks in a record of a quote, with whom they name."""
        part, known = self._speaker_parts.get(record["name"], ("", []))
        return [(span, who) for span in record["parts"].get(part, ()) for who in speakers_of(span, known, names)]


def _each(store: Store, source: str, in_progress: bool, kind: Literal["quotes", "speakers", "dates"]) -> Iterator[Row]:
    whose = None if source == "all" else source
    require_known(store, whose)
    rows = getattr(_Rows(store.schema), kind)
    for line in _lines_of_work(store, whose, in_progress):
        for annotation in line["annotations"]:
            published = (annotation["published"] or line["published"] or {}).get("value")
            about = line["id"], line["title"], line["outlet"], published, annotation["annotator"]
            yield from rows(about, annotation, line["entries"])


def _disagreement(article: Article, each: Standing) -> Row:
    found = each.disagreement
    decision = each.decisions[0] if each.decisions else None
    versions = [{"annotators": [*version.by], **_content(version.content, article.text)} for version in found.versions]
    return (
        article.id, article.title, article.outlet, found.id, BETWEEN.join(found.kinds), pattern(found, article.text).title,
        found.start, found.end, article.text[found.start : found.end], versions, found.value, each.state,
        each.state not in UNRESOLVED, None if each.content is None else _content(each.content, article.text),
        decision and decision.took, _joined(made.reviewer for made in each.decisions), (decision and decision.note) or None,
        (decision and decision.clause) or None, decision and datetime.fromisoformat(decision.at),
    )  # fmt: skip


# --- cells ------------------------------------------------------------------------------------------------------------


def _span(span: dict[str, Any]) -> Row:
    """Return a span's cells; fragments are pairs whether they come from JSON or from memory."""
    fragments = [(start, end) for start, end in span["fragments"]]
    return span["label"], span["id"], span["text"], fragments[0][0], fragments[-1][1], fragments


def _behind(span: dict[str, Any]) -> Row:
    """Return a span's attributes, and its provenance if it is gold."""
    if (behind := span.get("provenance")) is None:
        return span["attributes"], None, None, None, None
    return span["attributes"], behind["basis"], len(behind["votes"]), len(behind["asked"]), behind.get("reviewer")


def _content(content: Content, text: str) -> dict[str, Any]:
    """Return the content of a disagreement as plain values, spans with their text."""
    values = content.as_json()
    for span in values["spans"]:
        span["text"] = span_text(text, span["fragments"])
    return values


def _cue_parts(schema: Schema) -> dict[str, str]:
    """Return by kind of record its first part that says neither who nor when: the words that introduce a quote."""
    found: dict[str, str] = {}
    for kind in schema.records.values():
        for part, relation in kind.parts.items():
            link = schema.relations[relation]
            ends = link.targets if relation in kind.outward else link.sources
            if not any(each.kind.denotes for label in ends for each in schema.labels[label].attributes.values()):
                found.setdefault(kind.key, part)
    return found


@cache
def _days(value: str | None) -> tuple[date | None, date | None]:
    """Return the first and last day that an EDTF value can mean, None where it is open or unknown."""
    try:
        return dates.bounds(dates.parse(value)) if value else (None, None)
    except DateError:
        return None, None


def _joined(values: Iterable[str | None]) -> str | None:
    return BETWEEN.join(value for value in values if value) or None


def _frame(columns: Columns, rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a frame with these columns, each of its type also where there is no row."""
    held: list[list[Any]] = [[] for _ in columns]
    appends = [column.append for column in held]
    for row in rows:
        for append, cell in zip(appends, row, strict=True):
            append(cell)
    made = zip(columns.items(), held, strict=True)
    return pd.DataFrame({name: pd.Series(cells, dtype=kind) for (name, kind), cells in made})


def _lines_of_work(store: Store, whose: str | None, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield of each article's line what rows are made of, with the work that counts."""
    with without_collector():
        reviewed = None
        names: Names = {}
        for done, (article, held) in enumerate(store.annotated()):
            if not done:  # after the snapshot has started, so that every entry in it has its name
                names, reviewed = store.registries(), Reviewing(store).reviewed() if whose == GOLD else None
            if reviewed:
                held = gold_held(article, held, store.schema, reviewed)
            else:
                held = [
                    each for each in held if each.annotator == whose or (whose is None and each.annotator != HIDDEN)
                ]
            yield {
                **article_values(article),
                "text": article.text,
                "annotations": [
                    {"annotator": each.annotator, **part_of(each, article.text, store.schema)}
                    for each in held
                    if everything or each.status == "submitted"
                ],
                "entries": names,
            }
