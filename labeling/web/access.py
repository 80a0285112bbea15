"""Access: loopback addresses, names, and the signed tokens that the browser sends with every request.

Without accounts, the server listens on loopback only (see `reach`), where names are not verified. With accounts, a token
says for whom a page was drawn, and opens nothing without that person's session.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import secrets
import shlex
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from labeling.errors import AccessError, StoreError
from labeling.store.project_file import key_path

_HOST = re.compile(r"(\[(?P<bracketed>[^\]]+)\]|(?P<plain>[^:\[\]]+))(:\d+)?")

#: How long a token holds, in seconds. The page renews it at half its life.
TOKEN_LIFE = 3600
#: How long a link to an export holds, in seconds.
TICKET_LIFE = 300


class Access:
    """Issues and checks the tokens of one project.

    The key is stored next to the project file, so that pages stay signed in after a restart, and a copy of the project
    file doesn't grant access.
    """

    def __init__(self, project: Path, project_id: str) -> None:
        key = _key(key_path(project))
        self._key = key.encode()
        self._tokens = URLSafeTimedSerializer(key, salt=f"annotator:{project_id}")
        self._tickets = URLSafeTimedSerializer(key, salt=f"download:{project_id}")

    def secret(self, purpose: str) -> str:
        """Return a secret for a purpose, derived from the project's key."""
        return hmac.digest(self._key, purpose.encode(), "sha256").hex()

    def token(self, annotator: str) -> tuple[str, int]:
        """Return a token that names the annotator, and when it expires (Unix seconds)."""
        return str(self._tokens.dumps(annotator)), int(time.time()) + TOKEN_LIFE

    def annotator(self, token: str) -> str:
        """Return the name in a token; raises AccessError if the token is invalid or expired."""
        return _opened(self._tokens, token, TOKEN_LIFE, "sign in again: reload the page")

    def ticket(self, name: str) -> str:
        """Return a short-lived ticket for downloading one export."""
        return str(self._tickets.dumps(name))

    def download(self, ticket: str) -> str:
        """Return the export a ticket is for; raises AccessError if the ticket is invalid or expired."""
        return _opened(self._tickets, ticket, TICKET_LIFE, "open the export page again for a new link", "link")


@lru_cache(maxsize=64)  # each request asks about three
def is_loopback(host: str) -> bool:
    """Return whether a host name or address, with or without a port, can only be this machine."""
    named = _HOST.fullmatch(host)
    name = (named["bracketed"] or named["plain"]) if named else host
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _opened(serializer: URLSafeTimedSerializer, token: str, life: int, remedy: str, what: str = "sign-in") -> str:
    try:
        named, made = serializer.loads(token, return_timestamp=True)
    except BadSignature:
        raise AccessError(f"this {what} is not valid; {remedy}") from None
    # A clock that was put right may have stood ahead when the token was made.
    if abs(time.time() - made.timestamp()) > life:
        raise AccessError(f"this {what} has expired; {remedy}")
    return str(named)


def _key(path: Path) -> str:
    """Return the key stored in a file that only its owner can read; create it on first use.

    The file is written under another name and then linked, so that a half-written key never exists.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise StoreError(
            f"can't read or create {path} ({fault}); check your permissions for it and its folder"
        ) from None
    if len(key) < 32:
        raise AccessError(f"{path} has no key in it; delete the file, and SayWhen creates a new one")
    if path.stat().st_mode & 0o077:
        raise AccessError(
            f"others on this machine can read {path}, and with it they can sign in under any name. Delete it, and SayWhen "
            "creates a new one; or, if no one has read it, use: chmod 600 " + shlex.quote(str(path))
        )
    return key


def _make_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
