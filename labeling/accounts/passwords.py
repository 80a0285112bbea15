"""Which passwords are accepted: those that are long enough and not among the most common. There are no other rules."""

from __future__ import annotations

import re
from collections.abc import Collection

#: The fewest characters of a password.
MIN_LENGTH = 12
#: The most characters, so that no one can keep the server busy by hashing a book.
MAX_LENGTH = 1_000

_WORDS = """
    access account admin administrator asdf asdfgh asdfghjkl baseball batman changeit changeme charlie chocolate
    computer default dragon football freedom flower guest hello hunter iloveyou internet jordan killer letmein
    login love master michael michelle monkey mustang mypassword newpassword nothing ninja pass passw passwd
    passwort password p@ssw0rd passw0rd pa$$word please princess q1w2e3r4t5y6 qazwsx qazwsxedc qwer qwert qwerty
    qwertyu qwertyui qwertyuiop qwertz qwertzuiop root saywhen secret shadow soccer spring starwars summer
    sunshine superman system temp temporary test testing thisismypassword trustno user welcome whatever winter
    zxcv zxcvbn zxcvbnm abc abcd abcde abcdef january february march april june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday iloveyouforever letmeinplease
    openthedoor one two three four five six seven eight nine ten
"""
#: What the commonest passwords are made of, by themselves or in a row, with digits and signs around them.
_COMMON = frozenset(_WORDS.split())
#: Rows of keys, and digits and letters in their order: a stretch of one is a common password.
_RUNS = (
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
#: A unit that is repeated, up to this many characters long, is no better than the unit.
_UNIT = 6


def fault(password: str, own: Collection[str] = ()) -> str | None:
    """Return what is wrong with a new password, or None if it is accepted; `own` are the person's name and e-mail."""
    if len(password) < MIN_LENGTH:
        return f"a password must have at least {MIN_LENGTH} characters; this one has {len(password)}"
    if len(password) > MAX_LENGTH:
        return f"a password can have at most {MAX_LENGTH:,} characters; this one has {len(password):,}"
    plain = password.casefold().strip()
    words = {part for name in own for part in (name.casefold(), *re.split(r"[\W_]+", name.casefold())) if len(part) > 2}
    if _is_repeated(plain) or _is_run(plain) or _is_made_of(plain, _COMMON | words):
        return "this password is easy to guess; choose another, for example four random words"
    return None


def _is_repeated(plain: str) -> bool:
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, _UNIT + 1))


def _is_run(plain: str) -> bool:
    return any(plain in way for run in _RUNS for way in (run, run[::-1]))


def _is_made_of(plain: str, words: Collection[str]) -> bool:
    """Whether nothing but one or two of these words, however often, and digits and signs is in a password."""
    found = [word for word in words if word in plain]
    return any(_is_covered(plain, {one, other}) for one in found for other in found) or _is_covered(plain, set())


def _is_covered(plain: str, words: Collection[str]) -> bool:
    # By position, whether what stands before it is made of words; digits and signs may stand anywhere.
    reached = [True] + [False] * len(plain)
    for start in range(len(plain)):
        if reached[start]:
            reached[start + 1] |= not plain[start].isalpha()
            for word in words:
                if plain.startswith(word, start):
                    reached[start + len(word)] = True
    return reached[-1]
