"""How someone's work differs from hidden gold, one difference after another, to go through them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from labeling.adjudication import Disagreement, Policy, gold
from labeling.adjudication.content import Content
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.services.review.standing import excerpt
from labeling.store.contract import Store

_GOLD, _WORK = "gold", "work"


class Difference(NamedTuple):
    """A place where someone's work differs from gold: the text around it, and what each has there, a line for each span or link."""

    article: str
    title: str | None
    #: What differs: “missing”, “label”, “boundary” …
    kinds: tuple[str, ...]
    before: str
    words: str
    after: str
    gold: list[str]
    work: list[str]


def differences(store: Store, annotator: str) -> list[Difference]:
    """Return the differences of someone's submitted work from hidden gold, in the order of their queue and of the text."""
    with store.reading() as project:
        schema, entries = project.label_sets.current(), project.registries.all()
        compared = project.hidden_gold.compared(annotator)
        titles = project.articles.titles([article for article, _, _ in compared])
        texts = project.articles.texts([article for article, _, _ in compared])
    found = []
    for article, reference, work in compared:
        # Two versions under a policy that resolves nothing: each disagreement is a difference.
        result = gold({_GOLD: reference, _WORK: work}, schema, Policy())
        text, words = texts[article], _Words(schema, texts[article], entries)
        for each in sorted(
            (each.disagreement for each in result.standing) if result else (), key=lambda each: each.start
        ):
            around = excerpt(text, each.start, each.end, room=90)
            found.append(
                Difference(
                    article, titles[article], each.kinds, around["before"], around["words"], around["after"],
                    words.of(_of(each, _GOLD)), words.of(_of(each, _WORK)),
                )
            )  # fmt: skip
    return found


def _of(found: Disagreement, name: str) -> Content:
    """Return what one of the two has in a disagreement."""
    return next(version.content for version in found.versions if name in version.by)


class _Words:
    """Spans and links of an article in words."""

    def __init__(self, schema: Schema, text: str, entries: Mapping[tuple[str, str], str]) -> None:
        self._schema = schema
        self._text = text
        self._entries = entries

    def of(self, content: Content) -> list[str]:
        """Return a line for each span and link; none if there is nothing."""
        spans = [self._span(mark.label, mark.fragments, mark.attributes) for mark in content.marks]
        links = [
            f"{self._schema.relations[link.type].title}: {self._quoted(link.source[1])} → {self._quoted(link.target[1])}"
            for link in content.links
        ]
        return spans + links

    def _span(self, label: str, fragments: tuple[tuple[int, int], ...], attributes: Mapping[str, object]) -> str:
        known = self._schema.labels[label]
        values = []
        for name, value in attributes.items():
            attribute = known.attributes[name]
            if attribute.registry:
                named = [self._entries.get((attribute.registry, id), id) for id in entry_ids(value)]
                values.append(f"{attribute.title}: {', '.join(named)}")
            else:
                values.append(f"{attribute.title}: {attribute.kind.words(attribute, value)}")
        return f"{known.title}: {self._quoted(fragments)}" + (f" ({'; '.join(values)})" if values else "")

    def _quoted(self, fragments: tuple[tuple[int, int], ...]) -> str:
        return f"“{' … '.join(self._text[start:end] for start, end in fragments)}”"
