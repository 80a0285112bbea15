"""Registries: entries renamed, merged and split, with everything that names them, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import add, op

from labeling import schema
from labeling.adjudication.steps import load
from labeling.annotation import article
from labeling.assignment import Member
from labeling.errors import NotFoundError, RegistryError
from labeling.formats.marked import made_id
from labeling.registries.candidates import candidates
from labeling.registries.changes import Entry, RegistryChange, entries, wikidata_of
from labeling.registries.lists import ListFault, read_list, write_list
from labeling.services import entries as desk
from labeling.services import entry_lists, entry_merging
from labeling.services.export import lines
from labeling.services.importing import Terms, import_files
from labeling.services.review import Reviewing
from labeling.services.suggestions.computing import Suggesting
from labeling.services.verify_project import verify
from labeling.store.project import Store

KIM = "Kim Yong-chol spoke. General Kim left. Kim Yong Chol came back."
OTHER = "Kim Yong Chol said no."
ID = article.make(KIM).id
SECOND = article.make(OTHER).id


def register(number: int, id: str, name: str) -> Any:
    return op(number, "register", registry="source", id=id, name=name)


def called(id: str, name: str) -> list[Any]:
    """Return the ops of someone who marks two speakers and gives both an entry of their own."""
    return [
        register(1, id, name),
        add(2, "s", "speaker", "Kim Yong-chol", text=KIM, who=id),
        add(3, "t", "speaker", "General Kim", text=KIM, who=id),
        op(4, "submit"),
    ]


@pytest.fixture
def kims(tmp_path: Path) -> Store:
    """A project in which ana and ben have submitted an article and call the same man by entries of their own; lea leads, rita reviews."""
    store = Store.create(tmp_path / "kims.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(store.add_articles([article.make(KIM, title="One"), article.make(OTHER, title="Two")]))
    for name in ("ana", "ben", "cleo", "rita", "lea"):
        store.sign_in(name)
    team = [Member(name, annotates=True) for name in ("ana", "ben", "cleo")]
    with store.writing() as unit:
        unit.team.set_members([*team, Member("rita", reviews=True), Member("lea", leads=True)], "lea")
        unit.assignments.give([(id, name) for name in ("ana", "ben", "cleo") for id in (ID, SECOND)], (), "lea")
    for name, id, words in (("ana", "kim-a", "Kim Yong-chol"), ("ben", "kim-b", "Kim Yong Chol")):
        assert store.append(name, ID, f"client-{name}-one", 0, called(id, words)).refused == []
    secret = [register(1, "kim-c", "Secret Kim"), add(2, "s", "speaker", "Kim Yong Chol", text=OTHER, who="kim-c")]
    assert store.append("cleo", SECOND, "client-cleo-two", 0, secret).refused == []
    return store


def who(store: Store, annotator: str, id: str = ID) -> list[Any]:
    with store.reading() as project:
        return [span["attributes"].get("who") for span in project.annotations.values_of(annotator, id)["spans"]]


def sound(store: Store) -> bool:
    return [each for each in verify(store) if each.difference] == []


def exported(store: Store, *, gold: bool = False) -> list[dict[str, Any]]:
    return [orjson.loads(line) for _, line in lines(store, gold=gold)]


# --- the log ------------------------------------------------------------------------------------------------------------


def change(revision: int, kind: Any, **body: Any) -> RegistryChange:
    return RegistryChange(revision, "lea", "", kind, {"registry": "source", **body})


def test_undoing_a_change_leaves_the_entries_as_if_it_had_never_been_made() -> None:
    first = {("source", "a"): "A", ("source", "b"): "B"}
    made = [
        change(1, "rename", entry="a", name="Ada"),
        change(2, "merge", into="a", entries=["b"]),
        change(3, "alias", entry="a", alias="Addie"),
        change(4, "undo", change=2),
    ]
    assert entries(first, made) == entries(first, [made[0], made[2]])
    assert entries(first, [*made, change(5, "undo", change=4)]) == entries(first, made[:3])
    assert entries(first, made[:3])["source", "a"].names == ("Ada", "A", "B", "Addie")


@pytest.mark.parametrize("words", ["42", "Q", "Q0", "P31", "http://www.wikidata.org/wiki/P31"])
def test_what_is_no_identifier_of_wikidata_is_refused(words: str) -> None:
    with pytest.raises(RegistryError, match="no identifier of Wikidata"):
        wikidata_of(words)


# --- names --------------------------------------------------------------------------------------------------------------


def test_an_entry_is_found_by_its_former_name_and_aliases_and_its_op_still_replays(kims: Store) -> None:
    desk.rename(kims, "source", "kim-a", "Kim Yong-chol (general)", "lea")
    desk.add_alias(kims, "source", "kim-a", "김영철", "lea")
    desk.identify(kims, "source", "kim-a", "https://www.wikidata.org/wiki/Q6409356", "lea")
    for words in ("general", "김영철", "yong-chol"):
        assert "kim-a" in {each["id"] for each in kims.entries("source", words)}
    assert kims.entries("source", "김영철")[0]["name"] == "Kim Yong-chol (general)"
    again = kims.append("ana", ID, "client-ana-late", 9, [register(1, "kim-a", "Kim Yong-chol")])
    assert again.refused == []
    assert sound(kims)
    assert desk.entry(kims, "source", "kim-a").entry.wikidata == "Q6409356"
    entry_merging.undo_change(kims, None, "lea")
    assert desk.entry(kims, "source", "kim-a").entry.wikidata is None


def test_a_row_that_differs_from_the_log_is_found_and_mended(kims: Store) -> None:
    desk.rename(kims, "source", "kim-a", "General Kim", "lea")
    kims.connection().execute("UPDATE entry SET name = 'Someone' WHERE id = 'kim-a'")
    assert [each.difference for each in verify(kims, mend=True) if each.difference] == [
        "the registry entry is missing or differs from the log"
    ]
    assert desk.entry(kims, "source", "kim-a").entry.name == "General Kim"


# --- merging and splitting ----------------------------------------------------------------------------------------------


def test_merging_changes_everyones_work_and_gold_and_undoing_brings_it_back(kims: Store) -> None:
    before = [who(kims, "ana"), who(kims, "ben"), who(kims, "cleo", SECOND)]
    assert before == [["kim-a"] * 2, ["kim-b"] * 2, ["kim-c"]]
    assert Reviewing(kims).queue("rita")["count"] == 1
    _, changed = entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b", "kim-c"], "lea")
    assert changed == 3
    assert [who(kims, "ana"), who(kims, "ben"), who(kims, "cleo", SECOND)] == [["kim-a"] * 2, ["kim-a"] * 2, ["kim-a"]]
    assert Reviewing(kims).queue("rita")["count"] == 0
    assert [each["id"] for each in kims.entries("source", "kim")] == ["kim-a"]
    assert desk.entry(kims, "source", "kim-a").entry.aliases == ["Kim Yong Chol", "Secret Kim"]
    assert sound(kims)
    entry_merging.undo_change(kims, None, "lea")
    assert [who(kims, "ana"), who(kims, "ben"), who(kims, "cleo", SECOND)] == before
    assert sound(kims)


def test_what_someone_changed_since_a_merge_stays_when_it_is_undone(kims: Store) -> None:
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    kims.append("ben", ID, "client-ben-more", 9, [op(1, "set", id="t", name="who", value=None)])
    entry_merging.undo_change(kims, None, "lea")
    assert who(kims, "ben") == ["kim-b", None]


def test_a_page_that_knows_nothing_of_a_merge_marks_what_the_entry_has_become(kims: Store) -> None:
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    late = [
        add(1, "u", "speaker", "Kim Yong Chol", text=KIM, who="kim-b"),
        op(2, "set", id="s", name="who", value="kim-b"),
    ]
    assert kims.append("ben", ID, "client-ben-late", 4, late).refused == []
    assert who(kims, "ben") == ["kim-a"] * 3
    assert sound(kims)


def test_merging_after_a_merge_undone_in_any_order_ends_where_it_began(kims: Store) -> None:
    for order in ((0, 1), (1, 0)):
        before = who(kims, "ben"), who(kims, "ana")
        made = [
            entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")[0],
            entry_merging.merge_entries(kims, "source", "kim-c", ["kim-a"], "lea")[0],
        ]
        assert who(kims, "ben") == ["kim-c"] * 2
        for number in order:
            entry_merging.undo_change(kims, made[number], "lea")
        assert (who(kims, "ben"), who(kims, "ana")) == before
    assert sound(kims)


def decided(store: Store) -> None:
    """Add another one's work, and let Rita decide each disagreement for the version that names kim-b."""
    store.append("cleo", ID, "client-cleo-one", 0, called("kim-d", "Another Kim"))
    reviewing = Reviewing(store)
    for number, each in enumerate(reviewing.view("rita", ID)["disagreements"], 1):
        version = next(v for v in each["versions"] if v["spans"] and v["spans"][0]["attributes"].get("who") == "kim-b")
        step = load({"kind": "decide", "number": number, "article": ID, "disagreement": each["id"],
                     "take": "version", "version": version["id"]})  # fmt: skip
        assert reviewing.append("rita", "client-rita-one", [step]).refused == []


