"""Plain text: one article per file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.reading import Fault, Source

#: The longest line that is taken for a title, in characters.
_LONGEST = 150
#: How a line ends that is a sentence, or part of one, rather than a title.
_SENTENCE = re.compile(r"[.,;:…][”’\"')]*$|[.?!][”’\"')]* \S")


def read_txt(source: Source) -> Iterator[Article | Fault]:
    """Yield the article of a text file, or its error.

    Its title is the first line where that looks like one, else the file's name. The line stays in the text, so that
    offsets into the file hold.
    """
    raw = source.read()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        yield source.fault(line, source.wrong_byte(raw[error.start], source.start + error.start))
        return
    try:
        yield article.make(text, title=title_of(text, source.name), source=source.name)
    except ArticleError as error:
        yield source.fault(None, error)


def title_of(text: str, name: str) -> str:
    """Return the first line of a text if it looks like a title, else the name of its file without the suffix.

    >>> title_of("Bridge to close\n\nThe bridge will close, Ada Brekke said.", "a.txt")
    'Bridge to close'
    >>> title_of("The bridge will close, Ada Brekke said. It is old.", "bridge.txt")
    'bridge'
    """
    first, _, rest = text.removeprefix("\ufeff").strip().partition("\n")
    first = first.strip()
    titled = rest.strip() and len(first) <= _LONGEST and not _SENTENCE.search(first) and first.isprintable()
    return first if first and titled else PurePath(name).stem
