"""Hashes of passwords and secrets, which are stored in their place."""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

#: What one hash costs: OWASP's figures for argon2id. The library's own take over a second on a small machine.
_MEMORY_KIB, _TIME, _LANES = 19 * 1024, 2, 1
#: How many passwords are hashed at the same time, so that people who guess can't use up memory and cores.
_TURNS = threading.BoundedSemaphore(2)


def new_secret() -> str:
    """Return a random secret for a session, a link or a token: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return the stored hash of a secret. A secret is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> str:
    """Return the hash of a password with its salt."""
    with _TURNS:
        return _hasher().hash(_normal(password))


def is_password(password: str, hashed: str | None) -> bool:
    """Whether a password matches a hash. Without a hash it takes as long, and returns False."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _TURNS:
        try:
            _hasher().verify(hashed or _nobodys(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return hashed is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # here, for a server without accounts doesn't need it

    return PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY_KIB, parallelism=_LANES)


@cache
def _nobodys() -> str:
    return _hasher().hash(new_secret())


def _normal(password: str) -> str:
    # Keyboards write one accented letter in different ways.
    return unicodedata.normalize("NFC", password)
