"""Stories: the log of changes, a story put together from the sample's gold, its page, its routes and its commands."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from labeling import sample, schema
from labeling.annotation import article
from labeling.commands.main import main
from labeling.errors import EngineError, NotFoundError, StoreError, StoryError
from labeling.project import Project
from labeling.services import splits, stories
from labeling.services.entry_merging import split_entry
from labeling.store.project import Store
from labeling.stories.alignment import aligned
from labeling.stories.changes import StoryChange
from labeling.stories.changes import stories as replay
from labeling.stories.claims import VERDICTS
from labeling.stories.copies import changes
from labeling.stories.linking import LEAST, utterance_pairs
from labeling.stories.story import story_of
from labeling.ui import story_html as page_html
from labeling.ui.copies_html import copies_html, folded
from labeling.ui.story_html import report, story_html
from labeling.ui.story_linking import SHORTCUTS
from labeling.web import location, server
from labeling.web.access import Access
from labeling.web.api import build_api

BRIDGE, TELESCOPE = "Skerrow", "Sarab"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample with its gold as the work of one annotator, and its two stories."""
    store = Store.create(tmp_path_factory.mktemp("stories") / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    _import(store)
    stories.save(store, stories.propose(store), "lea")
    return store


def _import(store: Store) -> None:
    Project(store, writable=True).import_annotations(sample.gold_path(), names={"gold": "ana"})


def _added(*stories_of: tuple[str, list[str]]) -> StoryChange:
    return StoryChange(1, "lea", "", "add", {"stories": dict(stories_of), "proposed": True})


def _change(revision: int, kind: str, **body: object) -> StoryChange:
    return StoryChange(revision, "lea", "", kind, body)  # type: ignore[arg-type]


# --- the log --------------------------------------------------------------------------------------------------------------


def test_changes_merge_split_name_and_are_undone() -> None:
    made = [_added(("s1", ["a", "b"]), ("s2", ["c"]))]
    made.append(_change(2, "merge", into="s1", stories=["s2"]))
    assert {id: each.articles for id, each in replay(made).items()} == {"s1": ["a", "b", "c"]}
    made.append(_change(3, "split", story="s1", articles=["a"], new="s3"))
    made.append(_change(4, "name", story="s3", name="Bridge"))
    found = replay(made)
    assert {id: each.articles for id, each in found.items()} == {"s1": ["b", "c"], "s3": ["a"]}
    assert found["s3"].name == "Bridge" and not found["s1"].proposed
    made.append(_change(5, "undo", change=3))
    assert replay(made)["s1"].articles == ["a", "b", "c"]
    made.append(_change(6, "undo", change=5))
    assert replay(made)["s3"].articles == ["a"]


def test_an_article_is_in_one_story_at_a_time() -> None:
    found = replay([_added(("s1", ["a", "b"])), _change(2, "add", stories={"s2": ["b", "c"]})])
    assert {id: each.articles for id, each in found.items()} == {"s1": ["a"], "s2": ["b", "c"]}


def test_the_file_refuses_to_change_the_log(store: Store) -> None:
    with store.writing() as unit:
        unit.stories.add("name", {"story": "s1", "name": "x"}, "lea")
    for statement in ("UPDATE story_change SET kind = 'undo'", "DELETE FROM story_change"):
        with pytest.raises(EngineError, match="append-only"), store.writing() as unit:
            unit.stories._connection.execute(statement)  # type: ignore[attr-defined]


# --- a project ------------------------------------------------------------------------------------------------------------


def test_the_two_stories_of_the_sample_are_proposed_and_saved_once(project: Store) -> None:
    found = stories.all_stories(project)
    assert [len(each["articles"]) for each in found] == [4, 4]
    assert stories.propose(project) == []
    published = [each["published"] or "~" for each in found[0]["articles"]]
    assert published == sorted(published)


def test_people_merge_split_name_and_undo(project: Store) -> None:
    one, two = (each["id"] for each in stories.all_stories(project))
    stories.merge(project, one, [two], "lea")
    assert len(stories.groups(project)[one].articles) == 8
    article = stories.groups(project)[one].articles[0]
    new = stories.split(project, one, [article], "lea")
    stories.name(project, new, "  The   bridge ", "lea")
    assert (stories.groups(project)[new].name, stories.groups(project)[new].articles) == ("The bridge", [article])
    assert stories.propose(project) == [], "what people split stays apart"
    for kind in ("name", "split", "merge"):
        assert stories.undo(project, None, "lea").kind == kind
    assert [len(each["articles"]) for each in stories.all_stories(project)] == [4, 4]


def test_changes_that_do_not_fit_are_refused_with_the_reason(project: Store) -> None:
    one, two = (each["id"] for each in stories.all_stories(project))
    articles = stories.groups(project)[one].articles
    with pytest.raises(StoryError, match="there is no story s99"):
        stories.merge(project, "s99", [one], "lea")
    with pytest.raises(StoryError, match="two different stories"):
        stories.merge(project, one, [one], "lea")
    with pytest.raises(StoryError, match="but not all of them"):
        stories.split(project, one, articles, "lea")
    with pytest.raises(StoryError, match=f"is not in story {two}"):
        stories.split(project, two, articles[:1], "lea")
    with pytest.raises(StoryError, match="limit is 200"):
        stories.name(project, one, "x" * 201, "lea")
    with pytest.raises(StoryError, match="no change 99 to undo"):
        stories.undo(project, 99, "lea")
    with pytest.raises(NotFoundError, match="no story s99"):
        stories.story(project, "s99")


def _story(project: Store, word: str) -> tuple[str, object]:
    for each in stories.all_stories(project):
        _called, found = stories.story(project, each["id"])
        if any(word in row.name or word in row.versions[0].quote.version.text for row in found.utterances):
            return each["id"], found
    raise AssertionError(word)


def test_a_story_has_outlets_in_order_of_publication_with_everyones_versions(project: Store) -> None:
    _, found = _story(project, BRIDGE)
    columns = [column.published or "~" for column in found.columns]  # type: ignore[attr-defined]
    assert columns == sorted(columns)
    shared = [row for row in found.utterances if len({each.quote.version.article for each in row.versions}) > 1]  # type: ignore[attr-defined]
    assert len(shared) >= 5 and all(row.entry for row in shared)
    for row in shared:
        for each in row.versions:
            assert "".join(piece.text for piece in each.pieces) == each.quote.version.text


def test_the_conflicts_of_an_event_are_explained(project: Store) -> None:
    _, found = _story(project, BRIDGE)
    talks = found.events[0]  # type: ignore[attr-defined]
    assert len(talks.claims) >= 5 and talks.conflicts
    assert all(each.sentence.endswith(".") and each.verdict in VERDICTS for each in talks.comparisons)
    values = stories.story_values("s1", "Bridge", found)  # type: ignore[arg-type]
    assert json.loads(json.dumps(values)) is not None
    assert {each["verdict"] for each in values["events"][0]["comparisons"]} >= {"conflict", "refine"}


def test_words_that_differ_are_marked_and_case_and_marks_do_not_count() -> None:
    one, two = aligned(["“We will open one lane,”", "we will open a lane"])
    assert [piece.text for piece in two if piece.differs] == ["a "]
    assert [piece.text for piece in one if piece.differs] == ["one "]
    assert aligned(["Alone."])[0][0].differs is False and aligned([]) == []


WIRE = " ".join(f"The council of ward {number} voted on the bridge that day." for number in range(8))


def test_a_wire_copy_shares_a_column_and_its_cuts_and_changes_are_listed() -> None:
    text = WIRE + " It will open on Friday, the mayor said. Nobody objected."
    copy = WIRE + " It will open on Monday, the mayor said."
    lines = [
        {
            "id": id,
            "title": id,
            "outlet": id.upper(),
            "published": {"value": day},
            "text": body,
            "annotations": [],
            "entries": {},
        }
        for id, day, body in (
            ("wire", "2024-05-01", text),
            ("copy", "2024-05-02", copy),
            ("own", "2024-05-03", "Short."),
        )
    ]
    found = story_of(lines, schema.load(schema.SCHEMAS / "news.yaml"))
    ((article_, of, changed),) = found.copies
    assert (article_, of) == ("copy", "wire")
    assert changed == [("changed", "Friday,", "Monday,"), ("cut", "Nobody objected.", "")]
    assert [(column.article, [each.article for each in held]) for column, held in folded(found)] == [
        ("wire", ["copy"]), ("own", []),
    ]  # fmt: skip
    html = copies_html(found, {"wire": "WIRE", "copy": "<Copy>"}, lambda article, start: article)
    assert "&lt;Copy&gt;</a> copies WIRE: 2 changes" in html and '<del dir="auto">Nobody objected.</del>' in html


def test_a_copy_that_names_another_speaker_of_the_same_words_is_shown_beside_the_other(project: Store) -> None:
    _, found = _story(project, BRIDGE)
    row = next(row for row in found.utterances if row.versions[0].quote.speakers)  # type: ignore[attr-defined]
    column, copy, *_ = found.columns  # type: ignore[attr-defined]
    one = row.versions[0]
    quote = one.quote._replace(version=one.quote.version._replace(article=column.article))
    same = one._replace(quote=quote._replace(version=quote.version._replace(article=copy.article)))
    other = same._replace(quote=same.quote._replace(
        version=same.quote.version._replace(speakers=frozenset({"someone"})), speakers=("Someone else",)
    ))  # fmt: skip
    for versions, shown in (([one._replace(quote=quote), same], 1), ([one._replace(quote=quote), other], 2)):
        html = page_html._cell(row._replace(versions=versions), column, [copy], lambda article, start: "")
        assert html.count("sw-version") == shown
        assert (f"{copy.outlet} · " in html) == ("Someone else" in html) == (shown == 2)


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.lists(st.sampled_from("abcde"), max_size=30))
def test_changes_turn_one_text_into_the_other(one: list[str], two: list[str]) -> None:
    found = changes(" ".join(one), " ".join(two))
    assert (found == []) == (one == two)
    removed = Counter(word for each in found for word in each.before.split())
    added = Counter(word for each in found for word in each.after.split())
    assert Counter(one) - removed + added == Counter(two) and not removed - Counter(one)


