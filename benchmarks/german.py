"""German: what its rules find in hand-annotated news, beside a plain baseline.

    python -m benchmarks.german quotations FOLDER  # JSON files with `originalText` and `annotations`
    python -m benchmarks.german dates FOLDER       # TimeML files (.tml)

The articles aren't part of the repository: docs/languages.md says where they are and under which licenses.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from labeling.dates import read
from labeling.errors import DateError
from labeling.language import LANGUAGES, propose
from labeling.language.tokens import Stretch
from labeling.services.suggestions.rankers import default_ranker
from labeling.suggestions.suggesting import suggest
from labeling.suggestions.surroundings import Surroundings

_HALF = 0.5


class Said(NamedTuple):
    """Something said: where, whether in quotation marks, and who speaks if that is known."""

    start: int
    end: int
    direct: bool
    speaker: Stretch | None


def _iou(one: Stretch, other: Stretch) -> float:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, common) / (max(one[1], other[1]) - min(one[0], other[0]))


def _gold(article: dict[str, object]) -> list[Said]:
    found = []
    annotations: list[dict[str, object]] = article["annotations"]  # type: ignore[assignment]
    for each in annotations:
        quote, speaker = _outer(each["quote"]), _outer(each["speaker"])
        if quote and each["type"] in ("Direct", "Indirect"):
            found.append(Said(*quote, each["type"] == "Direct", speaker))
    return found


def _outer(part: object) -> Stretch | None:
    spans = part["spans"] if isinstance(part, dict) else []
    return (spans[0]["charBegin"], spans[-1]["charEnd"]) if spans else None


def _by_rules(text: str) -> list[Said]:
    """Return what the rules suggest, without training: the default ranker was trained on English alone."""
    german = LANGUAGES["de"]
    around = Surroundings(text, propose(text, german, leads=True), german)
    found = []
    for quote in suggest(around, default_ranker(), german, tag="de").quotes:
        speaker = quote.speakers[0].stretch if quote.speakers else None
        if quote.direct and quote.heads >= _HALF:
            found += [Said(*fragment, True, speaker) for fragment in quote.fragments]
    for lead in around.found.leads:
        for content in lead.contents:
            found.append(Said(*content.fragments[0], False, lead.speaker))
    return found


_QUOTED = re.compile('[„»"“][^„“”«»"]+[“”«"]')
_SAID = re.compile(r"\b(?:sagte|erklärte)n?\b")
_NAME = re.compile(r"[A-ZÄÖÜ][\w-]+(?: [A-ZÄÖÜ][\w-]+)*")
_THAT = re.compile(r"\b(?:sagte|erklärte)n?[^.,]*, ([^.]+)\.")


def _baseline(text: str) -> list[Said]:
    """Return what stands in quotation marks or behind “sagte …,”, and the capitalized words nearest to the nearest “sagte”."""
    verbs = [match.start() for match in _SAID.finditer(text)]
    names = [match.span() for match in _NAME.finditer(text)]

    def speaker(start: int, end: int) -> Stretch | None:
        verb = min(verbs, key=lambda at: min(abs(at - start), abs(at - end)), default=None)
        outside = [name for name in names if name[1] <= start or name[0] >= end]
        return min(outside, key=lambda name: abs(name[0] - verb), default=None) if verb is not None else None

    direct = [Said(*match.span(), True, speaker(*match.span())) for match in _QUOTED.finditer(text)]
    return direct + [Said(*match.span(1), False, speaker(*match.span(1))) for match in _THAT.finditer(text)]


def _score(counts: Counter[str], gold: Sequence[Said], found: Sequence[Said]) -> None:
    """Count what was found: exact and half in common, each gold and each found once, and the speakers of what was."""
    for kind, direct in (("direct", True), ("indirect", False)):
        wanted, given = (
            [each for each in gold if each.direct is direct],
            [each for each in found if each.direct is direct],
        )
        counts[f"{kind} gold"] += len(wanted)
        counts[f"{kind} found"] += len(given)
        for name, least in (("exact", 1.0), ("half", _HALF)):
            left = list(given)
            for each in wanted:
                best = max(left, key=lambda other: _iou(other[:2], each[:2]), default=None)
                if best is None or _iou(best[:2], each[:2]) < least:
                    continue
                left.remove(best)
                counts[f"{kind} {name}"] += 1
                if name == "half" and each.speaker:
                    counts[f"{kind} with speaker"] += 1
                    same = best.speaker is not None and _iou(best.speaker, each.speaker) >= _HALF
                    counts[f"{kind} speaker"] += same


def _f1(hits: int, gold: int, found: int) -> str:
    return f"{hits / max(1, found):.3f} {hits / max(1, gold):.3f} {2 * hits / max(1, gold + found):.3f}"


def quotations(folder: Path) -> list[str]:
    """Return lines with precision, recall and F1 of quotations, and how often the speaker of a found one is right."""
    articles = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    lines = [f"{len(articles)} articles"]
    for name, finder in (("rules", _by_rules), ("baseline", _baseline)):
        counts: Counter[str] = Counter()
        for article in articles:
            _score(counts, _gold(article), finder(article["originalText"]))
        for kind in ("direct", "indirect"):
            gold, found = counts[f"{kind} gold"], counts[f"{kind} found"]
            for measure in ("exact", "half"):
                lines.append(f"{name} {kind} {measure}: P R F1 = {_f1(counts[f'{kind} {measure}'], gold, found)}")
            with_speaker = counts[f"{kind} with speaker"]
            lines.append(
                f"{name} {kind} speaker of what is found: {counts[f'{kind} speaker']} of {with_speaker} = "
                f"{counts[f'{kind} speaker'] / max(1, with_speaker):.3f}"
            )
    return lines


_TIMEX = re.compile(r"<TIMEX3([^>]*)>(.*?)</TIMEX3>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_PLAIN = re.compile(
    r"\d{1,2}\. (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)(?: \d{4})?|"
    r"(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|gestern|heute|morgen|(?:19|20)\d\d"
)


class Timed(NamedTuple):
    """A date expression: where it stands and its TIMEX3 value, if known."""

    start: int
    end: int
    value: str | None


def _timeml(source: str) -> tuple[str, str, list[Timed]]:
    """Return the publication date, the text and the date expressions of a TimeML file."""
    published = re.search(r'<DCT>.*?value="([^"]*)"', source, re.DOTALL)
    body = source.partition("<TEXT>")[2].partition("</TEXT>")[0]
    text, found, at = "", [], 0
    for match in _TIMEX.finditer(body):
        text += _TAG.sub("", body[at : match.start()])
        words = _TAG.sub("", match[2])
        value = re.search(r'value="([^"]*)"', match[1])
        if words.strip():
            found.append(Timed(len(text), len(text) + len(words), value[1] if value else None))
        text += words
        at = match.end()
    return published[1] if published else "", text + _TAG.sub("", body[at:]), found


def _value(text: str, start: int, end: int, published: str) -> str | None:
    before = re.split(r"[.!?:]\s|\n", text[max(0, start - 160) : start])[-1]
    try:
        return read(text[start:end], published, language="de", before=before)[0].timex3
    except DateError:
        return None


def _plain_value(words: str, published: str) -> str | None:
    """Return what dateutil-like guessing would: the value of a full date or year, or the day of publication."""
    return words if words.isdigit() else published


def dates(folder: Path) -> list[str]:
    """Return lines with F1 of extents (exact, overlapping) and how often the value of a found date, and of each, is right."""
    files = [_timeml(path.read_text("utf-8")) for path in sorted(folder.glob("*.tml"))]
    lines = [f"{len(files)} articles"]
    for name in ("rules", "baseline"):
        counts: Counter[str] = Counter()
        for published, text, gold in files:
            if name == "rules":
                given = [each.stretch for each in propose(text, LANGUAGES["de"]).dates]
            else:
                given = [match.span() for match in _PLAIN.finditer(text)]
            counts["gold"] += len(gold)
            counts["found"] += len(given)
            counts["exact"] += sum((each.start, each.end) in given for each in gold)
            for each in gold:
                near = max(given, key=lambda other: _iou(other, each[:2]), default=None)
                if near and _iou(near, each[:2]) >= _HALF:
                    counts["half"] += 1
                    found = text[slice(*near)]
                    value = _value(text, *near, published) if name == "rules" else _plain_value(found, published)
                    counts["value of found"] += value == each.value
                if name == "rules":
                    counts["value of given"] += _value(text, each.start, each.end, published) == each.value
                else:
                    counts["value of given"] += _plain_value(text[each.start : each.end], published) == each.value
        for measure in ("exact", "half", "value of found"):
            lines.append(f"{name} dates {measure}: P R F1 = {_f1(counts[measure], counts['gold'], counts['found'])}")
        lines.append(
            f"{name} value of a given date: {counts['value of given']} of {counts['gold']} = "
            f"{counts['value of given'] / max(1, counts['gold']):.3f}"
        )
    return lines


if __name__ == "__main__":
    print("\n".join({"quotations": quotations, "dates": dates}[sys.argv[1]](Path(sys.argv[2]))))
