"""How long sessions, links and tokens last, in seconds."""

from __future__ import annotations

_HOUR = 3600.0
_DAY = 24 * _HOUR

#: A session ends when nothing was done with it for so long …
SESSION_IDLE = 12 * _HOUR
#: … and so long after the sign-in in any case.
SESSION_LIFE = 14 * _DAY
#: How often it is written down that a session is in use.
SEEN_EVERY = 60.0

#: How long a link to join, and a link to set a new password, can be used.
INVITATION_LIFE = 7 * _DAY
RESET_LIFE = _DAY

#: How long a token lasts unless another time is asked for, and at most.
TOKEN_LIFE = 90 * _DAY
LONGEST_TOKEN_LIFE = 366 * _DAY


def session_is_over(created: float, seen: float, now: float) -> bool:
    """Whether a session that began at `created` and was last used at `seen` is over (Unix seconds)."""
    return now >= seen + SESSION_IDLE or now >= created + SESSION_LIFE
