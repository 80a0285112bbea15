"""Reading of the annotations in brat's .ann files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from labeling.formats.assembly import LooseLink, LooseSpan, assembled_by_line
from labeling.formats.marked import made_id
from labeling.formats.offsets import Given
from labeling.formats.reading import Remark
from labeling.formats.tasks import doubt

#: Whose work it is: a file does not say.
ANNOTATOR = "brat"

NOTE = "AnnotatorNotes"

FLAGGED = re.compile(r"\[([a-z][a-z0-9_]*)?\] ?(.*)", re.DOTALL)


def joined(text: str, parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return fragments, with those that only line breaks separate joined into one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and found[-1][1] < start and not text[found[-1][1] : start].strip("\n\t"):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


class Marks:
    """The contents of an .ann file, read line by line; `messages` says what can't be imported, each with its line."""

    def __init__(self, raw: str, text: str) -> None:
        self.messages: list[tuple[int | None, str]] = []
        self.entries: dict[str, dict[str, str]] = {}
        self._raw = raw
        self._text = text
        self._spans: dict[str, LooseSpan] = {}
        self._links: list[LooseLink] = []
        self._about: list[tuple[int, str, str, Any]] = []  # line, id of what it is about, name, value
        self._references: list[tuple[int, str, str, str, str]] = []  # line, id, registry, entry, name
        self._notes: list[tuple[int, str, str]] = []
        self._triggers: dict[str, str] = {}
        self._seen: set[str] = set()
        self._events: list[int] = []

    def annotation(self, lines: list[str]) -> dict[str, Any]:
        """Return the annotation's plain values."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    self._line(number, line)
                except ValueError as fault:
                    shown = line if len(line) <= 60 else f"{line[:59]}…"
                    self.messages.append((number, f"“{shown}” is not imported: {fault}"))
        if self._events:
            what = (
                f"{len(self._events):,} event(s) become links from their triggers, named after their roles; events "
                "with the same trigger are merged"
            )
            self.messages.append((self._events[0], Remark(what)))
        for link in self._links:
            link.source, link.target = (self._triggers.get(end, end) for end in (link.source, link.target))
        for link in [each for each in self._links if each.source == each.target and each.id is None and not each.role]:
            what = f"“{link.type}” of events with the same trigger is not imported: it links {link.source} to itself"
            self.messages.append((link.line, Remark(what)))
            self._links.remove(link)
        comments = self._describe()
        annotation, messages = assembled_by_line(self._raw, list(self._spans.values()), self._links)
        self.messages += messages
        self.messages += ((None, each) for each in doubt(self._raw, self._spans.values()))
        for span in annotation["spans"]:
            span["fragments"] = [list(each) for each in joined(self._text, map(tuple, span["fragments"]))]
        kept = {span["id"] for span in annotation["spans"]}
        for number, id, flag, words in comments:
            if id is not None and id not in kept:
                reason = f"the note on {id} is about a missing span; it becomes a comment on the article"
                self.messages.append((number, Remark(reason)))
                id = None
            annotation["comments"].append({"id": made_id(number, words), "span": id, "flag": flag, "text": words})
        return annotation

    def _line(self, number: int, line: str) -> None:
        """Take one line; raises ValueError with the reason and the remedy."""
        id, tab, rest = line.partition("\t")
        if not tab:
            raise ValueError("there is no tab after the id; write the id, a tab and the rest")
        if id in self._seen and id != "*":
            raise ValueError(f"the id {id} is used twice, and only the first is imported; give each line its own")
        self._seen.add(id)
        data, _, tail = rest.partition("\t")
        take = {
            "T": self._mark, "R": self._relation, "A": self._attribute, "M": self._attribute, "E": self._event,
            "N": self._reference, "#": self._note, "*": self._same,
        }.get(id[:1])  # fmt: skip
        if not take:
            raise ValueError("this is not a brat line; remove it (ids begin with T, R, E, A, M, N, # or are *)")
        take(number, id, data.split(" "), tail)

    def _mark(self, number: int, id: str, data: list[str], tail: str) -> None:
        label, _, where = " ".join(data).partition(" ")
        try:
            borders = [tuple(map(int, part.split(" "))) for part in where.strip().split(";")]
            parts = [(start, end) for start, end in borders]
        except ValueError:
            raise ValueError(
                "an annotation needs a label, start and end, e.g. “T1⇥quote 0 5⇥words”; correct it"
            ) from None
        words = _words_of(parts, tail)
        given = [Given(start, end, each) for (start, end), each in zip(parts, words, strict=True)]
        self._spans[id] = LooseSpan(id, label, given, line=number)

    def _relation(self, number: int, id: str, data: list[str], tail: str) -> None:
        roles = [each.partition(":") for each in data[1:] if each]
        if {role for role, _, _ in roles} == {"Arg1", "Arg2"}:
            roles.sort()
        ends = [end for _, _, end in roles]
        if len(ends) != 2 or not all(ends):
            raise ValueError("a relation needs a type and two ends, e.g. “R1⇥said_by Arg1:T1 Arg2:T2”; correct it")
        self._links.append(LooseLink(id, data[0], ends[0], ends[1], number))

    def _event(self, number: int, id: str, data: list[str], tail: str) -> None:
        trigger = data[0].partition(":")[2]
        roles = [each.partition(":") for each in data[1:] if each]
        if not trigger or not all(end for _, _, end in roles):
            raise ValueError("an event needs a type, a trigger and roles, e.g. “E1⇥Say:T1 Who:T2”; correct it")
        self._triggers[id] = trigger
        self._links += [LooseLink(None, role, id, end, number, role=True) for role, _, end in roles]
        self._events.append(number)

    def _same(self, number: int, id: str, data: list[str], tail: str) -> None:
        ends = [each for each in data[1:] if each]
        if len(ends) < 2:
            raise ValueError("an equivalence needs two or more annotations, e.g. “*⇥Equiv T1 T2”; correct it")
        self._links += [LooseLink(None, data[0], one, other, number) for one, other in pairwise(ends)]

    def _attribute(self, number: int, id: str, data: list[str], tail: str) -> None:
        if len(data) < 2:
            raise ValueError("an attribute needs a name and an annotation, e.g. “A1⇥unnamed T1”; correct it")
        self._about.append((number, data[1], data[0], " ".join(data[2:]).strip() or True))

    def _reference(self, number: int, id: str, data: list[str], tail: str) -> None:
        registry, colon, entry = " ".join(data[2:]).partition(":")
        if not colon or not entry:
            raise ValueError(
                "a reference needs an annotation and an entry, e.g. “N1⇥Reference T1 source:p1⇥Zoé”; correct it"
            )
        self._references.append((number, data[1], registry, entry, tail or entry))

    def _note(self, number: int, id: str, data: list[str], tail: str) -> None:
        if len(data) < 2:
            raise ValueError("a note needs a kind and an annotation, e.g. “#1⇥AnnotatorNotes T1⇥words”; correct it")
        self._notes.append((number, data[1], tail))

    def _describe(self) -> list[tuple[int, str | None, str | None, str]]:
        """Set the spans' attributes; return what remains of the notes as comments: line, span, flag, words."""
        comments: list[tuple[int, str | None, str | None, str]] = []
        for number, on, words in self._notes:
            id = self._triggers.get(on, on)
            values = _values(words)
            if values is not None and id in self._spans:
                self._about += [(number, id, name, value) for name, value in values.items()]
            elif words.strip():
                match = FLAGGED.fullmatch(words)
                flag, text = (match[1], match[2]) if match else (None, words)
                comments.append((number, id, flag, text))
        for number, on, name, value in self._about:
            id = self._triggers.get(on, on)
            if id not in self._spans:
                self.messages.append((number, f"the attribute {name} is not imported: there is no annotation {on}"))
            elif self._spans[id].attributes.setdefault(name, value) != value:
                self.messages.append((number, f"{on} has the attribute {name} twice; only the first is imported"))
        for number, on, registry, entry, name in self._references:
            id = self._triggers.get(on, on)
            if id not in self._spans:
                self.messages.append(
                    (number, f"the reference {registry}:{entry} is not imported: there is no annotation {on}")
                )
                continue
            self.entries.setdefault(registry, {})[entry] = name
            held = self._spans[id].attributes.values()
            if not any(value == entry or (isinstance(value, list) and entry in value) for value in held):
                self._spans[id].attributes.setdefault(registry, entry)
        return comments


def _values(words: str) -> dict[str, Any] | None:
    """Return the attributes that a note of ours holds, None where it is another's."""
    if not words.startswith("{"):
        return None
    try:
        values = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _words_of(parts: list[tuple[int, int]], words: str) -> list[str | None]:
    """Return the words of each fragment, of which a file has all together with a space between; None where it has none."""
    if not words.strip():
        return [None] * len(parts)
    if len(parts) == 1:
        return [words]
    words = words.replace("\r", "")  # half of a CRLF between two fragments
    for encoding, width in (("utf-32-le", 4), ("utf-16-le", 2), ("utf-8", 1)):
        raw = words.encode(encoding)
        if len(raw) // width == sum(end - start for start, end in parts) + len(parts) - 1:
            found: list[str | None] = []
            at = 0
            for start, end in parts:
                found.append(raw[at * width : (at + end - start) * width].decode(encoding, errors="replace"))
                at += end - start + 1
            return found
    # The sizes and the words do not agree: nothing will fit, and each fragment is reported with all words.
    return [words] * len(parts)
