"""Stats: who is quoted how often and by whom, how, and which dates are claimed of an event, as tables over a project.

Counted from the same parts as the lines of an export, so that a table says of gold, of one annotator or of everyone what the dataset
says. With everyone's work, what two annotators marked counts twice.
"""

from labeling.services.stats.cache import ARTICLE, NOBODY, NOT_IDENTIFIED, NOT_RESOLVED
from labeling.services.stats.facts import KINDS, Facts, distinct_names, read, require_known, start_of, state
from labeling.services.stats.output import as_csv, as_json, text, write_csv
from labeling.services.stats.tables import Table, claims_of, contradict, quotations_of, tables

__all__ = [
    "ARTICLE",
    "KINDS",
    "NOBODY",
    "NOT_IDENTIFIED",
    "NOT_RESOLVED",
    "Facts",
    "Table",
    "as_csv",
    "as_json",
    "claims_of",
    "contradict",
    "distinct_names",
    "quotations_of",
    "read",
    "require_known",
    "start_of",
    "state",
    "tables",
    "text",
    "write_csv",
]  # fmt: skip
