"""Stats: who is quoted how often and by whom, how, and which dates are claimed of an event, as tables over a project.

Counted from the same parts as the lines of an export, so that a table says of gold, of one annotator or of everybody what the dataset
says. With everybody's work, what two annotators marked counts twice.
"""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from labeling import dates
from labeling.dataset import annotation_part, article_values
from labeling.dataset.claims import Quotation, Speaker, Where, facts
from labeling.errors import DateError, NotThereError, StoreError
from labeling.formats.csv import safe_cell
from labeling.schema import Schema
from labeling.services.export import without_collector
from labeling.services.review import GOLD, Reviewing, gold_held
from labeling.store.project import Store
from labeling.store.team import GOLD as HIDDEN
from labeling.store.work import StoredAnnotation

#: What stands where the text or the annotator names nobody, no outlet, no month, no modality.
NOBODY, NO_OUTLET, NO_MONTH, NO_MODALITY = "nobody named", "no outlet", "no month", "none given"
NOT_RESOLVED, ARTICLE = "not resolved", "the article"
KINDS = ("direct", "mixed", "indirect")

_SOMEBODY = Speaker(None, NOBODY, unnamed=False)
#: How many words are strings at a time.
_CHUNK = 5_000

Tick = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """A table of counts: what it is called, what a row says, and the rows; `key` names it in files and in JSON."""

    key: str
    title: str
    says: str
    frame: pd.DataFrame


@dataclass
class Facts:
    """What is counted: articles looked at, and a row a quotation, a quotation's speaker, and a claimed date.

    A speaker's row has, as `quotation`, the row of what is said. Columns of few different values are categorical, their
    categories in order.
    """

    whose: str
    articles: int
    quotations: pd.DataFrame
    speakers: pd.DataFrame
    claims: pd.DataFrame


def read(store: Store, whose: str | None = None, *, everything: bool = False, tick: Tick = lambda done: None) -> Facts:
    """Read what is to be counted: of gold (`reviewing.GOLD`), of one annotator, or of everybody (None).

    Only work that is handed in, and gold in which nothing is left to settle, unless `everything`. `tick(articles done)`
    is called now and then. Raises NotThereError for an annotator whom the project does not know.
    """
    if whose not in (None, GOLD) and whose not in store.annotators():
        raise NotThereError(f"nobody is called “{whose}” here; there are {', '.join(store.annotators()) or 'none'}")
    made = _Making()
    for done, line in enumerate(_lines(store, whose, everything), 1):
        if done % 200 == 0:
            tick(done)
        made.add(line, store.schema)
    return made.facts(whose or "everybody")