def test_a_decision_goes_along_with_a_merge_and_comes_back_with_its_undoing(kims: Store) -> None:
    decided(kims)

    def gold() -> set[str]:
        [line] = [each for each in exported(kims, gold=True) if each["id"] == ID]
        return {span["attributes"]["who"] for span in line["annotations"][0]["spans"]}

    assert gold() == {"kim-b"}
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    assert gold() == {"kim-a"}
    assert Reviewing(kims).queue("rita")["count"] == 0
    entry_merging.undo_change(kims, None, "lea")
    assert gold() == {"kim-b"}
    assert Reviewing(kims).queue("rita")["count"] == 0


def test_a_reviewer_who_undoes_a_decision_that_went_along_with_a_merge_has_undone_it_for_good(kims: Store) -> None:
    for id in ("kim-x", "kim-y"):
        entry_lists.import_list(kims, "source", f"id,name\n{id},Kim {id}\n".encode(), "csv", "lea")
    reviewing = Reviewing(kims)
    asked = reviewing.view("rita", ID)["disagreements"]
    for number, each in enumerate(asked, 1):
        [start, end, *_] = each["versions"][0]["spans"][0]["fragments"][0]
        drawn = {"label": "speaker", "fragments": [{"start": start, "end": end, "quote": KIM[start:end]}],
                 "attributes": {"who": "kim-x"}}  # fmt: skip
        step = load({"kind": "decide", "number": number, "article": ID, "disagreement": each["id"],
                     "take": "anew", "spans": [drawn]})  # fmt: skip
        assert reviewing.append("rita", "client-rita-one", [step]).refused == []
    merge, _ = entry_merging.merge_entries(kims, "source", "kim-y", ["kim-x"], "lea")
    standing = reviewing.reviewed().decisions[ID]
    assert {mark.attributes["who"] for _, made in standing for mark in made.content.marks} == {"kim-y"}
    for number, (revision, _) in enumerate(standing, len(asked) + 1):
        step = load({"kind": "undo", "number": number, "revision": revision})
        assert reviewing.append("rita", "client-rita-one", [step]).refused == []
    assert reviewing.reviewed().decisions[ID] == []
    entry_merging.undo_change(kims, merge, "lea")
    assert Reviewing(kims).reviewed().decisions[ID] == []


