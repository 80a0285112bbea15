"""Separates prose from strings that only the program reads."""

from __future__ import annotations

import re

from javascript import HOLE

_SQL = re.compile(
    r"^\s*(select|insert|update|delete|create|drop|alter|with \w+|pragma|begin|commit|rollback|where|order by|from|join|"
    r"left join|and|or|union|values|on conflict|exists|not exists|group by|limit|attach|analyze|vacuum|replace)\b"
    r"(?=.*(\bfrom\b|\binto\b|\bset\b|\btable\b|\bindex\b|\btrigger\b|\bview\b|[=?(]|\bby\b|immediate|\bjoin\b))",
    re.IGNORECASE | re.DOTALL,
)


def reads_as_prose(text: str) -> bool:
    """Return whether a string has words to read: two or more, or one that begins with a capital letter."""
    plain = text.replace(HOLE, "x")
    if re.fullmatch(r"--?[\w/-]+( .*<.*>)?", plain.strip()):  # an option of a command
        return False
    if _SQL.match(plain) or re.search(r"\(\?[:=!<]|\\[bdsw]|\[\^", plain):
        return False
    words = plain.split()
    if len(words) < 2:
        return bool(re.match(r"[A-Z][a-z]+[-’'a-z]*[.:!?…]?$", plain))
    return any(re.search(r"[^\W\d_]{2}", word) for word in text.replace(HOLE, " ").split())
