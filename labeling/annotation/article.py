"""An article: one text, normalized once at import and never changed after it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from labeling import dates
from labeling.errors import ArticleError, DateError

#: How a publication date is known; the order is the one a form offers.
PUBLISHED_BASES = ("stated", "metadata", "url", "inferred", "unknown")

#: The longest text taken in, in code points; far above any article, far below what hurts a browser.
MAX_TEXT = 5_000_000

#: The longest title, outlet, URL or language, in code points.
MAX_FIELD = 2_000

#: The most characters of a text that stand for its title.
_SHOWN = 60

# Tab and line feed are layout; every other control character breaks a consumer of the dataset somewhere.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date: an EDTF value, or None for “unknown”, and how it is known (`PUBLISHED_BASES`)."""

    value: str | None
    basis: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `id` is the first 16 hex digits of the SHA-256 of its text in UTF-8."""

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    published: Published | None = None
    source: str = ""


def normalize(text: str) -> str:
    """Return the text as it is kept: no BOM at its start, LF line ends and page breaks, no white space at its end.

    Nothing else is touched (no Unicode normalization), so that code-point offsets made on a clean UTF-8 file hold.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\f" in text or "\v" in text:
        text = text.replace("\f", "\n").replace("\v", "\n")  # the breaks of pages, and of lines in Word
    return text.removeprefix("\ufeff").rstrip()


def make(
    text: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    url: str | None = None,
    language: str | None = None,
    published: str | None = None,
    published_basis: str | None = None,
    source: str = "",
) -> Article:
    """Return a new article from imported fields; raises ArticleError with the reason and the remedy.

    `published` is an EDTF value; without `published_basis` it counts as “metadata”.
    """
    text = normalize(text)
    if not text:
        raise ArticleError("the text is empty; add a text or remove the row")
    if len(text) > MAX_TEXT:
        raise ArticleError(
            f"the text has {len(text):,} characters, but the limit is {MAX_TEXT:,}; split it into articles"
        )
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raw = b"\0"
    # Deleting bytes is ten times as fast as a search by expression, which is left to name the error.
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        _check_characters("text", text)
    fields = {"title": title, "outlet": outlet, "url": url, "language": language}
    clean = {name: _field(name, value) for name, value in fields.items()}
    if clean["language"] and not _LANGUAGE.fullmatch(clean["language"]):
        raise ArticleError(f"language “{clean['language']}” is not a BCP 47 tag; write e.g. en, pt-BR")
    return Article(
        id=id_of(raw), text=text, published=make_published(published, published_basis), source=source, **clean
    )


def shown_title(title: str | None, text: str) -> str:
    """Return what people see as an article's title: its own or, if it has none, the first words of its text.

    >>> shown_title(None, "The bridge closes.")
    'The bridge closes.'
    """
    if title and title.strip():
        return title
    first = text.lstrip().partition("\n")[0]
    if len(first) <= _SHOWN:
        return first
    cut = first.rfind(" ", 0, _SHOWN)
    return f"{first[: cut if cut > _SHOWN // 2 else _SHOWN]}…"


def id_of(text: bytes) -> str:
    """Return the id of the article with a text, given in UTF-8: 16 hex digits of its SHA-256."""
    return hashlib.sha256(text).hexdigest()[:16]


@lru_cache(maxsize=1_000)  # many articles of a day are imported in a row, and each is asked for twice
def make_published(value: str | None, basis: str | None) -> Published | None:
    """Check a publication date and its basis; None when neither is given. Raises ArticleError."""
    value = (value or "").strip() or None
    basis = (basis or "").strip() or None
    if basis is not None and basis not in PUBLISHED_BASES:
        raise ArticleError(f"basis “{basis}” of the publication date is unknown; use {', '.join(PUBLISHED_BASES)}")
    if value is None:
        if basis in (None, "unknown"):
            return None if basis is None else Published(None, "unknown")
        raise ArticleError(
            f"the publication date has a basis (“{basis}”) but no value; add the value or remove the basis"
        )
    if basis == "unknown":
        raise ArticleError(f"the publication date has a value (“{value}”) and the basis “unknown”; remove one of them")
    try:
        value = dates.normalized(value)
    except DateError as fault:
        raise ArticleError(f"publication date: {fault}") from None
    return Published(value, basis or "metadata")


def _field(name: str, value: str | None) -> str | None:
    value = value.strip() if value else ""
    if not value:
        return None
    if len(value) > MAX_FIELD:
        raise ArticleError(f"{name} has {len(value):,} characters, but the limit is {MAX_FIELD:,}; shorten it")
    if not value.isprintable():
        _check_characters(name, value)
    return value


def _check_characters(name: str, text: str) -> None:
    if fault := _FORBIDDEN.search(text):
        code = f"U+{ord(fault.group()):04X}"
        kind = "half a surrogate pair" if fault.group() >= "\ud800" else "a control character"
        raise ArticleError(f"{name} contains {kind} ({code}) at character {fault.start()}; remove it in the source")