def test_splitting_gives_chosen_mentions_an_entry_of_their_own(kims: Store) -> None:
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    start = KIM.index("General")
    new, changed = entry_merging.split_entry(
        kims, "source", "kim-a", "Another general", [(ID, start, start + 11)], "lea"
    )
    assert changed == 2
    assert who(kims, "ana") == who(kims, "ben") == ["kim-a", new]
    assert desk.entry(kims, "source", new).spans == 2
    assert sound(kims)
    entry_merging.undo_change(kims, None, "lea")
    assert who(kims, "ben") == ["kim-a"] * 2
    with pytest.raises(NotFoundError):
        desk.entry(kims, "source", new)
    assert sound(kims)


def test_imported_work_that_names_a_merged_entry_gets_what_it_became(kims: Store, tmp_path: Path) -> None:
    file = tmp_path / "work.jsonl"
    file.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in exported(kims)))
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    desk.rename(kims, "source", "kim-a", "General Kim Yong-chol", "lea")
    terms = Terms(names={"ana": "dora", "ben": "eli", "cleo": "fay"})
    list(import_files(kims, [file], with_work=True, terms=terms, by="lea"))
    assert who(kims, "eli") == who(kims, "dora") == ["kim-a"] * 2
    assert sound(kims)


# --- who sees what ------------------------------------------------------------------------------------------------------


def test_reviewers_see_what_was_submitted_and_leads_everything(kims: Store) -> None:
    rita = desk.viewer(kims, "rita")
    assert [row.entry.id for row in desk.page(kims, "source", seen=rita)[1]] == ["kim-b", "kim-a"]
    assert len(desk.page(kims, "source", seen=desk.viewer(kims, "lea"))[1]) == 3
    with pytest.raises(NotFoundError):
        entry_merging.merge_entries(kims, "source", "kim-a", ["kim-c"], "rita", rita)
    total, places = desk.mentions(kims, "source", "kim-a", seen=rita)
    assert (total, [(each.text, each.people) for each in places]) == (2, [("Kim Yong-chol", 1), ("General Kim", 1)])
    entry_merging.merge_entries(kims, "source", "kim-c", ["kim-a"], "lea")
    assert [row.entry.id for row in desk.page(kims, "source", seen=rita)[1]] == ["kim-b", "kim-c"]


