"""What a person reads uses one word for each thing: no retired word and no guillemet, in strings, docs and docstrings."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import strings

#: Retired words, each with the word to use instead.
RETIRED = {
    r"hand(s|ed|ing)? (it |them |this |an article |articles )?in": "submit",
    r"hands? over|hand(ed|ing) over": "reassign",
    r"(held|holds?|holding) \w+ against|held against": "compare with",
    r"there already|already there": "duplicate, or: already exists",
    r"left out": "not imported, excluded, omitted",
    r"told|tell(s|ing)?(?! you\b| (\w+ )?apart\b)": "show, list, report, say",
    r"(some|no|any|every)body": "someone, no one, anyone, everyone; or a person, people",
    r"tak(e|es|en|ing) (it |them )?in|took (it |them )?in": "import, accept",
    r"(bring|brings|bringing|brought) (it |them )?in": "import",
    r"(give|gives|given|giving|gave) out": "assign",
    r"kept (ready|at hand)|keeps? (\w+ )?(ready|at hand)": "cache",
    r"settl(e|es|ed|ing)|unsettled": "resolve, resolved, unresolved",
    r"(annotators?|people|they|two|what (\w+ )+)(differ|differs) in": "disagree on",
    r"who (this|that|it|he|she|somebody) is": "entity, entry",
    r"faults?": "error",
    r"begun|also begun": "started, in progress",
    r"anew": "again, newly",
    r"meant alike": "aligned",
    r"(a|the|this|that|each|every|no|one|its|active|new|same|selected|other|any|which|next|previous|first|last) mark": "span",
    r"(?<!quotation )(?<!question )(?<!exclamation )(?<!vowel )(?<!punctuation )marks(?= (are|were|that|of|in|or|and|on|with|per|by|an)\b|[.,;:)]|$)":
        "spans, or: quotation marks",
    r"waits? for (a|the|its) \w+ (vote|one)": "needs a second annotator",
    r"in sight": "visible",
    r"is wanting|lacking": "missing",
    r"at hand": "active, available",
    r"worked out": "computed, derived",
    r"gone on": "continued",
}  # fmt: skip
_RETIRED = {
    re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE): better for pattern, better in RETIRED.items()
}
_GUILLEMET = re.compile("[«»]")

#: Strings that may have a retired word or a guillemet: file (or folder), a part of the string, and the reason.
ALLOWED: list[tuple[str, str, str]] = [
    ("schemas/news.yaml", "*told*", "an example of a cue"),
]

#: Parts of the repository whose strings are in plain English: a pattern of their files, and whether docstrings count.
AREAS = {
    "docs": (r"docs/(?!commands|http|strings)[\w-]+\.md", False),
    "repository": (r"README\.md|CONTRIBUTING\.md|SECURITY\.md|docs/decisions/.*\.md", False),
    "label sets": (r"schemas/.*|labeling/schema/commands\.json", False),
    "pages": (r"labeling/ui/\w+\.py", False),
    "command line": (r"labeling/(commands/\w+|__main__)\.py|docs/commands\.md", False),
    "services": (r"labeling/services/.*\.py", False),
    "HTTP": (r"labeling/web/.*\.py|docs/http\.md", False),
}


@functools.cache
def _all() -> list[strings.String]:
    return strings.strings()  # type: ignore[no-any-return]


def of(area: str) -> list[strings.String]:
    """Return the strings of an area."""
    files, docstrings = AREAS[area]
    return [
        string for string in _all()
        if re.fullmatch(files, string.file) and (string.kind == "docstring") == docstrings
    ]  # fmt: skip


def objections(string: strings.String) -> list[str]:
    """Return what is to be said against a string: the words to replace, each with a better one."""
    text = re.sub(r"`[^`]*`", "`…`", string.text) if string.kind in ("docs", "docstring") else string.text
    if any(string.file.startswith(file) and part in string.text for file, part, _ in ALLOWED):
        return []
    found = [f"“{match.group()}” → {better}" for word, better in _RETIRED.items() if (match := word.search(text))]
    return found + ["guillemets → “ ”"] * bool(_GUILLEMET.search(text))


@pytest.mark.parametrize("area", AREAS)
def test_an_area_is_written_in_plain_english(area: str) -> None:
    read = of(area)
    assert read
    found = [
        f"{string.file}:{string.line}: {objection}: {string.shown[:160]}"
        for string in read
        for objection in objections(string)
    ]
    assert found == [], "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "1 article handed in", "Hand it in", "held against gold", "3 there already", "2 are left out", "The reason is told.",
        "It tells the line", "Somebody has it", "Nobody was asked", "articles are taken in", "to take them in", "given out",
        "It is kept ready", "unsettled disagreements", "until it is settled", "what annotators differ in", "who this is",
        "every fault with its line", "what was begun", "the next mark", "of the marks in the text", "«quoted»",
    ],
)  # fmt: skip
def test_a_planted_retired_word_is_found(planted: str) -> None:
    assert objections(strings.String("labeling/ui/a.py", 1, "page", planted))


@pytest.mark.parametrize(
    "fine",
    [
        "Submit the article", "quotation marks of the quote",
        "This tells you more", "a question mark", "Mark the quote", "marks the quote", "the default value", "Leave the field empty",
    ],
)  # fmt: skip
def test_a_plain_sentence_is_not_objected_to(fine: str) -> None:
    assert objections(strings.String("labeling/ui/a.py", 1, "page", fine)) == []
