"""TIMEX3 values without a place on the calendar: references, durations and sets."""

from __future__ import annotations

import re

#: TIMEX3's references, in words.
REFERENCES = {
    "PAST_REF": "some time in the past",
    "PRESENT_REF": "the present",
    "FUTURE_REF": "some time in the future",
}
_LENGTH = r"P(?=.)(?:[0-9.X]+[A-Z]{1,2})*(?:T(?:[0-9.X]+[A-Z])+)?"
_UNPLACED = re.compile(
    rf"{'|'.join(REFERENCES)}|{_LENGTH}|XXXX(?:-[0-9X]{{1,2}}|-W[0-9X]+|-[A-Z0-9]+)*(?:T[0-9A-Z:]+)?"
)
_WRITTEN = re.compile(r"[0-9A-Z][0-9A-Za-z_.:+-]*")


def is_timex3(text: str) -> bool:
    """Whether a text has the shape of a TIMEX3 value.

    >>> is_timex3("P1.5W"), is_timex3("FUTURE_REF"), is_timex3("some day")
    (True, True, False)
    """
    return _WRITTEN.fullmatch(text) is not None


def is_unplaced(text: str) -> bool:
    """Whether a text is a TIMEX3 value without a place on the calendar."""
    return _UNPLACED.fullmatch(text) is not None


def type_of(value: str) -> str:
    """Return the TIMEX3 type of a value without a place on the calendar: DATE, DURATION or SET."""
    if value in REFERENCES or value == "XXXX-XX-XX":
        return "DATE"
    return "DURATION" if value.startswith("P") else "SET"


def describe_unplaced(value: str) -> str:
    """Return a TIMEX3 value without a place on the calendar in plain English.

    >>> describe_unplaced("FUTURE_REF"), describe_unplaced("P1.5W")
    ('some time in the future, without a date', 'P1.5W, a length of time')
    """
    if value in REFERENCES:
        return f"{REFERENCES[value]}, without a date"
    if value == "XXXX-XX-XX":
        return "a date that is not known"
    return f"{value}, a length of time" if type_of(value) == "DURATION" else f"again and again ({value})"