def test_an_entry_of_hidden_gold_is_no_ones_but_the_leads(kims: Store) -> None:
    with kims.writing() as unit:
        unit.hidden_gold.hide([ID], "ben", "lea")
    assert [row.entry.id for row in desk.page(kims, "source", seen=desk.viewer(kims, "rita"))[1]] == ["kim-a"]
    assert {each["id"] for each in kims.entries("source", "kim", annotator="cleo", blind=True)} == {"kim-a", "kim-c"}


def test_suggestions_name_no_entry_that_only_others_unsubmitted_work_uses(kims: Store) -> None:
    desk.rename(kims, "source", "kim-c", "Kim Yong Chol", "lea")
    desk.rename(kims, "source", "kim-b", "General Kim", "lea")
    suggesting = Suggesting(kims)

    def named(annotator: str) -> set[str | None]:
        made = orjson.loads(suggesting.as_json(annotator, SECOND))["suggestions"]
        parts = [part for suggestion in made for part in suggestion["parts"]]
        entities = [choice["entity"] for part in parts for choice in part.get("choices", ()) if choice.get("entity")]
        return {each["id"] for entity in entities for each in entity["choices"]}

    assert "kim-c" in named("cleo")
    assert named("ana") and "kim-c" not in named("ana")
    kims.append("cleo", SECOND, "client-cleo-two", 2, [op(3, "submit")])
    assert "kim-c" in named("ana")


# --- candidates ---------------------------------------------------------------------------------------------------------


def entry(id: str, name: str, *aliases: str, wikidata: str | None = None) -> Entry:
    return Entry("source", id, name, name, [*aliases], wikidata)


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        ("Kim Yong-chol", "Kim Yong Chol", "the same letters"),
        ("Kim Yong-chol", "General Kim", "a title and a part"),
        ("Zoë Müller", "Zoe Muller", "the same letters"),
        ("Yong-chol Kim", "Kim Yong Chol", "in another order"),
        ("President Moon Jae-in", "Moon Jae-in", "without a title"),
        ("Moon Jae-in", "Moon Jae-inn", "spelled nearly the same"),
        ("J. Smithers", "John Smithers", "with an initial"),
        ("UN", "United Nations", "are the initials"),
        ("Brekke: we will try to agree on Friday", "Brekke: we will try to agree Friday", "of the words are the same"),
    ],
)
def test_names_that_are_probably_the_same_are_candidates_with_the_reason(one: str, two: str, why: str) -> None:
    [found] = candidates([entry("a", one), entry("b", two), entry("c", "Natela Tsulauri")])
    assert {found.one.id, found.two.id} == {"a", "b"}
    assert why in found.why


def test_entries_that_people_kept_apart_or_that_have_other_identifiers_are_no_candidates() -> None:
    pair = [entry("a", "Kim Yong-chol"), entry("b", "Kim Yong Chol")]
    assert candidates(pair, apart={frozenset(("a", "b"))}) == []
    assert candidates([entry("a", "Kim", wikidata="Q1"), entry("b", "Kim", wikidata="Q2")]) == []
    [found] = candidates([entry("a", "Kim", wikidata="Q1"), entry("b", "The general", wikidata="Q1")])
    assert found.why == "the same identifier: Q1"


def test_what_two_people_gave_to_the_same_words_is_a_candidate_however_it_is_called(kims: Store) -> None:
    desk.rename(kims, "source", "kim-b", "The intelligence chief", "lea")
    found = entry_lists.merge_candidates(kims, "source")
    assert {found[0].one.id, found[0].two.id} == {"kim-a", "kim-b"}
    assert "people gave both to the same words (2 times)" in found[0].why


# --- lists --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_list_that_was_written_reads_as_it_was(kind: str) -> None:
    made = [entry("a", 'Kim, "the" General', "김영철", "K. Y.", wikidata="Q6409356"), entry("b", "Zoë\u00a0Müller")]
    found = list(read_list(write_list(made, kind), kind))
    assert [
        (each.id, each.name, list(each.aliases), each.wikidata) for each in found if not isinstance(each, ListFault)
    ] == [(each.id, " ".join(each.name.split()), each.aliases, each.wikidata) for each in made]


