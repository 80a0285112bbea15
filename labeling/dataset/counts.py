"""The contents of a dataset, counted from its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from labeling.dataset.lines import RECORD_FORMAT
from labeling.dataset.shapes import TOKENS_FORMAT
from labeling.schema.kinds import NUMBER


@dataclass(slots=True)
class Counts:
    """The sums over the lines of a split (or of all of them, see `merged`)."""

    lines: int = 0
    ids: set[str] = field(default_factory=set)  # of the articles
    characters: int = 0  # code points
    tokens: int = 0  # of lines of tokens
    looked: set[tuple[str, str]] = field(default_factory=set)  # annotations, by article and annotator
    marked: set[tuple[str, str]] = field(default_factory=set)  # those with a span or a record
    statuses: dict[str, set[tuple[str, str]]] = field(
        default_factory=dict
    )  # annotations, where lines say how they stand
    fragmented: int = 0  # spans of two or more fragments
    nested: int = 0  # spans that lie within another one
    spans: Counter[str] = field(default_factory=Counter)  # by label
    attributes: Counter[tuple[str, str]] = field(default_factory=Counter)  # by label and attribute
    #: How often each number was given, by label, attribute and number.
    numbers: Counter[tuple[str, str, int | float]] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)  # by type
    records: Counter[str] = field(default_factory=Counter)  # by kind
    types: Counter[str] = field(default_factory=Counter)  # of quotations
    #: Gold spans by what they are based on: agreement, one annotator alone, a decision, or a rule with its name.
    basis: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Outcomes of suggestions, by suggester, version and verdict; annotations with one; the spans made from suggestions.
    judgments: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    judged: set[tuple[str, str]] = field(default_factory=set)
    suggested: set[tuple[str, str, str]] = field(default_factory=set)
    outlets: Counter[str] = field(default_factory=Counter)  # articles
    languages: Counter[str] = field(default_factory=Counter)  # articles
    months: Counter[str] = field(default_factory=Counter)  # articles by month of publication, as corrected
    entries: dict[str, set[str]] = field(default_factory=dict)  # ids by registry

    @property
    def articles(self) -> int:
        """The number of articles."""
        return len(self.ids)

    @property
    def annotations(self) -> int:
        """The number of annotations: one per annotator and article."""
        return len(self.looked)

    @property
    def without_spans(self) -> int:
        """The number of annotations without spans, whatever the reason."""
        return len(self.looked) - len(self.marked)

    @property
    def annotators(self) -> set[str]:
        """The names of the annotators."""
        return {annotator for _, annotator in self.looked}

    def add(self, line: dict[str, Any]) -> None:
        """Count a line of any shape."""
        self.lines += 1
        kind = line["format"]
        if kind == RECORD_FORMAT:
            self._article(line["article"]["id"], {**line["article"], "published": line["published"]})
            self._look(line["article"]["id"], line["annotator"], marked=True, status=line["status"])
            self._record(line["record"])
            return
        id = line["window"]["article"] if "window" in line else line["id"]
        if kind == TOKENS_FORMAT:
            self.tokens += len(line["tokens"])
            self.ids.add(id)
            self._look(id, line["annotator"], marked=any(tag != "O" for tag in line["tags"]))
            self.spans.update(tag[2:] for tag in line["tags"] if tag.startswith("B-"))
            return
        self.characters += len(line["text"]) if "text" in line else line["text_length"]
        corrected = (annotation["published"] for annotation in line["annotations"])
        self._article(id, {**line, "published": next(filter(None, corrected), line["published"])})
        for registry, names in line["entries"].items():
            self.entries.setdefault(registry, set()).update(names)
        for annotation in line["annotations"]:
            self._look(id, annotation["annotator"], marked=bool(annotation["spans"]), status=annotation["status"])
            self._judgments(id, annotation)
            for span in annotation["spans"]:
                self.spans[span["label"]] += 1
                self.fragmented += len(span["fragments"]) > 1
                self.attributes.update((span["label"], name) for name in span["attributes"])
                given = span["attributes"].items()
                self.numbers.update((span["label"], name, value) for name, value in given if NUMBER.recognizes(value))
                if behind := span.get("provenance"):
                    alone = behind["basis"] == "agreement" and len(behind["asked"]) == 1
                    self.basis["alone" if alone else behind["basis"], behind.get("rule", "")] += 1
            self.nested += _nested(annotation["spans"])
            self.relations.update(link["type"] for link in annotation["relations"])
            for record in annotation.get("records", ()):
                self._record(record)

    def _article(self, id: str, about: dict[str, Any]) -> None:
        """Count an article once, however many lines it has."""
        if id in self.ids:
            return
        self.ids.add(id)
        self.outlets[about["outlet"] or ""] += 1
        self.languages[about["language"] or ""] += 1
        self.months[((about["published"] or {}).get("value") or "")[:7]] += 1

    def _look(self, article: str, annotator: str, *, marked: bool, status: str | None = None) -> None:
        self.looked.add((article, annotator))
        if status is not None:
            self.statuses.setdefault(status, set()).add((article, annotator))
        if marked:
            self.marked.add((article, annotator))

    def _judgments(self, article: str, annotation: dict[str, Any]) -> None:
        """Count what became of suggestions, and the spans of this line that were made from them."""
        who = annotation["annotator"]
        there = {span["id"] for span in annotation["spans"]}
        for each in annotation.get("judgments", ()):
            self.judged.add((article, who))
            self.judgments[each["suggester"], each["version"], each["verdict"]] += 1
            self.suggested.update((article, who, id) for id in each["spans"] if id in there)

    def _record(self, record: dict[str, Any]) -> None:
        self.records[record["name"]] += 1
        if "type" in record:
            self.types[record["type"]] += 1


def merged(parts: Iterable[Counts]) -> Counts:
    """Return the sums over several splits."""
    whole = Counts()
    for part in parts:
        for name in Counts.__slots__:
            one, other = getattr(whole, name), getattr(part, name)
            if isinstance(one, int):
                setattr(whole, name, one + other)
            elif isinstance(one, Counter | set):
                one.update(other)
            else:
                for key, members in other.items():
                    one.setdefault(key, set()).update(members)
    return whole


def _nested(spans: list[dict[str, Any]]) -> int:
    """Return how many spans lie within another one, ends included (of equal ones, all but one)."""
    inside, furthest = 0, -1
    for _, end in sorted(
        ((span["fragments"][0][0], span["fragments"][-1][1]) for span in spans), key=lambda at: (at[0], -at[1])
    ):
        inside += end <= furthest
        furthest = max(furthest, end)
    return inside
