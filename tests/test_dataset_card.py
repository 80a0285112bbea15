"""No card says what its dataset's files don't hold: cards of many different projects, each sentence counted again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cards import untrue
from conftest import op
from lines import NEWS
from marking import mark
from test_dataset_build import differ, project

from labeling import schema
from labeling.adjudication import steps
from labeling.annotation.article import make
from labeling.dataset.plan import Plan
from labeling.services.dataset_build import build_into
from labeling.services.export import write_export
from labeling.services.importing import import_files
from labeling.services.review import Reviewing
from labeling.store.project import Store

TEXT = "“We go home,” Minister Ada Brekke said on Friday. “Not yet,” said Ilko Vranar in Lissen."
FIRST, SECOND, BREKKE, TITLED, SAID = (
    ("“We go home,”", "quote"),
    ("“Not yet,”", "quote"),
    ("Ada Brekke", "speaker"),
    ("Minister Ada Brekke", "speaker"),
    ("said", "cue"),
)
DAYS = """
name: days
version: 1
title: Days
labels:
  day:
    title: Day
    hotkey: d
    colour: "#2e8b57"
    guideline: A day.
    attributes:
      value: {type: date, title: date}
      sure: {type: flag, title: sure}
"""


def small(path: Path, number: int = 3, label_set: schema.Schema = NEWS, language: str | None = None) -> Store:
    store = Store.create(path / "project.db", label_set)
    list(store.add_articles(make(f"{TEXT} {at}.", title=f"Title {at}", language=language) for at in range(number)))
    return store


def ids(store: Store) -> list[str]:
    return [id for (id,) in store.connection().execute("SELECT id FROM article ORDER BY position")]


def policy(store: Store, rule: str, votes: int = 1) -> None:
    step = steps.load({"number": 1, "kind": "policy", "rule": rule, "votes": votes})
    Reviewing(store).append(store.sign_in("rita"), secrets.token_hex(8), [step])


def decide(store: Store, article: str, reviewer: str, take: str) -> int:
    """Let a reviewer answer all questions of an article; return how many there were."""
    reviewing, name = Reviewing(store), store.sign_in(reviewer)
    asked = reviewing.view(name, article, own=True)["disagreements"]
    for each in asked:
        step = {"kind": "decide", "number": 1, "article": article, "disagreement": each["id"], "take": take}
        assert not reviewing.append(name, secrets.token_hex(8), [steps.load(step)]).refused
    return len(asked)


def one_annotator(path: Path) -> tuple[Store, dict[str, Any]]:
    return project(path / "p.db", ("ana",)), {}


def two_without_review(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path)
    for article in ids(store):
        mark(store, "ana", article, FIRST, BREKKE)
        mark(store, "ben", article, FIRST, TITLED)
    return store, {"questions": {"open": 3}, "reviewers": [], "annotators": ["ana", "ben"]}


def three_under_a_majority(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path)
    for name, marks in (("ana", [FIRST, BREKKE]), ("ben", [FIRST, BREKKE]), ("cyd", [FIRST])):
        mark(store, name, ids(store)[0], *marks)
    policy(store, "majority")
    return store, {"questions": {"rule": 1}, "reviewers": [], "annotators": ["ana", "ben", "cyd"]}


def four_point_by_point(path: Path) -> tuple[Store, dict[str, Any]]:
    """Two of the three who marked the speaker agree on its ends: most of those who marked it, and half of all."""
    store = small(path)
    for name, marks in (("ana", [BREKKE]), ("ben", [BREKKE]), ("cyd", [TITLED]), ("dan", [])):
        mark(store, name, ids(store)[0], *marks)
    policy(store, "points")
    return store, {"questions": {"rule": 1}, "policy": {"rule": "points"}, "reviewers": []}


def a_reviewer_who_rejects(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path)
    mark(store, "ana", ids(store)[0], FIRST)
    mark(store, "ben", ids(store)[0])
    mark(store, "ana", ids(store)[1])
    mark(store, "ben", ids(store)[1])
    assert decide(store, ids(store)[0], "sam", "none") == 1
    return store, {"questions": {"decided": 1}, "reviewers": ["sam"], "annotators": ["ana", "ben"]}


def reviewers_who_disagree(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path)
    for article in ids(store)[:2]:
        mark(store, "ana", article, SECOND, BREKKE)
        mark(store, "ben", article, SECOND, TITLED)
    assert decide(store, ids(store)[0], "sam", "core") == decide(store, ids(store)[0], "tia", "union") == 1
    assert decide(store, ids(store)[1], "sam", "core") == decide(store, ids(store)[1], "tia", "core") == 1
    return store, {"questions": {"decided": 1, "differing": 1}, "reviewers": ["sam", "tia"]}


def one_vote_is_enough(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path, language="nb")
    mark(store, "ana", ids(store)[0], FIRST, SAID)
    mark(store, "ben", ids(store)[1], SECOND)
    policy(store, "votes", 1)
    return store, {"questions": {}, "annotators": ["ana", "ben"], "policy": {"rule": "votes 1"}}


def imported_work(path: Path) -> tuple[Store, dict[str, Any]]:
    (path / "from").mkdir()
    source, _ = two_without_review(path / "from")
    file = write_export(source, path / "exports")
    store = Store.create(path / "project.db", NEWS)
    assert list(import_files(store, [file], kind="jsonl", with_work=True))
    reopened = [op(1, "reopen"), op(2, "submit")]
    store.append("ana", ids(store)[0], "later", 0, reopened)
    return store, {"work": {"annotations": 6, "imported": 6, "edited after import": 1}}


def work_of_every_status(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path, 4)
    mark(store, "ana", ids(store)[0], FIRST)
    mark(store, "ben", ids(store)[0])
    mark(store, "ana", ids(store)[1], SECOND, submit=False)
    mark(store, "ben", ids(store)[1], submit=False)
    store.append("ana", ids(store)[2], "skip-1", 0, [op(1, "skip", reason="a table")])
    store.append("ben", ids(store)[1], "open-1", 0, [op(1, "comment", id="n", text="Later.")])
    judge(store, "ana", ids(store)[1], "accepted", "ana0")
    judge(store, "ben", ids(store)[1], "rejected")
    return store, {"questions": {"open": 1}}


def judge(store: Store, who: str, article: str, verdict: str, *spans: str) -> None:
    """Record the outcome of a suggestion."""
    about = {"suggester": "default", "version": "1", "verdict": verdict, "spans": spans}
    store.append(who, article, secrets.token_hex(8), 0, [op(1, "judge", id="quote:0-13", **about)])


def hidden_gold(path: Path) -> tuple[Store, dict[str, Any]]:
    (path / "from").mkdir()
    source, _ = nothing_marked(path / "from")
    file = write_export(source, path / "exports", gold=True)
    store, known = two_without_review(path)
    assert list(import_files(store, [file], kind="jsonl", with_work=True))
    assert store.connection().execute("SELECT count(*) FROM annotation WHERE annotator = '*gold*'").fetchone()
    return store, known


def splits_with_formats(path: Path) -> tuple[Store, dict[str, Any]]:
    store = project(path / "p.db")
    differ(store)
    return store, {"questions": {"open": 1}, "annotators": ["ana", "ben"]}


def another_label_set(path: Path) -> tuple[Store, dict[str, Any]]:
    first = schema.parse(DAYS)
    store = small(path, label_set=first, language="fr")
    for article in ids(store):
        mark(store, "ana", article, ("Friday", "day"))
    store.migrate(schema.parse(DAYS.replace("version: 1", "version: 2").replace("title: Day\n", "title: Date\n")))
    return store, {"questions": {}}


def nothing_marked(path: Path) -> tuple[Store, dict[str, Any]]:
    store = small(path)
    for name in ("ana", "ben"):
        for article in ids(store)[:2]:
            mark(store, name, article)
    return store, {"questions": {}, "articles": {"all": 2, "by one annotator": 0, "nothing marked": 2}}


ALLOW = ("unsettled", "missing")
PLANS = [
    Plan(allow=ALLOW),
    Plan(allow=ALLOW, anonymous=True, licence="cc-by-4.0", title="A *title*", formats=("brat",)),
    Plan(source="all", allow=ALLOW),
    Plan(source="all", allow=ALLOW, submitted=True, texts=False),
    Plan(source="ana", allow=ALLOW),
    Plan(allow=ALLOW, splits="default"),
    *(Plan(allow=ALLOW, shape=shape) for shape in ("sentences", "records", "tokens")),
]
PROJECTS = [
    one_annotator, two_without_review, three_under_a_majority, four_point_by_point, a_reviewer_who_rejects,
    reviewers_who_disagree, one_vote_is_enough, imported_work, work_of_every_status, hidden_gold, splits_with_formats, another_label_set, nothing_marked,
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("made", PROJECTS, ids=lambda made: made.__name__)
def test_every_sentence_of_a_card_is_true_of_its_files(
    made: Callable[[Path], tuple[Store, dict[str, Any]]], tmp_path: Path
) -> None:
    store, known = made(tmp_path)
    for at, plan in enumerate(PLANS):
        folder = tmp_path / f"dataset{at}"
        folder.mkdir()
        build_into(store, folder, plan, charts=at == 0)
        assert [*untrue(folder)] == [], plan
        if at == 0:
            about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            told = {**about["review"], "work": about["work"]}
            for key, value in known.items():
                assert told[key] | value == told[key] if isinstance(value, dict) and value else told[key] == value, key


def test_a_card_says_what_became_of_suggestions_only_if_its_files_do(tmp_path: Path) -> None:
    store = small(tmp_path, 2)
    mark(store, "ana", ids(store)[0], FIRST, BREKKE)
    mark(store, "ben", ids(store)[1], FIRST)
    cards = []
    for at, verdict in enumerate(("", "accepted")):
        if verdict:
            judge(store, "ana", ids(store)[0], verdict, "ana0")
        folder = tmp_path / f"dataset{at}"
        folder.mkdir()
        build_into(store, folder, Plan(source="all", allow=ALLOW), charts=False)
        assert not [*untrue(folder)]
        cards.append((folder / "README.md").read_text(encoding="utf-8"))
    assert "## Suggestions" not in cards[0]
    assert "| default | 1 | 1 | 0 | 0 |" in cards[1] and "1 of 3 spans (33%) were made from suggestions" in cards[1]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("Every question is answered.", "Every question is answered well."),
        ("1 reviewer: sam", "1 reviewer: ana"),
        ("1 decided by a reviewer", "2 decided by a reviewer"),
        ("- saywhen\n", "- saywhen\n- temporal-expressions\n"),
        ("| Lines | 2 |", "| Lines | 3 |"),
        ("“all”: it accepts", "“majority”: it accepts"),
    ],
)
def test_a_sentence_that_is_not_true_of_the_files_is_found(tmp_path: Path, said: str, instead: str) -> None:
    store, _ = a_reviewer_who_rejects(tmp_path)
    folder = tmp_path / "dataset"
    folder.mkdir()
    build_into(store, folder, PLANS[0], charts=False)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.count(said) == 1 and not [*untrue(folder)]
    (folder / "README.md").write_text(card.replace(said, instead), encoding="utf-8")
    assert [*untrue(folder)]
