"""Every language has all its parts, or says which it does without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labeling.dates import read
from labeling.errors import DateError
from labeling.language import LANGUAGES, Language, propose
from labeling.language.detection import detect
from labeling.language.model import CLOSED_CLASSES

#: For each language a sentence with a cue, who speaks, what is said, a name and a date.
EXAMPLES = {
    "en": "“We go,” said Mayor Anna Brook. She said on Monday that the bridge was closed and it is not safe.",
    "de": "„Wir gehen“, sagte Bürgermeisterin Anna Brook. Sie erklärte am Montag, dass die Brücke nicht sicher ist.",
    "zh": "市长周一表示，这座桥将关闭。",
    "ja": "外相は日曜日、「来週会う」と述べた。",
}
#: What languages with few rules lack.
LACKING = {
    "zh": {"plural", "articles", "definite", "indefinite", "conjunctions", "names", "leads", "values of dates"},
    "ja": {
        "plural",
        "articles",
        "definite",
        "indefinite",
        "conjunctions",
        "names",
        "clauses",
        "leads",
        "values of dates",
    },
}


def lacking(language: Language) -> set[str]:
    """Return the parts that a language lacks, by name."""
    example = EXAMPLES.get(language.tag)
    if example is None:
        return {"example"}
    found = propose(example, language, leads=True)
    parts = {name for name in CLOSED_CLASSES if not getattr(language, name)}
    parts |= {name for name in ("clauses", "cues", "phrases", "names", "dates", "leads") if not getattr(found, name)}
    if not any(cue.features.get("speaker") for cue in found.cues):
        parts.add("speakers")
    try:
        for each in found.dates:
            read(example[each.start : each.end], "2024-03-04", language=language.tag)
    except DateError:
        parts.add("values of dates")
    if detect(example) != language.tag:
        parts.add("detection")
    return parts


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.name)
def test_a_language_has_all_parts_but_those_that_it_is_known_to_lack(language: Language) -> None:
    assert lacking(language) == LACKING.get(language.tag, set()), f"{language.name} lacks these parts"


def test_a_language_that_lacks_a_part_is_told_by_its_name() -> None:
    german = LANGUAGES["de"]
    assert lacking(replace(german, pronouns=frozenset())) == {"pronouns"}
    muted = replace(german, propose=lambda paragraph: replace(german.propose(paragraph), cues=[], dates=[]))
    assert lacking(muted) == {"cues", "speakers", "dates"}
    misread = replace(
        german, propose=lambda paragraph: replace(german.propose(paragraph), dates=german.propose(paragraph).names)
    )
    assert lacking(misread) == {"values of dates"}
    assert lacking(replace(german, tag="xx")) == {"example"}
