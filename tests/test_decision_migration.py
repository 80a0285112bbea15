"""Carrying: after a label-set change a decision still answers its question, or the question opens again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from test_adjudication import NEWS, QUOTE, SPEAKER, decide, only, work

from labeling import schema
from labeling.adjudication import disagreements
from labeling.adjudication.collation import Mark, mark_of
from labeling.adjudication.content import Content, Link
from labeling.adjudication.decision_migration import migrated_content, migrated_decisions, signs
from labeling.annotation.state import Annotation
from labeling.schema import Schema

NEWS_YAML = (Path(schema.SCHEMAS) / "news.yaml").read_text("utf-8")


def changed(*edits: tuple[str, str], renamed: dict[str, dict[str, Any]] | None = None) -> Schema:
    """Return the next version of the news label set with some of its words replaced, and with what it renames."""
    text = NEWS_YAML
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    raw = yaml.safe_load(text)
    raw["version"] = NEWS.version + 1
    if renamed:
        raw["changes"] = {"from": NEWS.version, **renamed}
    return schema.parse(yaml.safe_dump(raw, sort_keys=False))


def content(*marks: tuple[Any, ...], links: tuple[tuple[str, int, int], ...] = ()) -> Content:
    """Return what was decided: spans, and links between them by number."""
    spans: list[Mark] = [mark_of(each) for each in work(*marks).spans.values()]
    return Content(
        tuple(spans), tuple(Link(type, spans[source].place, spans[target].place) for type, source, target in links)
    )


DECIDED = content(QUOTE, SPEAKER, links=(("said_by", 0, 1),))


#: Nothing that was decided changes.
HARMLESS = changed(("title: Cue", "title: Verb of saying"))
RENAMED = changed(
    ("  speaker:\n", "  person:\n"), ("to: speaker", "to: person"), ("said_by", "by"),
    renamed={"labels": {"speaker": "person"}, "relations": {"said_by": "by"}},
)  # fmt: skip
DROPPED_LINK = changed(("  said_by: {title: said by, from: quote, to: speaker, min: 1, hotkey: l}\n", ""), ("speakers: said_by, ", ""),
    renamed={"relations": {"said_by": None}})  # fmt: skip
NO_FLAG = changed(
    (", unless: [anonymous]", ""),
    ("      anonymous: {type: flag, title: unnamed}\n", ""),
    renamed={"attributes": {"speaker.anonymous": None}},
)


def test_what_the_change_leaves_alone_stays_as_it_was_with_its_links() -> None:
    assert migrated_content(DECIDED, NEWS, HARMLESS) == DECIDED


def test_links_between_places_that_are_not_decided_on_go_along() -> None:
    one, two = (mark_of(each).place for each in work(QUOTE, SPEAKER).spans.values())
    found = Content((), (Link("said_by", one, two),))
    assert migrated_content(found, NEWS, HARMLESS) == found


def test_a_rename_renames_labels_and_links_of_a_decision() -> None:
    found = migrated_content(DECIDED, NEWS, RENAMED)
    assert found is not None
    assert [mark.label for mark in found.marks] == ["quote", "person"]
    assert [(link.type, link.source[0], link.target[0]) for link in found.links] == [("by", "quote", "person")]


def test_a_decision_that_did_not_hold_any_more_is_not_carried() -> None:
    unknown_label = content((0, 50, "rumour"))
    unknown_link = Content(DECIDED.marks, (Link("heard_by", DECIDED.marks[0].place, DECIDED.marks[1].place),))
    assert migrated_content(unknown_label, NEWS, HARMLESS) is None
    assert migrated_content(unknown_link, NEWS, HARMLESS) is None


def test_a_decision_that_would_lose_a_link_opens_again() -> None:
    assert migrated_content(DECIDED, NEWS, DROPPED_LINK) is None
    assert migrated_content(content(QUOTE, SPEAKER), NEWS, DROPPED_LINK) == content(QUOTE, SPEAKER)


def test_decisions_follow_their_question_and_others_are_left_out() -> None:
    works = {"ana": work(QUOTE), "ben": work((0, 48, "quote"))}
    made = decide(only(works), 0)
    assert list(migrated_decisions({}, NEWS, HARMLESS, [made])) == []
    assert list(migrated_decisions({made.disagreement: "later"}, NEWS, DROPPED_LINK, [made])) == [
        replace(made, disagreement="later")
    ]
    lost = decide(only(works), "none")
    assert [each.content for each in migrated_decisions({lost.disagreement: "x"}, NEWS, HARMLESS, [lost])] == [
        lost.content
    ]


# The sign of a question.


def test_a_question_has_the_same_sign_under_other_names() -> None:
    before = {"ana": work(QUOTE, SPEAKER), "ben": work(QUOTE, (60, 66, "speaker"))}
    after = {"ana": work(QUOTE, (*SPEAKER[:2], "person")), "ben": work(QUOTE, (60, 66, "person"))}
    [one], [two] = signs(before, NEWS).items(), signs(after, RENAMED).items()
    assert one[0] != two[0] and one[1] == two[1]


def test_other_places_other_sides_and_links_have_other_signs() -> None:
    def sign(*annotations: Annotation) -> object:
        (found,) = signs(dict(zip(("ana", "ben", "cem"), annotations, strict=False)), NEWS).values()
        return found

    marks, linked = (QUOTE, SPEAKER), ("said_by", 0, 1)
    questions = [
        sign(work(QUOTE), work()),
        sign(work((0, 48, "quote")), work()),
        sign(work(QUOTE), work((0, 48, "quote"))),
        sign(work(*marks, links=[linked]), work(*marks)),
        sign(work(QUOTE), work(), work()),
    ]
    assert len(set(map(repr, questions))) == len(questions)


def test_questions_that_share_a_sign_are_not_told_apart_by_it() -> None:
    """Two people give one stretch two labels each has alone: two questions about the same words."""
    works = {"ana": work((0, 50, "quote"), (0, 50, "claimed_date")), "ben": work()}
    found = disagreements(works, NEWS)
    assert len(found) == 2
    assert signs(works, NEWS) == {}
