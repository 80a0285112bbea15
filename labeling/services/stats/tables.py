"""Tables over the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pandas as pd

from labeling import dates
from labeling.errors import DateError
from labeling.services.stats.cache import NOBODY, NOT_IDENTIFIED, NOT_RESOLVED
from labeling.services.stats.facts import KINDS, Facts


@dataclass(frozen=True)
class Table:
    """A table of counts: what it is called, what a row says, and the rows; `key` names it in files and in JSON."""

    key: str
    title: str
    says: str
    frame: pd.DataFrame


def tables(found: Facts) -> list[Table]:
    """Return every table, those with most to say first."""
    made = [
        Table("speakers", "Who is quoted", "How many quotes each speaker has, of which type, in how many articles and outlets, and how often the "
            "speaker is unnamed.", _speakers(found)),
        Table("outlets", "Quotes by outlet", "How many quotes of each speaker each outlet has.", _outlets(found)),
        Table("types", "Types of quotes", "How many of an outlet's quotes are entirely, partly or not at all in quotation marks.", _types(found)),
        Table("sources", "Named and unnamed sources", "How many of an outlet's quotes have a named speaker, an unnamed source, or no speaker.", _sources(found)),
        Table("events", "Dates claimed", "How often each event is dated, how many different values it has, and whether any of them contradict "
            "each other.", _events(found)),
        Table("values", "Claimed values", "Each value claimed for an event, by whom, and where.", _values(found)),
        Table("modality", "How certain", "Whether dates are asserted, planned, hoped …, in the article's own words and in quotes.", _modality(found)),
        Table("months", "Over time", "Quotes and claimed dates by the month in which the article was published.", _months(found)),
    ]  # fmt: skip
    return [replace(table, frame=_written_out(table.frame)) for table in made]


def _written_out(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words in place of categories."""
    return frame.astype({name: "str" for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


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
    last = [NOT_IDENTIFIED, NOBODY]  # they are not one speaker each
    return ranked.sort_values(
        "speaker", key=lambda names: names.map(lambda name: name in last and 1 + last.index(name)).astype(int),
        kind="stable", ignore_index=True,
    )  # fmt: skip


def _spoken(found: Facts) -> pd.DataFrame:
    """Return the speakers, with the facts about their quotations."""
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
    frame["exclude each other"] = resolved.unique().map(contradict).reindex(frame.index, fill_value=False).astype(bool)
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
    frame = frame.rename(columns={"article": "by the article", "quote": "in a quote"})
    frame.insert(0, "dates", frame.sum(axis=1))
    return _ranked(frame.reset_index(), "dates", "modality")


def _months(found: Facts) -> pd.DataFrame:
    frame = _crossed(found.quotations, "month", "kind", KINDS)
    frame.insert(0, "quotations", frame.sum(axis=1))
    frame = frame.join(found.claims.groupby("month").size().rename("dates"), how="outer").fillna(0).astype(int)
    frame.index.name = "month"
    return frame.sort_index().reset_index()


def contradict(values: Any) -> bool:
    """Return whether two of the EDTF values contradict each other: they have no day in common."""
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


def _listed(values: pd.Series[str]) -> str:
    return ", ".join(dict.fromkeys(values))
