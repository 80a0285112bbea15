"""The splits of a project: what ties its articles, what is kept, what never moves, and how a leak is reported."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from conftest import add, op
from running import Server

from labeling import sample, schema
from labeling.adjudication import steps
from labeling.annotation import article
from labeling.assignment import Member
from labeling.commands.main import main
from labeling.dataset import duplicates
from labeling.dataset.splits import Recipe, leaks
from labeling.errors import EngineError, NotFoundError, SplitError
from labeling.services import splits
from labeling.services.hidden_gold import import_gold
from labeling.services.review import Reviewing
from labeling.store.project import Store
from labeling.store.split_placements import SplitPlacements
from labeling.web import server
from labeling.web.access import Access

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
ENGLISH = "“We shall not sign before spring,” the minister said. The paper has it from her office in the old harbour."
GERMAN = "«Vor dem Frühjahr unterschreiben wir nicht», sagte die Ministerin. Das Blatt beruft sich auf ihr Büro am alten Hafen."
OTHERS = [
    f"Story {number}: {number * 7919} cats, and {number * 104729} dogs, were seen {number} times."
    for number in range(8)
]
HALVES = Recipe({"train": 0.5, "test": 0.5})


@pytest.fixture
def project(tmp_path: Path) -> Store:
    """Ten articles that no words tie, of two outlets, and ana."""
    store = Store.create(tmp_path / "project.db", NEWS)
    take(store, ENGLISH, GERMAN, *OTHERS)
    store.sign_in("ana")
    return store


def take(store: Store, *texts: str) -> list[str]:
    """Take texts in as articles and return their ids."""
    made = [
        article.make(text, title=f"Text {at}", outlet=("Here", "There")[at % 2], published=f"2026-03-{at % 31 + 1:02}")
        for at, text in enumerate(texts)
    ]
    list(store.add_articles(made))
    return [each.id for each in made]


def id_of(text: str) -> str:
    return article.make(text).id


def say(store: Store, annotator: str, text: str, quote: str, entry: str, name: str) -> None:
    """Mark a quote as an utterance."""
    client = f"{annotator}-{id_of(text)}"
    register = op(1, "register", registry="utterance", id=entry, name=name)
    answer = store.append(
        annotator, id_of(text), client, 0, [register, add(2, "q1", "quote", quote, text=text, utterance=entry)]
    )
    assert not answer.refused, answer.refused


SAID = (ENGLISH, "“We shall not sign before spring,”"), (GERMAN, "«Vor dem Frühjahr unterschreiben wir nicht»")


def test_the_same_utterance_in_other_words_ties_articles(project: Store) -> None:
    assert splits.splits(project).ties == []
    for text, quote in SAID:
        say(project, "ana", text, quote, "u1", "no signature before spring")
    (tie,) = splits.splits(project).ties
    assert tie == ("utterance", tuple(sorted([id_of(ENGLISH), id_of(GERMAN)])), "no signature before spring", None)
    found = splits.splits(project, recipe=HALVES)
    assert found.placements[id_of(ENGLISH)] == found.placements[id_of(GERMAN)]


def test_the_leakage_check_fails_on_a_planted_translated_quote(project: Store) -> None:
    splits.splits(project, place=True, recipe=HALVES)
    with project.reading() as unit:
        written = unit.splits.placed("default")
    for text, quote in SAID:
        say(project, "ana", text, quote, "u1", "no signature before spring")
    planted = {**written, id_of(ENGLISH): "train", id_of(GERMAN): "test"}
    (leak,) = leaks(planted, splits.splits(project).ties)
    assert leak.articles == {"train": [id_of(ENGLISH)], "test": [id_of(GERMAN)]}


def test_an_utterance_that_only_the_reviewer_named_ties_too(project: Store) -> None:
    say(project, "ana", ENGLISH, SAID[0][1], "u1", "no signature before spring")
    project.append("ana", id_of(ENGLISH), "ana-submits", 0, [op(1, "submit")])
    for name, end in (("ana", 1), ("ben", 0)):
        project.sign_in(name)
        marks = [add(1, "q1", "quote", SAID[1][1], text=GERMAN)] if end else []
        project.append(name, id_of(GERMAN), f"{name}-german-work", 0, [*marks, op(len(marks) + 1, "submit")])
    reviewing = Reviewing(project)
    (question,) = reviewing.view("rita", id_of(GERMAN))["disagreements"]
    project.sign_in("rita")
    start = GERMAN.index(SAID[1][1])
    fragment = {"start": start, "end": start + len(SAID[1][1]), "quote": SAID[1][1]}
    span = {"label": "quote", "fragments": [fragment], "attributes": {"utterance": "u1"}}
    step = {
        "number": 1,
        "kind": "decide",
        "article": id_of(GERMAN),
        "disagreement": question["id"],
        "take": "anew",
        "spans": [span],
    }
    assert not reviewing.append("rita", "rita-reviews", [steps.load(step)]).refused
    assert [tie.kind for tie in splits.splits(project).ties] == ["utterance"]


def test_the_two_stories_of_the_sample_are_two_groups(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "project.db", NEWS)
    store.sign_in("lea")
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    import_gold(store, sample.gold_path(), "lea")
    found = splits.splits(store, recipe=HALVES)
    assert sorted(len(group.articles) for group in found.groups) == [4, 4]
    assert found.sizes() == {"train": 4, "test": 4} and found.leaks == []


def test_news_of_one_topic_and_its_boilerplate_are_not_tied(shared: Path, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "project.db", NEWS)
    rows = [
        json.loads(line) for line in (shared / "data" / "wikinews-dates-and-events.jsonl").read_bytes().splitlines()
    ]
    take(
        store,
        *(row["text"] for row in rows),
        *(path.read_text() for path in sorted((shared / "articles").glob("*.txt"))),
    )
    # Two reports of one interview, which one of them has translated back.
    assert [(tie.kind, tie.words) for tie in splits.splits(store).ties] == [
        ("quotation", "that the summit between our two leaders can")
    ]


def test_splits_are_only_shown_until_they_are_kept(project: Store) -> None:
    shown = splits.splits(project, recipe=HALVES)
    with project.reading() as unit:
        assert unit.splits.recipes() == {}
    kept = splits.splits(project, recipe=HALVES, place=True, by="ana")
    assert kept.placements == shown.placements and len(kept.new) == 10
    with project.reading() as unit:
        assert unit.splits.placed("default") == kept.placements
    again = splits.splits(project, place=True)
    assert again.placements == kept.placements and again.new == []


def test_splits_that_someone_has_started_in_another_way_meanwhile_are_not_filled(project: Store) -> None:
    shown = splits.splits(project, recipe=HALVES)
    other = Recipe(HALVES.shares, seed="other")
    with project.writing() as unit:
        unit.splits.begin("default", other, "ben")
    assert splits.place_permanently(project, "default", shown, "ana") is None
    with project.reading() as unit:
        assert unit.splits.placed("default") == {}
    with pytest.raises(SplitError, match="created with other options"):
        splits.splits(project, recipe=HALVES, place=True)


def test_articles_that_come_later_move_nothing_and_join_their_group(project: Store) -> None:
    before = splits.splits(project, recipe=HALVES, place=True).placements
    (copy,) = take(project, "CORRECTED: " + ENGLISH)
    after = splits.splits(project, place=True)
    assert after.new == [copy] and after.placements == {**before, copy: before[id_of(ENGLISH)]}


@pytest.mark.parametrize("outlet", [None, "The Example"])
def test_a_fourth_copy_of_a_lead_joins_the_three_that_are_placed(project: Store, outlet: str | None) -> None:
    lead = f"{ENGLISH} {' '.join(f'word{at}' for at in range(30))}"
    copies = [article.make(f"{lead}\n{' '.join(f'w{n}x{at}' for at in range(90))}", outlet=outlet) for n in range(4)]
    list(project.add_articles(copies[:3]))
    before = splits.splits(project, recipe=HALVES, place=True).placements
    list(project.add_articles(copies[3:]))
    found = splits.splits(project, place=True)
    assert {found.placements[each.id] for each in copies} == {before[copies[0].id]}
    assert found.leaks == []
    elsewhere = {**found.placements, copies[3].id: "test" if before[copies[0].id] == "train" else "train"}
    assert leaks(elsewhere, splits.splits(project).ties) != []


def test_one_that_bridges_two_splits_is_set_aside_and_named(project: Store) -> None:
    before = splits.splits(project, recipe=HALVES, place=True).placements
    one = next(text for text in OTHERS if before[id_of(text)] != before[id_of(ENGLISH)])
    (both,) = take(project, f"{ENGLISH} {one}")
    found = splits.splits(project, place=True)
    assert found.placements[both] is None and found.aside[0].article == both
    assert {other for other, _ in found.aside[0].neighbours.values()} == {id_of(ENGLISH), id_of(one)}
    with project.reading() as unit:
        assert both not in unit.splits.placed("default")


def test_a_leak_that_comes_to_light_is_reported_and_ends_with_an_article_set_aside(project: Store) -> None:
    before = splits.splits(project, recipe=HALVES, place=True).placements
    other = next(text for text in OTHERS if before[id_of(text)] != before[id_of(ENGLISH)])
    say(project, "ana", *SAID[0], "u1", "no signature")
    say(project, "ana", other, "were seen", "u1", "no signature")
    found = splits.splits(project, place=True)
    assert found.placements == before and [leak.tie.kind for leak in found.leaks] == ["utterance"]
    splits.set_aside(project, "default", [id_of(other)], "ana")
    found = splits.splits(project, place=True)
    assert found.leaks == [] and found.placements[id_of(other)] is None and found.aside[0].why == "by hand"


def test_the_file_itself_moves_no_placed_article(project: Store) -> None:
    found = splits.splits(project, recipe=HALVES, place=True)
    id, split = next(iter(found.placements.items()))
    wrong = "test" if split == "train" else "train"
    for statement, reason in (
        (f"UPDATE placement SET split = '{wrong}'", "append-only"),
        ("DELETE FROM placement", "append-only"),
        ("DELETE FROM splitting", "append-only"),
        (f"INSERT INTO placement VALUES (NULL, 'default', '{id}', '{wrong}', '', '')", "never moves"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=reason):
            project.connection().execute(statement)
    splits.set_aside(project, "default", [id], "ana")
    with pytest.raises(EngineError, match="never moves"), project.writing() as unit:
        unit.splits.place("default", {id: split}, "ana")


def test_splits_stay_made_as_they_were(project: Store) -> None:
    splits.splits(project, recipe=HALVES, place=True)
    with pytest.raises(SplitError, match="choose another name"):
        splits.splits(project, recipe=Recipe(HALVES.shares, seed="1"))
    splits.splits(project, "other", Recipe(HALVES.shares, seed="1"), place=True)
    with project.reading() as unit:
        assert list(unit.splits.recipes()) == ["default", "other"]
    with pytest.raises(SplitError, match="is not a valid name for splits"):
        splits.splits(project, "../up", place=True)
    with pytest.raises(NotFoundError, match="no splits named"):
        splits.set_aside(project, "none", [id_of(ENGLISH)], "ana")
    with pytest.raises(NotFoundError, match="no article"):
        splits.set_aside(project, "default", ["nothing"], "ana")


def test_outlets_and_speakers_stay_together_if_asked(project: Store) -> None:
    found = splits.splits(project, recipe=Recipe(HALVES.shares, by=("outlet",)))
    assert sorted((len(group.articles), group.ties[0].words) for group in found.groups) == [(5, "Here"), (5, "There")]
    assert found.sizes() == {"train": 5, "test": 5}
    for number, text in enumerate((ENGLISH, OTHERS[0])):
        words = ("the minister", "cats")[number]
        register = op(1, "register", registry="source", id="p1", name="A minister")
        project.append(
            "ana", id_of(text), f"speaker-{number}", 0, [register, add(2, "s1", "speaker", words, text=text, who="p1")]
        )
    (group,) = splits.splits(project, recipe=Recipe(HALVES.shares, by=("speaker",))).groups
    assert [(tie.kind, tie.words) for tie in group.ties] == [("speaker", "A minister")]


def test_by_date_the_cuts_are_worked_out_once_and_kept(project: Store) -> None:
    recipe = Recipe({"train": 0.8, "test": 0.2}, by=("date",))
    first = splits.splits(project, recipe=recipe, place=True)
    assert first.recipe.cuts == {"test": "2026-03-09"} and first.sizes() == {"train": 8, "test": 2}
    (late,) = (each.id for each in (article.make("Later by far.", published="2027"),))
    list(project.add_articles([article.make("Later by far.", published="2027"), article.make("Nobody knows when.")]))
    found = splits.splits(project, recipe=recipe, place=True)
    assert found.placements[late] == "test" and found.recipe == first.recipe
    assert [(each.article, each.why) for each in found.aside] == [(id_of("Nobody knows when."), "date")]


@pytest.mark.parametrize("stratum", ["outlet", "language", "year", "labels"])
def test_shares_are_evened_out_over_what_was_asked_for(project: Store, stratum: str) -> None:
    found = splits.splits(project, recipe=Recipe(HALVES.shares, stratify=stratum))  # type: ignore[arg-type]
    assert abs(found.sizes()["train"] - 5) <= 1


def test_signatures_are_kept_made_once_and_safe_to_delete(project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[str] = []
    signing = duplicates.sign
    monkeypatch.setattr(splits, "sign", lambda text: signed.append(text) or signing(text))
    first = splits.splits(project)
    assert len(signed) == 10
    assert splits.splits(project) == first and len(signed) == 10
    take(project, "One more text.")
    splits.splits(project)
    assert len(signed) == 11
    project.connection().execute("DELETE FROM signature")
    assert splits.splits(project).placements.keys() > first.placements.keys() and len(signed) == 22


def test_someone_who_places_at_the_same_time_moves_nothing(project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Store.open(project.path)
    placing = SplitPlacements.placed
    calls: list[int] = []

    def interrupted(placed: SplitPlacements, name: str) -> dict[str, str | None]:
        calls.append(1)
        found = placing(placed, name)
        if len(calls) == 1:
            first = {id_of(ENGLISH): "test", id_of(GERMAN): "test"}
            with other.writing() as unit:
                unit.splits.begin("default", HALVES, "ben")
            with other.writing() as unit:
                unit.splits.place("default", first, "ben")
        return found

    monkeypatch.setattr(SplitPlacements, "placed", interrupted)
    found = splits.splits(project, recipe=HALVES, place=True)
    assert found.placements[id_of(ENGLISH)] == found.placements[id_of(GERMAN)] == "test"


def test_what_is_done_is_reported_and_can_be_stopped(project: Store) -> None:
    told: list[tuple[str, int, int]] = []
    splits.splits(project, tick=lambda *step: told.append(step))
    assert ("signed", 0, 10) in told

    def stop(*step: object) -> None:
        raise KeyboardInterrupt

    take(project, "A new one.")
    with pytest.raises(KeyboardInterrupt):
        splits.splits(project, place=True, tick=stop)
    with project.reading() as unit:
        assert unit.splits.recipes() == {}


# --- by command and over HTTP -----------------------------------------------------------------------------------------


@pytest.fixture
def run(project: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `saywhen splits` on the project."""
    monkeypatch.setenv("SAYWHEN_PROJECT", str(project.path))
    server.forget()

    def command(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["splits", *words])
        assert done.exit_code == code, done.output
        return done.output

    return command


