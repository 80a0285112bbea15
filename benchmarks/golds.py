"""Gold that annotators of the effort benchmark are to mark: what it says of an article, and what differs from it.

What is marked is every span with its label and fragments, every link, whom a speaker names, every date's EDTF value,
and the publication date where the gold corrects it. Entries count as equal if the same marks share one: the gold's name is
given to an entry where the article has it, else the words of its first mention, unless they are a pronoun. Omitted are
what no one can know but the gold (utterances, events, notes, and why a date cannot be resolved) and what takes the form
(modality and flags; a date's modifier, kind and anchor, which its reading fills in).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from handmade import task_of

from labeling.annotation import article

LABEL_KEYS = {"quote": "q", "cue": "c", "speaker": "s", "claimed_date": "d"}
LINK_KEYS = {
    "said_by": "l",
    "cued_by": "i",
    "relayed_by": "p",
    "originates_from": "o",
    "claimed_in": "t",
    "anchored_to": "a",
}
FIELDS = {"speaker": "entity", "claimed_date": "date"}
PRONOUN = re.compile(r"(?i)I|you|he|she|it|we|they|him|her|them|who|one of them")

#: Half-open ranges of code points.
Stretch = tuple[int, int]


class Gold:
    """The gold of an article, given its line in an export; spans are called by the ids that they have there."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.text: str = line["text"]
        [annotation] = line["annotations"]
        self.spans: dict[str, dict[str, Any]] = {span["id"]: span for span in annotation["spans"]}
        self.links = [(each["type"], each["from"], each["to"]) for each in annotation["relations"]]
        self.called: dict[str, str] = line.get("entries", {}).get("source", {})
        self.corrected = annotation.get("published")
        self.published = (self.corrected or line.get("published") or {}).get("value")
        self.language = line.get("language") or "en"

    def place(self, id: str) -> list[Stretch]:
        """The fragments of a span."""
        return [(start, end) for start, end in self.spans[id]["fragments"]]

    def entity(self, id: str) -> str:
        """The gold's id of the entry that a speaker names; entries of several people are one."""
        who = self.spans[id]["attributes"]["who"]
        return " + ".join(who) if isinstance(who, list) else str(who)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Read a gold file: lines as exported, or the gold made by hand beside its articles."""
    if path.suffix == ".jsonl":
        return [orjson.loads(line) for line in path.read_bytes().splitlines()]
    gold = orjson.loads(path.read_bytes())
    lines = []
    for each in gold["files"]:
        text = article.make((path.parent / each["file"]).read_text(encoding="utf-8")).text
        task = task_of(each, gold["entities"], text)
        spans = [
            {
                "id": id,
                "label": mark.label,
                "fragments": mark.fragments,
                "attributes": mark.attributes,
                "text": " … ".join(text[start:end] for start, end in mark.fragments),
            }
            for id, mark in task.marks.items()
        ]
        relations = [{"type": kind, "from": source, "to": target} for kind, source, target in task.links]
        published = {"value": task.published, "basis": "inferred"}
        lines.append(
            {
                "id": each["file"],
                "text": text,
                "annotations": [{"spans": spans, "relations": relations, "published": published}],
            }
        )
    return lines


def _said(lines: list[dict[str, Any]]) -> list[Any]:
    """What was marked in articles, without ids: published dates, spans with values and entries, and links.

    An entry is called by the first span that has it.
    """
    entries: dict[str, str] = {}
    said: list[Any] = []
    for number, line in enumerate(lines):
        [annotation] = line["annotations"]
        places = {
            span["id"]: [span["label"], [list(each) for each in span["fragments"]]] for span in annotation["spans"]
        }
        said.append([number, "published", annotation.get("published")])
        for span in sorted(annotation["spans"], key=lambda span: orjson.dumps(places[span["id"]])):
            who = span["attributes"].get("who")  # one entry, or several as one
            who = who and entries.setdefault(str(who), f"{number} {places[span['id']]}")
            said.append([number, *places[span["id"]], who, (span["attributes"].get("value") or {}).get("edtf")])
        said += [[number, each["type"], places[each["from"]], places[each["to"]]] for each in annotation["relations"]]
    return said


def differences(saved: list[dict[str, Any]], gold: list[dict[str, Any]]) -> list[str]:
    """Where what is saved is not the gold."""
    ours, theirs = (
        Counter(orjson.dumps(each, option=orjson.OPT_SORT_KEYS).decode() for each in _said(lines))
        for lines in (saved, gold)
    )
    return [f"{each} too much" for each in ours - theirs] + [f"{each} missing" for each in theirs - ours]
