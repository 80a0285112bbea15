"""Fetching addresses one at a time and importing the articles; each address has an outcome."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError, FetchError
from labeling.formats import Fault, WithheldWork, read_bytes
from labeling.formats.feeds import addresses_in, is_feed
from labeling.quantities import many
from labeling.services.fetching.visiting import FetchedPage, Limits, Visitor
from labeling.services.importing.intake import import_rows
from labeling.services.importing.tally import Tally
from labeling.store.contract import Store
from labeling.store.values import Added, Origin
from labeling.stories.alignment import Piece, aligned

#: Called with the number of addresses done and of those known so far, and the next address.
FetchTick: TypeAlias = Callable[[int, int, str], None]
#: The maximum number of addresses per import, and how deeply nested sitemaps are followed.
MOST, _DEPTH = 1_000, 2
#: How many addresses are recorded per import.
_NAMES = 200


class NewVersion(NamedTuple):
    """A new article whose address the project has with a different text: the ids of the earlier and the new article."""

    address: str
    earlier: str
    new: str


@dataclass(slots=True)
class FetchReport:
    """The result of fetching: the tally of its import, and articles that are new versions of others."""

    tally: Tally = field(default_factory=Tally)
    versions: list[NewVersion] = field(default_factory=list)


def fetch(
    store: Store,
    addresses: Sequence[str],
    *,
    by: str,
    limits: Limits = Limits(),
    most: int = MOST,
    dry_run: bool = False,
    tick: FetchTick = lambda done, total, address: None,
    visitor: Visitor | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> FetchReport:
    """Fetch pages and import their articles; of a feed or a sitemap, the pages that it names, up to `most` in all.

    An article whose text the project has is a duplicate, wherever it was found. Another text at an address of an article is a
    new version. Nothing else happens to articles that are there. Once `stopped` returns True, no more pages are fetched, and
    those that were are imported.
    """
    report = FetchReport()
    visitor = visitor or Visitor(limits)
    origin = Origin(by, [*addresses[:_NAMES]])
    with store.reading() as project:
        earlier = {_plain(address): id for address, id in project.articles.addresses().items()}
    rows = _rows(visitor, addresses, most, tick, stopped)
    for outcome in import_rows(store, rows, dry_run=dry_run, origin=origin):
        report.tally.add(outcome)
        if isinstance(outcome, Added) and outcome.new and (url := outcome.article.url):
            if (other := earlier.get(_plain(url))) and other != outcome.article.id:
                report.versions.append(NewVersion(url, other, outcome.article.id))
            earlier[_plain(url)] = outcome.article.id
    return report


def version_pieces(store: Store, version: NewVersion) -> tuple[list[Piece], list[Piece]]:
    """Return the texts of the earlier and the new version in pieces that say whether their words differ."""
    with store.reading() as project:
        one, two = aligned([project.articles.text(version.earlier), project.articles.text(version.new)])
    return one, two


def _rows(
    visitor: Visitor, addresses: Iterable[str], most: int, tick: FetchTick, stopped: Callable[[], bool]
) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the article at each address, or why there is none; feeds and sitemaps add addresses."""
    queue = _Queue(most)
    for address in addresses:
        queue.add(address.strip(), 0)
    while not stopped() and (following := queue.next()) is not None:
        address, depth = following
        tick(queue.done, queue.known, address)
        try:
            document = visitor.fetch(address)
            if is_feed(document.data):
                found = addresses_in(document.data, document.address)
                for each in found.sitemaps if depth < _DEPTH else ():
                    queue.add(each, depth + 1)
                for each in found.articles:
                    queue.add(each, _DEPTH)
            else:
                yield from _articles(document)
        except (FetchError, ArticleError) as fault:
            yield Fault(address, None, str(fault))
    if queue.refused:
        yield Fault(
            many(queue.refused, "more address", "more addresses"),
            None,
            f"only {most:,} are fetched at a time; fetch the rest separately",
        )


def _articles(document: FetchedPage) -> Iterator[Article | Fault | WithheldWork]:
    """Yield the article of a page, with its address where the page doesn't name one itself."""
    if document.type and "html" not in document.type.lower() and "xml" not in document.type.lower():
        yield Fault(document.address, None, f"it isn't a web page ({document.type.partition(';')[0][:60]})")
        return
    for row in read_bytes("page.html", document.data, kind="html"):
        if isinstance(row, Article):
            yield replace(row, source=document.address, url=row.url or _url(document.address))
        elif isinstance(row, Fault):
            yield Fault(document.address, None, row.reason)
        else:
            yield row


def _url(address: str) -> str | None:
    """Return an address as an article can have it."""
    try:
        return article.make("text", url=address).url
    except ArticleError:
        return None


def _plain(address: str) -> str:
    """Return an address as it is compared: without the scheme, “www.”, a fragment and a slash at its end."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


class _Queue:
    """The addresses to fetch, each once: host by host in turn, so that no host is asked twice in a row if others are left."""

    def __init__(self, most: int) -> None:
        self.done = self.known = self.refused = 0
        self._most = most
        self._seen: set[str] = set()
        self._hosts: dict[str, deque[tuple[str, int]]] = defaultdict(deque)

    def add(self, address: str, depth: int) -> None:
        """Add an address that feeds are followed from, as far as `depth` allows."""
        key = _plain(address)
        if not address or key in self._seen:
            return
        self._seen.add(key)
        if self.known >= self._most:
            self.refused += 1
            return
        self.known += 1
        self._hosts[urlsplit(address).netloc.lower()].append((address, depth))

    def next(self) -> tuple[str, int] | None:
        """Return the next address and its depth; None at the end."""
        if not self._hosts:
            return None
        host = next(iter(self._hosts))
        waiting = self._hosts.pop(host)
        found = waiting.popleft()
        if waiting:
            self._hosts[host] = waiting  # behind the other hosts
        self.done += 1
        return found
