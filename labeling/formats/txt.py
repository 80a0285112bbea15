"""Plain text: a file is an article, and the whole of it is its text."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.reading import Fault, Source


def read_txt(source: Source) -> Iterator[Article | Fault]:
    """Yield the article of a text file, or its error.

    No line is taken for a title, so that offsets into the file hold.
    """
    raw = source.read()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        yield source.fault(line, source.wrong_byte(raw[error.start], source.start + error.start))
        return
    try:
        yield article.make(text, source=source.name)
    except ArticleError as error:
        yield source.fault(None, error)
