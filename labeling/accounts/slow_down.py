"""The delay after wrong passwords: long for someone who guesses, rarely noticed by anyone else.

Wrong passwords are counted for an account from one address, for the account from everywhere, and for the address with every
account. Only the first of these can make anyone wait for long. The other two never apply where the account has signed in
from that address before, so a stranger who guesses can't keep a person out.
"""

from __future__ import annotations

from typing import NamedTuple

#: Wrong passwords that cost nothing: for one account from one address, and for an account or an address as a whole.
FREE, FREE_OVERALL = 3, 10
#: The longest wait in seconds: for one account from one address, and for an account or an address as a whole.
LONGEST, LONGEST_OVERALL = 300.0, 5.0
#: After how many seconds without a wrong password they are forgotten.
FORGOTTEN = 3600.0


class Failures(NamedTuple):
    """Wrong passwords in a row, and when the last of them was (Unix seconds)."""

    times: int = 0
    last: float = 0.0


def wait(pair: Failures, account: Failures, address: Failures, *, known: bool, now: float) -> float:
    """Return for how many seconds no password is checked; 0 if it may be checked now.

    `known` says whether the account has signed in from the address before.
    """
    waits = [_left(pair, FREE, LONGEST, now)]
    if not known:
        waits += [_left(each, FREE_OVERALL, LONGEST_OVERALL, now) for each in (account, address)]
    return max(waits)


def after(failures: Failures, now: float) -> Failures:
    """Return the count after one more wrong password."""
    return Failures(1 if now - failures.last > FORGOTTEN else failures.times + 1, now)


def _left(failures: Failures, free: int, longest: float, now: float) -> float:
    if failures.times < free or now - failures.last > FORGOTTEN:
        return 0.0
    # The exponent is bounded, since 2.0 to a large power overflows.
    wait = min(2.0 ** min(failures.times - free, 20), longest)
    return max(0.0, min(wait, failures.last + wait - now))