class _Few:
    """Rows of which many are the same: each different one is held once, and a number for each place it stands in."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._rows = array("i")

    def append(self, row: Any) -> None:
        self._rows.append(self._numbers.setdefault(row, len(self._numbers)))

    def column(self, shown: Callable[[Iterable[Any]], Iterable[str]]) -> pd.Categorical:
        """Return what `shown` makes of the rows that differ, of which several may look the same, for all of them."""
        names = list(shown(self._numbers))
        categories = sorted(set(names))
        places = {name: at for at, name in enumerate(categories)}
        codes = np.array([places[name] for name in names], np.intc)
        return pd.Categorical.from_codes(codes[_numbers(self._rows)], categories=pd.Index(categories, dtype="str"))

    def columns(self, *names: str) -> dict[str, pd.Categorical]:
        """Return the columns of rows that are tuples."""
        return {name: self.column(partial(map, itemgetter(at))) for at, name in enumerate(names)}


class _Words:
    """Words of which few are the same: held as bytes, which are a third of what strings take."""

    def __init__(self) -> None:
        self._held: list[pd.Series[str]] = []
        self._fresh: list[str] = []

    def append(self, words: str) -> None:
        self._fresh.append(words)
        if len(self._fresh) == _CHUNK:
            self._hold()

    def _hold(self) -> None:
        self._held.append(pd.Series(self._fresh, dtype="str"))
        self._fresh = []

    def column(self) -> pd.Series[str]:
        self._hold()
        return pd.concat(self._held, ignore_index=True)


class _Rows:
    """Rows in the making: whose work each is from, by its number, its span with its words, and what else it tells."""

    def __init__(self) -> None:
        self.work, self.span, self.text, self.told = array("i"), _Words(), _Words(), _Few()

    def append(self, work: int, span: str, text: str, told: tuple[Any, ...]) -> None:
        self.work.append(work)
        self.span.append(span)
        self.text.append(text)
        self.told.append(told)

    def frame(self, about: dict[str, pd.Categorical], told: dict[str, pd.Categorical]) -> pd.DataFrame:
        work = _numbers(self.work)
        held = {name: column.take(work) for name, column in about.items()}
        return pd.DataFrame({**held, "span": self.span.column(), "text": self.text.column(), **told})


class _Making:
    """Facts in the making."""

    def __init__(self) -> None:
        self._articles = self._works = 0
        self._where: Where | None = None
        self._about, self._quotations, self._claims = _Few(), _Rows(), _Rows()
        self._quotation, self._speaker, self._unnamed = array("i"), _Few(), array("b")

    def add(self, line: dict[str, Any], schema: Schema) -> None:
        """Take in the facts of an article's line."""
        self._articles += bool(line["annotations"])
        for fact in facts(line, schema):
            where = fact.where
            if where is not self._where:  # one for all of somebody's work on an article
                self._where, self._works = where, self._works + 1
                self._about.append(where._replace(outlet=where.outlet or NO_OUTLET, month=where.month or NO_MONTH))
            work = self._works - 1
            if isinstance(fact, Quotation):
                number = len(self._quotations.work)
                self._quotations.append(work, fact.span, fact.text, (fact.kind, _source(fact.speakers)))
                for each in fact.speakers or (_SOMEBODY,):
                    self._quotation.append(number)
                    self._speaker.append((each.entry, each.name))
                    self._unnamed.append(each.unnamed)
            else:
                names = " and ".join(each.name for each in fact.claimed_by) or (
                    NOBODY if fact.by == "quote" else ARTICLE
                )
                told = (
                    fact.value or NOT_RESOLVED,
                    fact.modality or NO_MODALITY,
                    names,
                    fact.by,
                    (fact.entry, fact.event),
                )
                self._claims.append(work, fact.span, fact.text, told)

    def facts(self, whose: str) -> Facts:
        """Return what was taken in."""
        about = self._about.columns(*Where._fields)
        told = self._claims.told.columns("value", "modality", "claimed_by", "by")
        told["event"] = self._claims.told.column(lambda rows: told_apart([row[-1] for row in rows]))
        speakers = {
            "quotation": _numbers(self._quotation),
            "speaker": self._speaker.column(told_apart),
            "unnamed": np.array(self._unnamed, bool),
        }
        return Facts(
            whose,
            self._articles,
            self._quotations.frame(about, self._quotations.told.columns("kind", "source")),
            pd.DataFrame(speakers),
            self._claims.frame(about, told),
        )


def _numbers(held: array[int]) -> NDArray[np.intc]:
    return np.array(held, np.intc)


def told_apart(entries: Iterable[tuple[str | None, str]]) -> list[str]:
    """Return the names of entries, (id, name), with the id behind where several have the name; without an id, as they are."""
    entries = list(entries)
    times = Counter(name for id, name in set(entries) if id is not None)
    return [f"{name} [{id}]" if id is not None and times[name] > 1 else name for id, name in entries]