def test_the_command_shows_makes_and_checks_splits(project: Store, run: Callable[..., str]) -> None:
    take(project, "CORRECTED: " + ENGLISH)
    shown = run("--shares", "50/50")
    assert "11 of 11 articles are new; nothing is saved without --place" in shown and "because: near-duplicate" in shown
    assert "have been placed" in run("--shares", "50/50", "--place")
    told = json.loads(run("--json"))
    assert told["kept"] and told["new"] == 0 and set(told["placements"].values()) == {"train", "test"}
    assert told["splits"]["train"]["articles"] + told["splits"]["test"]["articles"] == 11
    assert "created with other options" in run("--shares", "80/20", code=1)
    assert "write them as 80/10/10" in run("--shares", "much", code=1)
    one = next(text for text in OTHERS if told["placements"][id_of(text)] != told["placements"][id_of(ENGLISH)])
    take(project, f"{ENGLISH} {one}")
    assert "is tied to more than one split" in run()
    say(project, "ana", *SAID[0], "u1", "no signature")
    say(project, "ana", one, "were seen", "u1", "no signature")
    assert "LEAK: utterance: no signature" in run(code=1)
    assert "was set aside by hand" in run("--set-aside", id_of(one))


@pytest.mark.slow
def test_a_lead_sees_and_makes_splits_over_http(serve: Callable[..., Server], project: Store) -> None:
    running = serve(project.path)
    token = Access(project.path, project.id).token("ana")[0]
    with httpx.Client(base_url=f"{running.url}/api", headers={"Authorization": f"Bearer {token}"}) as client:
        shown = client.get("/splits", params={"shares": "50/50", "together": "outlet"}).json()
        assert not shown["kept"] and [group["size"] for group in shown["groups"]] == [5, 5]
        made = client.post("/splits", params={"shares": "50/50", "seed": "7"}).json()
        assert made["kept"] and made["new"] == 10 and made["recipe"]["seed"] == "7"
        assert client.get("/splits").json()["placements"] == made["placements"]
        refused = client.post("/splits", params={"shares": "much"})
        assert refused.status_code == 422 and "write them as" in refused.json()["error"]
        assert client.get("/splits", params={"together": "moon"}).status_code == 422
        id = id_of(ENGLISH)
        assert client.delete(f"/splits/default/{id}").json() == {"article": id, "split": None}
        assert client.get("/splits").json()["placements"][id] is None
        assert client.delete("/splits/default/nothing").status_code == 404
        assert httpx.get(f"{running.url}/api/splits").status_code == 401


@pytest.mark.parametrize(
    ("name", "split", "told"),
    [
        ("default", "dev2", "is in “dev2”, which these splits don't have"),
        ("default", None, None),
        ("default", "another", "was moved from one split to another"),
        ("of nobody", "train", "placed in splits that don't exist"),
    ],
)
def test_a_check_tells_placements_that_cannot_be(
    project: Store, name: str, split: str | None, told: str | None
) -> None:
    found = splits.splits(project, recipe=HALVES, place=True)
    id, stands = next((id, split) for id, split in found.placements.items() if split)
    run = CliRunner().invoke(main, ["check", "-p", str(project.path)])
    assert run.exit_code == 0, run.output
    connection = project.connection()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("DROP TRIGGER placement_stays")
    other = next(each for each in HALVES.shares if each != stands)
    connection.execute(
        "INSERT INTO placement (splitting, article, split, by, at) VALUES (?, ?, ?, 'a hand', '')",
        (name, id, other if split == "another" else split),
    )
    run = CliRunner().invoke(main, ["check", "-p", str(project.path)])
    assert run.exit_code == (1 if told else 0)
    assert f"{id} by the splits “{name}”: it" in run.output and told in run.output if told else True
