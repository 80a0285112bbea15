"""A spaCy pipeline as a suggester: its named entities and span groups whose labels the label set has."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labeling import extras
from labeling.annotation.article import Article
from labeling.errors import SuggestionError
from labeling.schema import Schema
from labeling.services.suggestions.suggesters.finding import clean_name, told
from labeling.suggestions.proposals import UNKNOWN, ProposedRecord, SuggesterContext


def spacy_suggester(argument: str, context: SuggesterContext) -> SpacySuggester:
    """Return the suggester of a pipeline: an installed package or a folder.

    Each option maps a label of the pipeline to one of the label set, as in `PERSON=speaker`. Raises MissingExtraError
    without spaCy, and SuggestionError if there is no such pipeline or no label in common.
    """
    extras.require("spacy", "the suggester spacy")
    if not argument:
        raise SuggestionError("name the pipeline, as in spacy:en_core_web_sm or spacy:FOLDER")
    spacy = importlib.import_module("spacy")
    try:
        pipeline = spacy.load(Path(argument) if Path(argument).is_dir() else argument)
    except (OSError, ValueError, ImportError) as fault:
        raise SuggestionError(
            f"spaCy can't load the pipeline “{argument}” ({told(fault)}); install it or give the path of its folder"
        ) from None
    return SpacySuggester(pipeline, context.label_set, context.options)


class SpacySuggester:
    """Suggests what a pipeline finds; quotes and dates are completed from SayWhen's own suggestions for the same words."""

    def __init__(self, pipeline: Any, label_set: Schema, labels: Mapping[str, str]) -> None:
        meta = pipeline.meta
        self.name = clean_name("spacy", f"{meta.get('lang', '')}_{meta.get('name', 'pipeline')}")
        self.version = clean_name(str(meta.get("version") or "0"))
        self._pipeline = pipeline
        self._labels = {key.casefold(): key for key in label_set.labels}
        for theirs, ours in labels.items():
            self._labels[theirs.casefold()] = label_set.label(ours).key

    def suggest(self, article: Article) -> Iterator[ProposedRecord]:
        """Yield each span once; one whose label isn't in the label set is left to be counted as dropped."""
        if len(article.text) > self._pipeline.max_length:
            raise SuggestionError(
                f"the text has {len(article.text):,} characters, but the pipeline takes {self._pipeline.max_length:,}"
            )
        doc = self._pipeline(article.text)
        if doc.text != article.text:
            raise SuggestionError("the pipeline changes the text, so its offsets don't fit")
        grouped = [(span, group) for group, spans in doc.spans.items() for span in spans]
        scored = {group: spans.attrs.get("scores") for group, spans in doc.spans.items()}
        numbers: dict[str, int] = {}
        seen = set()
        for span, group in [*grouped, *((each, "") for each in doc.ents)]:
            number = numbers[group] = numbers.get(group, -1) + 1
            scores = scored.get(group)
            score = float(scores[number]) if scores is not None and number < len(scores) else UNKNOWN
            place = (span.label_, span.start_char, span.end_char)
            if place not in seen:
                seen.add(place)
                label = self._labels.get(span.label_.casefold(), span.label_)
                yield ProposedRecord(label, [(span.start_char, span.end_char)], score, complete=True)
