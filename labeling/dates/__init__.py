"""Dates: the EDTF language, and reading words such as “end of this week” against a publication date."""

from labeling.dates.edtf import GRANULARITIES, AllOf, Date, Edtf, Interval, Moment, OneOf, Range, bounds, granularity
from labeling.dates.notation import normalized, parse
from labeling.dates.reading import MODIFIERS, Reading, read, reread
from labeling.dates.relations import RELATIONS, Relation, converse, relation
from labeling.dates.timex3 import is_timex3
from labeling.dates.wording import describe

__all__ = [
    "GRANULARITIES",
    "MODIFIERS",
    "RELATIONS",
    "AllOf",
    "Date",
    "Edtf",
    "Interval",
    "Moment",
    "OneOf",
    "Range",
    "Reading",
    "Relation",
    "bounds",
    "converse",
    "describe",
    "granularity",
    "is_timex3",
    "normalized",
    "parse",
    "read",
    "relation",
    "reread",
]