# --- page, routes, commands -----------------------------------------------------------------------------------------------


def test_the_page_escapes_texts_and_is_complete_without_a_script(project: Store) -> None:
    _id, found = _story(project, BRIDGE)
    html = story_html(found, lambda article, start: f"/?article={article}&at={start}")  # type: ignore[arg-type]
    assert "<script" not in html and html.count("<mark>") > 20
    assert html.count('scope="col"') == 5 and "sw-conflict" in html and "not in this outlet" in html
    for article_, at in re.findall(r'href="/\?article=(\w+)&amp;at=(\d+)"', html):
        assert int(at) < len(project.article(article_).text)  # type: ignore[union-attr]
    document = report("<Bridge>", found, lambda article, start: "")  # type: ignore[arg-type]
    assert document.startswith("<!doctype html>") and "<title>&lt;Bridge&gt;</title>" in document


def test_routes_list_show_and_change_stories(project: Store, tmp_path: Path) -> None:
    access = Access(project.path, project.id)
    client = TestClient(build_api(lambda: project, lambda: project, lambda: access, tmp_path))
    headers = {"Authorization": f"Bearer {access.token('lea')[0]}"}
    project.sign_in("lea")
    listed = client.get("/stories", headers=headers).json()["stories"]
    one, two = (each["id"] for each in listed)
    shown = client.get(f"/stories/{one}", headers=headers).json()
    assert shown["id"] == one and len(shown["articles"]) == 4 and shown["utterances"] and shown["events"]
    assert client.get("/stories/s99", headers=headers).status_code == 404
    assert client.post("/stories/proposals", headers=headers).json() == {"change": None, "stories": []}
    assert (
        "change"
        in client.post("/stories", json={"kind": "merge", "story": one, "stories": [two]}, headers=headers).json()
    )
    assert client.get(f"/stories/{two}", headers=headers).status_code == 404
    assert "undone" in client.post("/stories", json={"kind": "undo"}, headers=headers).json()
    refused = client.post("/stories", json={"kind": "merge", "story": one, "stories": [one]}, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (422, "choose two different stories to merge")


def run(project: Store, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(project.path))
    server.forget()
    return CliRunner().invoke(main, ["stories", *words])


def test_commands_list_show_and_change_stories(project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (each["id"] for each in stories.all_stories(project))
    listed = run(project, monkeypatch, "list")
    assert listed.output.count(" articles\n") == 2 and "Northern Wire" in listed.output
    shown = run(project, monkeypatch, "show", one)
    assert shown.exit_code == 0 and "“" in shown.output
    assert json.loads(run(project, monkeypatch, "show", one, "--json").output)["id"] == one
    assert run(project, monkeypatch, "propose").output.startswith("0 stories with 0 articles are proposed")
    assert run(project, monkeypatch, "name", one, "Bridge", "--by", "lea").output == f"{one} is called “Bridge”\n"
    assert "was undone" in run(project, monkeypatch, "undo", "--by", "lea").output
    refused = run(project, monkeypatch, "merge", one, one)
    assert (refused.exit_code, refused.output) == (1, "Error: choose two different stories to merge\n")
    assert two in run(project, monkeypatch, "list", "--json").output


def test_an_article_without_a_title_is_called_by_its_first_words_in_a_story(
    tmp_path: Path, news: schema.Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path / "bare.db", news)
    made = [article.make(text) for text in ("The bridge closes.\nOn Friday.", "The bridge opens.\nOn Monday.")]
    list(store.add_articles(made))
    with store.writing() as unit:
        unit.stories.add("add", {"stories": {"s1": [each.id for each in made]}}, "lea")
    listed, shown = (run(store, monkeypatch, *words).output for words in (("list",), ("show", "s1")))
    for words in ("The bridge closes.", "The bridge opens."):
        assert words in listed and words in shown
    [story] = stories.all_stories(store)
    assert story["name"] in {each["title"] for each in story["articles"]} == {"The bridge closes.", "The bridge opens."}
    assert {column.title for column in stories.story(store, "s1")[1].columns} == {
        "The bridge closes.",
        "The bridge opens.",
    }
    page = story_html(stories.story(store, "s1")[1], lambda article, start: "/")
    assert "The bridge closes." in page and f">{made[0].id}" not in page


def _ids(store: Store) -> list[str]:
    with store.reading() as unit:
        return unit.articles.ids()


@pytest.mark.slow
def test_a_story_is_put_together_quickly_in_a_large_project(tmp_path: Path, news: schema.Schema) -> None:
    store = Store.create(tmp_path / "large.db", news)
    _import(store)
    sample_ids = _ids(store)
    list(store.add_articles(article.make(f"Article {number}.") for number in range(10_000)))
    with store.writing() as unit:
        ids = [id for id in unit.articles.ids() if id not in sample_ids]
        added = {f"s{at + 3}": ids[at * 5 : at * 5 + 5] for at in range(len(ids) // 5)}
        unit.stories.add("add", {"stories": {"s1": sample_ids[:4], "s2": sample_ids[4:], **added}}, "lea")
    id = "s1"
    stories.story(store, id)
    start = time.process_time()
    called, found = stories.story(store, id)
    story_html(found, lambda article, start: f"/?article={article}&at={start}")
    seconds = time.process_time() - start
    assert called and seconds < 0.3, seconds


# --- export and splits ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_stories_and_pairs_are_exported_as_their_schema_says(project: Store, tmp_path: Path) -> None:
    counts = stories.export(project, tmp_path / "out")
    shape = jsonschema.Draft202012Validator(
        json.loads((schema.SCHEMAS / "saywhen-stories-1.schema.json").read_text("utf-8"))
    )
    lines = {
        name: [json.loads(line) for line in (tmp_path / "out" / name).read_text("utf-8").splitlines()]
        for name in counts
    }
    assert {name: len(each) for name, each in lines.items()} == counts and min(counts.values()) > 0
    for line in [line for each in lines.values() for line in each]:
        assert list(shape.iter_errors(line)) == []
    assert len(lines["stories.jsonl"]) == 2
    pairs = lines["quote-pairs.jsonl"]
    same = sum(pair["same"] for pair in pairs)
    assert same > 20 and len(pairs) == 4 * same
    verdicts = {pair["verdict"] for pair in lines["date-pairs.jsonl"]}
    assert verdicts >= {"agree", "refine", "conflict", "differ"}
    with pytest.raises(StoreError, match="doesn't exist yet"):
        stories.export(project, tmp_path / "out")


def test_splits_keep_a_story_whole(store: Store) -> None:
    with store.writing() as unit:
        ids = unit.articles.ids()
        unit.stories.add("add", {"stories": {"s1": ids}}, "lea")
    found = splits.splits(store)
    assert [(tie.kind, set(tie.articles)) for tie in found.ties] == [("story", set(ids))]
    assert len({found.placements[id] for id in ids}) == 1


@pytest.mark.slow
def test_two_entries_of_one_utterance_are_linked_by_a_key(
    project: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Store.create(tmp_path / "project.db", project.schema)
    _import(copy)
    stories.save(copy, stories.propose(copy), "lea")
    copy.sign_in("lea")
    id, found = _story(copy, BRIDGE)
    row = found.utterances[0]  # type: ignore[attr-defined]
    other = row.versions[-1].quote.version
    place = (other.article, other.start, other.end)
    new, _ = split_entry(copy, "utterance", row.entry, "Another name", [place], "lea")
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(copy.path))
    server.forget()

    def script(id: str) -> None:
        import streamlit as st

        from labeling.services import stories
        from labeling.ui.story_linking import link_utterances
        from labeling.web.server import open_store

        st.session_state["annotator"] = "lea"
        link_utterances(open_store(), "lea", id, stories.story(open_store(), id)[1])

    def pairs() -> list[set[str]]:
        return [{each.one.entry, each.two.entry} for each in utterance_pairs(stories.story(copy, id)[1])]

    page = AppTest.from_function(script, args=(id,), default_timeout=30).run()
    assert not page.exception
    at = pairs().index({row.entry, new})
    for _ in range(at):
        page.button(key="pair Next").click().run()
    assert f"{at + 1} of {len(pairs())}" in page.markdown[0].value
    page.button(key="pair Same").click().run()
    assert not page.exception and {row.entry, new} not in pairs()
    again = next(each for each in stories.story(copy, id)[1].utterances if each.entry == row.entry)
    assert len(again.versions) == len(row.versions)
    server.forget()


def test_pairs_that_people_keep_apart_are_not_proposed(project: Store) -> None:
    _, found = _story(project, BRIDGE)
    proposed = utterance_pairs(found)  # type: ignore[arg-type]
    together = [
        bool(
            {each.quote.version.article for each in pair.one.versions}
            & {each.quote.version.article for each in pair.two.versions}
        )
        for pair in proposed
    ]
    assert together == sorted(together), "what one article has both of comes last"
    assert all(each.score >= LEAST and len(each.one.versions) >= len(each.two.versions) for each in proposed)
    apart = {frozenset((each.one.entry, each.two.entry)) for each in proposed}
    assert utterance_pairs(found, apart) == []  # type: ignore[arg-type]


def test_the_documentation_lists_the_keys_of_the_page() -> None:
    documented = (Path(__file__).parent.parent / "docs" / "stories.md").read_text(encoding="utf-8")
    for key, button, does in SHORTCUTS:
        assert f"| `{key}` | {button} | {does} |" in documented
    assert len({each.key for each in SHORTCUTS}) == len(SHORTCUTS)
