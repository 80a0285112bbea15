"""Removing for good what registries were changed about: it stays away, whatever is undone, and the project stays sound."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from conftest import add, op
from test_registries import ID, KIM, OTHER, SECOND, called, decided, exported, kims, register, sound, who
from test_removal import bytes_of

from labeling.adjudication.steps import load
from labeling.services import entries as desk
from labeling.services import entry_lists, entry_merging
from labeling.services.importing import Terms, import_files, undo_import
from labeling.services.removal import Remover, allow_again, in_words
from labeling.services.review import Reviewing
from labeling.store.project import Store

__all__ = ["kims"]


def remover(store: Store) -> Remover:
    return Remover(store, store.path.parent / "exports")


def test_undoing_a_merge_after_an_article_was_removed_brings_nothing_of_it_back(kims: Store) -> None:
    decided(kims)
    merge, _ = entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b", "kim-c"], "lea")
    remover(kims).articles([ID], reason="takedown", by="lea")
    assert sound(kims)
    entry_merging.undo_change(kims, merge, "lea")
    assert sound(kims)
    assert who(kims, "cleo", SECOND) == ["kim-c"]
    assert Reviewing(kims).reviewed().decisions == {}
    assert ID not in repr(entry_merging.changes_of(kims))
    assert b"General Kim" not in bytes_of(kims)


@pytest.mark.parametrize("with_work", [False, True])
def test_undoing_a_merge_after_a_person_was_removed_changes_only_work_that_is_left(
    kims: Store, *, with_work: bool
) -> None:
    decided(kims)
    merge, _ = entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    for name in ("ben", "rita"):
        remover(kims).person(name, reason="erasure request", by="lea", with_work=with_work)
    assert sound(kims)
    entry_merging.undo_change(kims, merge, "lea")
    assert sound(kims)
    assert who(kims, "ana") == ["kim-a"] * 2
    assert who(kims, "removed person 1") == ([] if with_work else ["kim-b"] * 2)
    assert bool(Reviewing(kims).reviewed().decisions) is not with_work
    assert b'"ben"' not in bytes_of(kims)


@pytest.mark.parametrize("named", ["kim-a", "kim-b", "General Kim Yong-chol", "Kim Yong Chol"])
def test_removing_an_entry_removes_what_was_merged_into_it_and_undoing_brings_no_name_back(
    kims: Store, named: str
) -> None:
    desk.rename(kims, "source", "kim-a", "The Kim of Pyongyang", "lea")
    desk.rename(kims, "source", "kim-a", "General Kim Yong-chol", "lea")
    desk.remove_alias(kims, "source", "kim-a", "The Kim of Pyongyang", "lea")
    desk.identify(kims, "source", "kim-b", "Q6409356", "lea")
    merge, _ = entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    done = remover(kims).entry("source", named, reason="erasure request", by="lea")
    assert done.went.entries == 2
    names = ("Kim Yong Chol", "Kim Yong-chol", "Kim of Pyongyang", "Q6409356")

    def entries() -> str:
        with kims.reading() as unit:
            return repr([unit.registries.rows(), unit.registry_log.changes(), unit.registry_log.expected()])

    assert sound(kims)
    assert not [name for name in names if name in entries()]
    entry_merging.undo_change(kims, merge, "lea")
    assert sound(kims)
    assert not [name for name in names if name in entries()]
    assert who(kims, "ana") != who(kims, "ben")
    for id, name in (("kim-a", "Kim Yong-chol"), ("kim-b", "Kim Yong Chol")):
        late = kims.append("ana", SECOND, f"client-late-{id}", 0, [register(1, id, name)])
        assert "was removed on" in late.refused[0]["reason"]
    assert [each["id"] for each in kims.entries("source", "kim")] == ["kim-c"]


def test_an_entry_that_stayed_from_an_undone_import_under_another_name_can_be_removed(
    kims: Store, tmp_path: Path
) -> None:
    [line, *_] = exported(kims)
    line["annotations"] = line["annotations"][:1]
    file = tmp_path / "work.jsonl"
    words = orjson.dumps(line).replace(b"kim-a", b"kim-z").replace(b'"kim-z":"Kim Yong-chol"', b'"kim-z":"Kim Zed"')
    file.write_bytes(words)
    list(import_files(kims, [file], with_work=True, terms=Terms(names={"ana": "dora"}), by="lea"))
    assert who(kims, "dora") == ["kim-z"] * 2
    merge, _ = entry_merging.merge_entries(kims, "source", "kim-z", ["kim-a"], "lea")
    kims.append("cleo", SECOND, "client-cleo-two", 0, [op(3, "set", id="s", name="who", value="kim-z")])
    desk.rename(kims, "source", "kim-z", "General Kim", "lea")
    undo_import(kims, 1, "lea")
    assert sound(kims)
    remover(kims).entry("source", "General Kim", reason="erasure request", by="lea")
    assert sound(kims)
    assert b"Kim Zed" not in bytes_of(kims)
    entry_merging.undo_change(kims, merge, "lea")
    assert sound(kims)
    assert who(kims, "dora") == []


def test_what_stays_because_a_merge_names_it_is_said_and_can_be_removed_by_its_name(kims: Store) -> None:
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    done = remover(kims).articles([ID], reason="takedown", by="lea")
    assert (
        "Registry entries that are kept because other work or a registry change names them: "
        "Kim Yong Chol, Kim Yong-chol."
    ) in in_words(done)
    would = remover(kims).entry("source", "Kim Yong Chol", reason="takedown", by="lea", dry_run=True)
    assert in_words(would, done=False)[:2] == [
        "Would be removed: 2 registry entries.",
        "1 of these was merged into another one.",
    ]
    remover(kims).entry("source", "Kim Yong Chol", reason="takedown", by="lea")
    assert b"Kim Yong-chol" not in bytes_of(kims)
    assert sound(kims)


def test_an_id_that_is_also_a_word_of_the_label_set_stays_and_nothing_else_changes(kims: Store) -> None:
    entry_lists.import_list(kims, "source", b"id,name\nspeaker,Spokesperson\n", "csv", "lea")
    kims.append(
        "ana", SECOND, "client-ana-two", 0, [add(1, "s", "speaker", "Kim Yong Chol", text=OTHER, who="speaker")]
    )
    remover(kims).entry("source", "Spokesperson", reason="erasure request", by="lea")
    assert sound(kims)
    assert who(kims, "ana", SECOND) == ["speaker"]
    assert b"Spokesperson" not in bytes_of(kims)


def test_a_reviewer_whose_page_knows_nothing_of_a_merge_decides_for_what_the_entry_has_become(kims: Store) -> None:
    kims.append("cleo", ID, "client-cleo-one", 0, called("kim-d", "Another Kim"))
    entry_merging.merge_entries(kims, "source", "kim-a", ["kim-b"], "lea")
    reviewing = Reviewing(kims)
    for number, each in enumerate(reviewing.view("rita", ID)["disagreements"], 1):
        span = next(span for version in each["versions"] for span in version["spans"])
        words = [{"start": start, "end": end, "quote": KIM[start:end]} for start, end, *_ in span["fragments"]]
        drawn = {"label": "speaker", "fragments": words, "attributes": {"who": "kim-b"}}
        step = load({"kind": "decide", "number": number, "article": ID, "disagreement": each["id"],
                     "take": "anew", "spans": [drawn]})  # fmt: skip
        assert reviewing.append("rita", "client-rita-one", [step]).refused == []
    [line] = [each for each in exported(kims, gold=True) if each["id"] == ID]
    assert {span["attributes"]["who"] for span in line["annotations"][0]["spans"]} == {"kim-a"}


def test_a_list_doesnt_bring_a_removed_entry_back_until_it_is_allowed_again(kims: Store) -> None:
    remover(kims).entry("source", "kim-a", reason="erasure request", by="lea")
    data = b'{"id": "natela", "name": "Natela"}\n\n{"id": "kim-a", "name": "Kim Yong-chol"}\n'
    found = entry_lists.import_list(kims, "source", data, "jsonl", "lea")
    assert (found.added, [fault.line for fault in found.faults]) == (1, [3])
    assert "saywhen remove allow 1" in found.faults[0].reason
    with kims.reading() as unit:
        assert "Kim Yong-chol" not in unit.registries.all().values()
    allow_again(kims, 1, "lea")
    assert entry_lists.import_list(kims, "source", data, "jsonl", "lea").added == 1
    assert sound(kims)
