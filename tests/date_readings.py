"""The readings of many date expressions, as they were reviewed.

A line of `date_readings.tsv` has the day of publication, what stands before the words in their sentence, the words, and
each reading, best first: its EDTF value, TIMEX3 value, modifier, type and anchor, with - for none. To add an expression,
add a line with its first three columns; `python tests/date_readings.py` writes the readings of all lines again. Look at
each line that changes: is the new reading the better one?
"""

from __future__ import annotations

from pathlib import Path

from labeling.dates import read
from labeling.errors import DateError

FILE = Path(__file__).with_suffix(".tsv")


def line(day: str, before: str, words: str) -> str:
    """Return the line of an expression; its readings are those of today's code."""
    try:
        found = read(words, day, before=before)
    except DateError as error:
        return f"{day}\t{before}\t{words}\t! {str(error).partition('; type')[0]}"
    parts = ([each.edtf, each.timex3, each.mod, each.timex_type, each.anchor] for each in found)
    return "\t".join([day, before, words, *(" ".join(part or "-" for part in each) for each in parts)])


def reviewed() -> list[str]:
    """Return the lines of the file."""
    return FILE.read_text(encoding="utf-8").splitlines()


def now(lines: list[str]) -> list[str]:
    """Return lines with the readings of today's code."""
    return [line(*each.split("\t")[:3]) for each in lines]


if __name__ == "__main__":
    FILE.write_text("\n".join(now(reviewed())) + "\n", encoding="utf-8")
