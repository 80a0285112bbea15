"""Addresses of articles in RSS and Atom feeds, sitemaps, and lists of addresses, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml import etree

from labeling.errors import ArticleError

_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_XML = re.compile(rb"\s*(\xef\xbb\xbf)?\s*<(\?xml|rss|feed|rdf:RDF|urlset|sitemapindex)\b")


class FoundAddresses(NamedTuple):
    """The addresses in a document: of articles, and of further sitemaps."""

    articles: list[str]
    sitemaps: list[str]


def is_feed(data: bytes) -> bool:
    """Return whether a document is a feed or a sitemap, by its beginning; a page in XHTML is none."""
    return bool(_XML.match(data)) and b"<html" not in data[:2000].lower()


def addresses_in(data: bytes, base: str) -> FoundAddresses:
    """Return the addresses in a feed or a sitemap, each once and in its order; `base` is the address that it has itself.

    Raises ArticleError for a document that can't be read.
    """
    if _DECLARES.search(data.replace(b"\0", b"")):
        raise ArticleError("the feed has a document type definition, which is a security risk")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise ArticleError(f"the feed is not valid XML ({fault})") from None
    if root is None:
        raise ArticleError("the feed is empty")
    found = [urljoin(base, each.strip()) for each in _addresses(root) if each and each.strip()]
    kept = [each for each in dict.fromkeys(found) if urlsplit(each).scheme in ("http", "https")]
    return FoundAddresses([], kept) if _name(root) == "sitemapindex" else FoundAddresses(kept, [])


def addresses_in_list(text: str) -> list[str]:
    """Return the addresses of a list, one a line, each once; empty lines and those that begin with # are passed over.

    Raises ArticleError for a line that is no address.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        address = line.strip()
        if not address or address.startswith("#"):
            continue
        if urlsplit(address).scheme not in ("http", "https"):
            raise ArticleError(f"line {number}: “{address[:80]}” is no address; write one that begins with https://")
        found.append(address)
    return [*dict.fromkeys(found)]


def _addresses(root: etree._Element) -> Iterator[str | None]:
    """Yield the address of each entry: an item's link, an entry's alternate link, a sitemap's loc."""
    for element in root.iter():
        name = _name(element)
        if name == "item":
            yield next((each.text for each in element if _name(each) == "link"), None)
        elif name == "entry":
            links = [each for each in element if _name(each) == "link"]
            yield next((each.get("href") for each in links if each.get("rel", "alternate") == "alternate"), None)
        elif name == "loc" and _name(element.getparent()) in ("url", "sitemap"):
            yield element.text


def _name(element: etree._Element | None) -> str:
    """Return an element's name without its namespace; "" for comments and the like."""
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""
