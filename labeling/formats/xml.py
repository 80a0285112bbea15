"""XML for the formats: nothing is fetched, no entity is expanded, and forbidden characters are replaced."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from labeling.errors import ArticleError
from labeling.formats.files import whole_bytes

#: What XML 1.0 cannot hold; articles have no control characters, but may have the two that are none at all.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)

_ENCODING = re.compile(rb"[^<]{0,3}<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
#: In which “<!” is written as itself, so that no definition hides from the search for it.
_ENCODINGS = (b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-", b"windows-125")


class Omitted(NamedTuple):
    """Elements that are removed before a file is parsed: their form, and the one declaration of their prefix that it must have."""

    form: re.Pattern[bytes]
    declares: bytes
    declared: bytes

    def of(self, raw: bytes) -> bytes:
        """Return a file without these elements, or as it is where they may mean something else."""
        sure = raw.count(self.declares) == raw.count(self.declared) == 1 and b"<!" not in raw
        return self.form.sub(b"", raw) if sure else raw


def parsed(path: Path, doctype: bool = False, omitted: Omitted | None = None) -> etree._Element:
    """Return the root element of a file; raises ArticleError with the line if it can't be read.

    A document type definition is refused, as bombs are built with it; with `doctype` one that declares nothing is
    passed over. `omitted` are elements that the caller doesn't look at.
    """
    raw = whole_bytes(path)
    seen = raw.replace(b"\0", b"")  # UTF-16 too
    encoding = _ENCODING.match(seen)
    if encoding and not encoding[1].lower().startswith(_ENCODINGS):
        raise ArticleError(f"the encoding {encoding[1].decode(errors='replace')} is not supported; save it as UTF-8")
    if _DECLARES.search(seen) and (not doctype or b"<!ENTITY" in seen.upper()):
        raise ArticleError("the file has a document type definition, which is a security risk; remove <!DOCTYPE …>")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=True)
    try:
        return etree.fromstring(omitted.of(raw) if omitted else raw, parser)
    except etree.XMLSyntaxError as fault:
        reason = re.sub(r", line \d+, column \d+.*", "", str(fault.msg))
        raise ArticleError(f"line {fault.lineno}: it is not valid XML ({reason}); export it again") from None
    except (ValueError, LookupError) as fault:
        raise ArticleError(f"it is not valid XML ({fault}); export it again") from None


def clean(words: str) -> str:
    """Return words with each character that XML can't hold replaced by U+FFFD."""
    return FORBIDDEN.sub("\ufffd", words)
