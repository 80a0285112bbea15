"""Decimal numbers as people write them: exact, without an exponent, the same in Python and in the browser (`numbers.js`).

A number is an `int` where it is whole, else a `float`. It has at most `DIGITS` digits, of which at most `PLACES` after the
point: so many a float holds exactly as they were written, and nothing is rounded without a word.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

DIGITS = 15
PLACES = 9

#: A sign may be a hyphen or the minus sign that word processors write.
_WRITTEN = re.compile(r"([+\-−]?)([0-9]*)(?:\.([0-9]*))?")


def parse(words: str) -> int | float:
    """Return the number that is written in decimal digits with a decimal point; raises ValueError with the remedy.

    >>> parse(" −1250.50 "), parse("007"), parse("-0")
    (-1250.5, 7, 0)
    """
    found = _WRITTEN.fullmatch(words.strip())
    if not found or not (found[2] or found[3]):
        shown = words.strip() if len(words) <= 40 else f"{words.strip()[:39]}…"
        raise ValueError(f"“{shown}” is not a number; write digits and a decimal point, such as 1250.5")
    whole, fraction = found[2].lstrip("0"), (found[3] or "").rstrip("0")
    if len((whole + fraction).lstrip("0")) > DIGITS or len(whole) > DIGITS or len(fraction) > PLACES:
        raise ValueError(f"a number has at most {DIGITS} digits, {PLACES} of them after the point; round it")
    sign = "-" if found[1] in ("-", "−") else ""
    return float(f"{sign}{whole or 0}.{fraction}") if fraction else int(f"{sign}{whole or 0}")


def exact(value: int | float) -> int | float:
    """Return a number as it is stored: whole ones as `int`, −0 as 0.

    Raises ValueError for infinity, for what is not a number, and for more digits than a number can have.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number must be finite; give another one or none")
    if abs(value) >= 10**DIGITS:  # before it is written out: an integer may have millions of digits
        raise ValueError(f"a number has at most {DIGITS} digits; give a smaller one")
    return parse(decimal(value))


def decimal(value: int | float) -> str:
    """Return a number in decimal digits with a decimal point, as `parse` reads it.

    >>> decimal(1e-07), decimal(-2.50), decimal(3.0)
    ('0.0000001', '-2.5', '3')
    """
    digits = format(Decimal(repr(value)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
