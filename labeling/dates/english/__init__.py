"""The English of dates in news, as rules: what phrases can mean against a day of publication."""

from __future__ import annotations

from datetime import date

from labeling.dates.english.base import Context, NoPublicationDateError, Sense, Senses, grammar, rule
from labeling.dates.english.words import EXPANSIONS
from labeling.dates.grammar import tokenize

# Importing a module adds its rules, and the order of the rules is their rank.
from labeling.dates.english import (  # isort: skip
    amounts,  # noqa: F401
    names,  # noqa: F401
    written,  # noqa: F401
    relative,  # noqa: F401
    fiscal,  # noqa: F401
    counted,  # noqa: F401
    neighbors,  # noqa: F401
    parts,  # noqa: F401
    several,  # noqa: F401
    timeless,  # noqa: F401
)

__all__ = ["NoPublicationDateError", "Sense", "senses"]

_MOST_TOKENS = 24


def senses(words: str, today: date | None, month_first: bool) -> tuple[list[Sense], list[ValueError]]:
    """Return what words can mean, best first, and the complaints of rules that matched and could not go on."""
    tokens = tokenize(words, EXPANSIONS)
    if not 0 < len(tokens) <= _MOST_TOKENS:
        return [], []
    found, complaints = grammar.parse("date", tokens, Context(today, month_first))
    return sorted(found, key=lambda sense: sense.rank), complaints


@rule(
    "date", "on|in|at|during|over|throughout|for|within|of|as|years|time <date>", "the|all|whole|entire|full of? <date>"
)
def _led(_: Context, sense: Sense) -> Senses:
    yield sense


@rule("date", "course|matter of <date>", "a matter of <date>", "<date> -? related|era")
def _around(_: Context, sense: Sense) -> Senses:
    """“in the course of the year”, “a matter of days”, “9/11-related”."""
    yield sense


@rule("date", "as early|late|soon|recently as <date>", "early|late as <date>", "as far back as <date>")
def _as_early_as(_: Context, sense: Sense) -> Senses:
    yield sense