def _lines(store: Store, whose: str | None, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield of each article's line what `facts` reads, with the work that counts."""
    with without_collector():
        reviewed = None
        names: dict[str, dict[str, str]] = {}
        for done, (article, held) in enumerate(store.annotated()):
            if not done:  # after the snapshot has begun, so that every entry in it has its name
                names, reviewed = store.registries(), Reviewing(store).reviewed() if whose == GOLD else None
            if reviewed:
                held = gold_held(article, held, store.schema, reviewed)
            else:
                held = [
                    each for each in held if each.annotator == whose or (whose is None and each.annotator != HIDDEN)
                ]
            work = [
                (each, _part(each, article.text, store.schema))
                for each in held
                if everything or each.status == "submitted"
            ]
            yield {
                **article_values(article),
                "annotations": [{"annotator": each.annotator, **part} for each, part in work],
                "entries": names,
            }


def _part(held: StoredAnnotation, text: str, schema: Schema) -> dict[str, Any]:
    part: dict[str, Any] = orjson.loads(held.ready[0]) if held.ready else annotation_part(held.values, text, schema)[0]
    return part


def state(store: Store) -> str:
    """Return what stands for all that is counted: the same for as long as nothing has changed."""
    with store.reading() as project:
        return project.annotations.fingerprint()


def tables(found: Facts) -> list[Table]:
    """Return every table, those with most to say first."""
    made = [
        Table("speakers", "Who is quoted", "How many quotations each speaker has, how, in how many articles and outlets, and how often it is marked as unnamed.", _speakers(found)),
        Table("outlets", "Who quotes whom", "How many quotations of each speaker each outlet has.", _outlets(found)),
        Table("types", "How they are quoted", "An outlet's quotations: all in quotation marks, some of it, none.", _types(found)),
        Table("sources", "Named and unnamed", "An outlet's quotations with a named source, with an unnamed one, and with nobody at all.", _sources(found)),
        Table("events", "Dates claimed", "How often each event is dated, with how many different values, and whether two of them exclude each other.", _events(found)),
        Table("values", "Dates side by side", "Each value that is claimed of an event, by whom, and where.", _values(found)),
        Table("modality", "How certain", "Whether what is dated is asserted, planned, hoped …, by who says so.", _modality(found)),
        Table("months", "Over time", "Quotations and claimed dates by the month in which the article appeared.", _months(found)),
    ]  # fmt: skip
    return [replace(table, frame=_written_out(table.frame)) for table in made]


def _written_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words in place of categories."""
    return frame.astype({name: "str" for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


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
        raise StoreError(f"{folder} cannot be written to ({fault.strerror}); check rights and free space") from None
    return written


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, in which a spreadsheet finds no formula."""
    safe = frame.map(lambda cell: safe_cell(cell) if isinstance(cell, str) else cell)
    return bytes(safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").encode("utf-8-sig"))


def text(found: Facts, most: int = 15) -> Iterator[str]:
    """Yield the tables as lines for a terminal, of each table the first rows."""
    yield f"{found.whose}: {len(found.quotations):,} quotations and {len(found.claims):,} claimed dates in {found.articles:,} articles"
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


def quotations_of(found: Facts, speaker: str, outlet: str | None = None) -> pd.DataFrame:
    """Return the quotations of a speaker, as `speakers` calls them, of one outlet if one is given."""
    rows = found.quotations.iloc[found.speakers["quotation"][found.speakers["speaker"] == speaker]].drop(
        columns="source"
    )
    return rows if outlet is None else rows[rows["outlet"] == outlet]


def claims_of(found: Facts, event: str) -> pd.DataFrame:
    """Return the claimed dates of an event, earliest first."""
    rows = found.claims[found.claims["event"] == event]
    return _by_value(rows)


# --- the tables -------------------------------------------------------------------------------------------------------


def _speakers(found: Facts) -> pd.DataFrame:
    rows = _spoken(found)
    by = rows.groupby("speaker", sort=False)
    frame = pd.DataFrame({"quotations": by.size()})
    kinds = rows.groupby(["speaker", "kind"]).size().unstack(fill_value=0)
    for kind in KINDS:
        frame[kind] = kinds.get(kind, 0)
    frame["articles"], frame["outlets"], frame["unnamed"] = (
        by["article"].nunique(),
        by["outlet"].nunique(),
        by["unnamed"].sum().astype(int),
    )
    ranked = _ranked(frame.reset_index(), "quotations", "speaker")
    return ranked.sort_values("speaker", key=lambda names: names == NOBODY, kind="stable", ignore_index=True)


def _spoken(found: Facts) -> pd.DataFrame:
    """Return the speakers with what their tables say of the quotations."""
    about = found.quotations[["article", "outlet", "kind"]].take(found.speakers["quotation"].to_numpy())
    return pd.concat([found.speakers, about.reset_index(drop=True)], axis=1)


def _outlets(found: Facts) -> pd.DataFrame:
    frame = _spoken(found).groupby(["speaker", "outlet"]).size().reset_index(name="quotations")
    return _ranked(frame, "quotations", "speaker", "outlet")


def _crossed(frame: pd.DataFrame, row: str, column: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return how many rows of a frame have each value of one column with each of another's, a column for each of those."""
    counted = frame.groupby([row, column]).size().unstack(fill_value=0)
    return counted.reindex(columns=list(columns), fill_value=0)


def _types(found: Facts) -> pd.DataFrame:
    frame = _crossed(found.quotations, "outlet", "kind", KINDS)
    frame.insert(0, "quotations", frame.sum(axis=1))
    return _ranked(frame.reset_index(), "quotations", "outlet")


def _sources(found: Facts) -> pd.DataFrame:
    frame = _crossed(found.quotations, "outlet", "source", ("named", "unnamed", "nobody"))
    frame.insert(0, "quotations", frame.sum(axis=1))
    frame["unnamed share"] = (frame["unnamed"] / frame["quotations"]).round(3)
    return _ranked(frame.reset_index(), "quotations", "outlet")


def _events(found: Facts) -> pd.DataFrame:
    rows = found.claims[found.claims["event"] != ""]
    by = rows.groupby("event", sort=False)
    resolved = rows[rows["value"] != NOT_RESOLVED].groupby("event", sort=False)["value"]
    frame = pd.DataFrame(
        {
            "claims": by.size(),
            "values": resolved.nunique(),
            "articles": by["article"].nunique(),
            "outlets": by["outlet"].nunique(),
        }
    )
    frame["values"] = frame["values"].fillna(0).astype(int)
    frame["exclude each other"] = resolved.unique().map(apart).reindex(frame.index, fill_value=False).astype(bool)
    frame = frame.reset_index()
    return frame.sort_values(
        ["exclude each other", "values", "claims", "event"], ascending=[False, False, False, True], ignore_index=True
    )


def _values(found: Facts) -> pd.DataFrame:
    rows = found.claims[found.claims["event"] != ""]
    frame = (
        rows.groupby(["event", "value", "claimed_by", "outlet"], sort=False)
        .agg(modality=("modality", _listed), words=("text", _listed), claims=("span", "size"))
        .reset_index()
        .rename(columns={"claimed_by": "claimed by"})
    )
    order = {event: at for at, event in enumerate(_events(found)["event"])}
    return _by_value(frame, frame["event"].map(order))


def _modality(found: Facts) -> pd.DataFrame:
    frame = _crossed(found.claims, "modality", "by", ("article", "quote"))
    frame = frame.rename(columns={"article": "by the article", "quote": "in a quotation"})
    frame.insert(0, "dates", frame.sum(axis=1))
    return _ranked(frame.reset_index(), "dates", "modality")


def _months(found: Facts) -> pd.DataFrame:
    frame = _crossed(found.quotations, "month", "kind", KINDS)
    frame.insert(0, "quotations", frame.sum(axis=1))
    frame = frame.join(found.claims.groupby("month").size().rename("dates"), how="outer").fillna(0).astype(int)
    frame.index.name = "month"
    return frame.sort_index().reset_index()


def apart(values: Any) -> bool:
    """Whether two of some EDTF values cannot both be right: no day is in both."""
    return any(
        (one[1] is not None and other[0] is not None and one[1] < other[0]) or (other[1] is not None and one[0] is not None and other[1] < one[0])
        for one, other in combinations([_bounds(value) for value in values], 2)
    )  # fmt: skip


def _bounds(value: str) -> tuple[Any, Any]:
    try:
        return dates.bounds(dates.parse(value))
    except DateError:
        return None, None


def _by_value(frame: pd.DataFrame, first: pd.Series[int] | None = None) -> pd.DataFrame:
    """Return rows with a `value` in the order of its days, what is not resolved last."""
    bounds = {value: _bounds(value) for value in frame["value"].unique()}
    days = [tuple(str(day or "9999-12-31") for day in bounds[value]) for value in frame["value"]]
    ranks = first.tolist() if first is not None else [0] * len(frame)
    order = sorted(range(len(frame)), key=lambda at: (ranks[at], days[at]))
    return frame.iloc[order].reset_index(drop=True)


def _ranked(frame: pd.DataFrame, number: str, *names: str) -> pd.DataFrame:
    return frame.sort_values([number, *names], ascending=[False, *([True] * len(names))], ignore_index=True)


def _source(speakers: tuple[Speaker, ...]) -> str:
    if not speakers:
        return "nobody"
    return "unnamed" if all(each.unnamed for each in speakers) else "named"


def _listed(values: pd.Series[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, int):
        return f"{cell:,}"
    words = " ".join(str(cell).split())
    return words if len(words) <= 44 else f"{words[:43]}…"