def test_a_line_that_cannot_be_read_is_reported_and_the_others_are_imported(kims: Store) -> None:
    data = b'{"name": "Natela"}\n{"name": ""}\nnot JSON\n{"name": "Kim Yong-chol", "aliases": ["General Kim"], "wikidata": "Q1"}\n'
    found = entry_lists.import_list(kims, "source", data, "jsonl", "lea")
    assert (found.added, found.extended, [fault.line for fault in found.faults]) == (1, 1, [2, 3])
    assert desk.entry(kims, "source", "kim-a").entry.aliases == ["General Kim"]
    assert {each["name"] for each in kims.entries("source", "natela", annotator="ana", blind=True)} == {"Natela"}
    assert entry_lists.import_list(kims, "source", data, "jsonl", "lea").unchanged == 2
    assert sound(kims)
    entry_merging.undo_change(kims, found.revision, "lea")
    assert desk.entry(kims, "source", "kim-a").entry.aliases == []
    assert kims.entries("source", "natela") == []


def test_a_list_of_a_reviewer_shows_nothing_of_entries_that_they_do_not_see(kims: Store) -> None:
    with kims.writing() as unit:
        unit.team.set_members([Member("lea", leads=True), Member("rita", reviews=True)], "lea")
    seen, data = desk.viewer(kims, "rita"), b"id,name,aliases\n,Natela,The spokesperson\nother,Someone else,\n"
    known = entry_lists.import_list(kims, "source", data, "csv", "rita", seen, dry_run=True)
    # Ana has not submitted the work in which she made the same entries.
    theirs = {made_id("source", "Natela"): "Natela", "natela": "Natela", "other": "Unseen"}
    made = [
        op(number, "register", registry="source", id=id, name=name)
        for number, (id, name) in enumerate(theirs.items(), 1)
    ]
    kims.append("ana", SECOND, "client-ana-two", 0, made)
    assert entry_lists.import_list(kims, "source", data, "csv", "rita", seen, dry_run=True) == known
    entry_lists.import_list(kims, "source", data, "csv", "rita", seen)
    names = [row.entry.names for row in desk.page(kims, "source", "natela", seen=seen)[1]]
    assert names == [("Natela", "The spokesperson")]
    assert desk.page(kims, "source", "unseen", seen=seen)[0] == 0
    assert entry_lists.import_list(kims, "source", data, "csv", "rita", seen).unchanged == 2
    assert desk.page(kims, "source", "natela")[0] > 1, "leads see both, and can merge them"
    assert sound(kims)


@pytest.mark.parametrize("taken", [False, True])
def test_the_ids_that_a_reviewers_list_gets_do_not_show_whether_hidden_entries_have_them(
    kims: Store, taken: bool
) -> None:
    with kims.writing() as unit:
        unit.team.set_members([Member("lea", leads=True), Member("rita", reviews=True)], "lea")
    theirs = [made_id("source", "Natela"), "other"]
    if taken:
        made = [op(at, "register", registry="source", id=id, name=f"Hidden {at}") for at, id in enumerate(theirs, 1)]
        kims.append("ana", SECOND, "client-ana-two", 0, made)
    seen, data = desk.viewer(kims, "rita"), b"id,name\n,Natela\nother,Someone else\n"
    entry_lists.import_list(kims, "source", data, "csv", "rita", seen)
    own = {row.entry.id for row in desk.page(kims, "source", "", seen=seen)[1] if row.entry.name in ("Natela", "Someone else")}  # fmt: skip
    expected = {made_id("source", name, given, kims.id, "rita") for name, given in (("Natela", ""), ("Someone else", "other"))}  # fmt: skip
    assert own == expected, "the same in both cases"
    assert entry_lists.import_list(kims, "source", data, "csv", "rita", seen).unchanged == 2


def test_an_entry_of_a_list_that_someone_used_is_not_taken_back(kims: Store) -> None:
    found = entry_lists.import_list(kims, "source", b"id,name\nnatela,Natela\n", "csv", "lea")
    kims.append("ana", SECOND, "client-ana-two", 0, [add(1, "s", "speaker", "Kim Yong Chol", text=OTHER, who="natela")])
    with pytest.raises(RegistryError, match="used in 1 article"):
        entry_merging.undo_change(kims, found.revision, "lea")
    assert sound(kims)
