"""A file of predictions as a suggester: JSON lines written by another suggester or by your own model."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from labeling.annotation.article import Article, id_of
from labeling.errors import ArticleError, SuggestionError
from labeling.formats.reading import MAX_BYTES
from labeling.formats.saywhen import taken
from labeling.services.suggestions.suggesters.finding import clean_name, require_options
from labeling.suggestions.predictions import FORMAT, proposals_of
from labeling.suggestions.proposals import ProposedRecord, SuggesterContext


def file_suggester(argument: str, context: SuggesterContext) -> FileSuggester:
    """Return the suggester of a file, or of a folder of files; raises SuggestionError if it can't be read."""
    require_options(context.options, ())
    if not argument:
        raise SuggestionError("name the file, as in file:predictions.jsonl")
    return FileSuggester(Path(argument), [each.head for each in context.label_set.records.values()])


class FileSuggester:
    """Suggests the predictions in a file, found by the article's text or id. Its version is the file's checksum.

    Only the places of the lines are held in memory. Of several lines for an article the first counts, and of several
    people's work on it the first's.
    """

    concurrency = "none"

    def __init__(self, path: Path, heads: list[str]) -> None:
        self.name = clean_name("file", path.name)
        self._heads = heads
        self._paths = sorted(path.glob("**/*.jsonl")) if path.is_dir() else [path]
        if not self._paths:
            raise SuggestionError(f"there are no *.jsonl files in {path}")
        self._places: dict[bytes, int] = {}
        self._files, self._starts = array("l"), array("q")
        digest = hashlib.sha256()
        for number, each in enumerate(self._paths):
            try:
                self._index(each, number, digest)
            except OSError as fault:
                raise SuggestionError(f"can't read {each} ({fault.strerror}); check the name") from None
        if not self._places:
            raise SuggestionError(f"{path} has no predictions: no line is saywhen/1 or {FORMAT} (docs/suggesters.md)")
        self.version = digest.hexdigest()[:16]

    def _index(self, path: Path, number: int, digest: Any) -> None:
        with path.open("rb") as file:
            start = 0
            while raw := file.readline(MAX_BYTES + 1):
                digest.update(raw)
                key = _article_of(raw) if len(raw) <= MAX_BYTES else None
                if key and key not in self._places:
                    self._places[key] = len(self._starts)
                    self._files.append(number)
                    self._starts.append(start)
                start += len(raw)

    def suggest(self, article: Article) -> Iterator[ProposedRecord | Mapping[str, Any]]:
        """Yield the file's predictions for the article, if it has any."""
        at = self._places.get(article.id.encode())
        if at is None:
            return
        path = self._paths[self._files[at]]
        with path.open("rb") as file:
            file.seek(self._starts[at])
            line = orjson.loads(file.readline(MAX_BYTES + 1))
        if line.get("format") == FORMAT:
            found = line.get("suggestions")
            yield from found if isinstance(found, list) else ()
            return
        try:
            entries = taken(line, str(path), at).entries
            if line["annotations"]:
                yield from proposals_of(line["annotations"][0], entries, self._heads)
        except (ArticleError, KeyError, TypeError, ValueError, AttributeError) as fault:
            raise SuggestionError(f"its line for this article isn't valid: {fault}") from None


def _article_of(raw: bytes) -> bytes | None:
    """Return the id of the article that a line is about; None if it is about none."""
    try:
        line = orjson.loads(raw)
        if line["format"] == FORMAT:
            return str(line["article"]).encode()[:64]
        return id_of(line["text"].encode()).encode() if line["format"] == "saywhen/1" else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, UnicodeEncodeError):
        return None
