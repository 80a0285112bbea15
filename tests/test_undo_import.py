"""Undoing a whole import: what goes, what stays, who may, and when it is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from command_line import invoke
from conftest import add, op, tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS, lines

from labeling import sample, schema
from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.errors import NotFoundError, UndoRefusedError
from labeling.services.importing import Tally, Terms, import_files, imports, require_undoable, undo_import
from labeling.services.verify_project import verify
from labeling.store.project import Store

#: What a file keeps of an import that was undone, or counts; all else is to be as it was before.
_STAYS = {
    "import", "import_article", "import_work", "import_person", "import_undone", "sqlite_sequence", "project",
    "agreement_key", "audit",
}  # fmt: skip


def tables(store: Store) -> dict[str, list[Any]]:
    """Return every row of a project file, but for what is said to stay, without times."""
    connection = store.connection()
    found = {}
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'article_search_%'"
    )
    for (name,) in names.fetchall():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})") if row[1] != "at"]
        if name not in _STAYS:
            listed = ", ".join(f'"{column}"' for column in (columns if name != "article_search" else ["rowid"]))
            found[name] = sorted(connection.execute(f"SELECT {listed} FROM {name}").fetchall(), key=repr)
    return found


def sound(store: Store) -> bool:
    return not [verdict for verdict in verify(store) if verdict.difference]


def written(folder: Path, *given: dict[str, Any], name: str = "lines.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in given))
    return path


def imported(store: Store, *paths: Path, work: bool = True, by: str = "lea", **terms: Any) -> Tally:
    return Tally.of(import_files(store, paths, with_work=work, terms=Terms(**terms) if work else None, by=by))


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "project.db", NEWS)


def test_an_import_is_recorded_with_who_when_files_and_counts(empty: Store, tmp_path: Path) -> None:
    tally = imported(empty, sample.gold_path())
    [record] = imports(empty)
    assert (record.by, record.files, record.articles) == ("lea", [sample.gold_path().name], tally.new)
    assert (record.annotations, record.undone_at) == (tally.work.total(), None)
    assert not imported(empty, sample.gold_path()).new
    assert len(imports(empty)) == 1, "duplicates bring nothing"
    Tally.of(import_files(empty, [written(tmp_path, {"text": "Only a preview."})], dry_run=True))
    assert len(imports(empty)) == 1, "a preview brings nothing"


def test_undoing_leaves_the_file_as_it_was_before(empty: Store, tmp_path: Path) -> None:
    list(empty.add_articles([article.make("A first text.", title="First"), article.make("A second one.")]))
    empty.sign_in("ana")
    empty.search("ana", "text")
    before = tables(empty)
    imported(empty, sample.gold_path(), annotator=None, names={"gold": "ben"})
    assert empty.search("ana", "minister")["total"]
    assert tables(empty) != before
    # What others derive from an article goes with it.
    connection = empty.connection()
    id = connection.execute("SELECT article FROM import_article LIMIT 1").fetchone()[0]
    connection.execute("INSERT INTO suggested VALUES (?, 'rules', '1', 1, '[]', '')", (id,))
    connection.execute("INSERT INTO fact VALUES (?, 'ben', '', x'00')", (id,))
    undone = undo_import(empty, 1, "lea")
    assert (undone.articles, undone.people, undone.entries_kept) == (8, ["ben"], [])
    assert undone.entries > 0
    assert tables(empty) == before
    assert sound(empty)
    [record] = imports(empty)
    assert (record.undone_by, record.articles) == ("lea", 8)
    assert empty.search("ana", "minister")["total"] == 0
    assert empty.search("ana", "second")["total"] == 1


@settings(max_examples=tries(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(lines(), max_size=2), line=lines())
def test_what_was_undone_can_be_imported_again_with_the_same_result(
    tmp_path_factory: pytest.TempPathFactory, first: list[dict[str, Any]], line: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("again")
    store = Store.create(folder / "project.db", NEWS)
    imported(store, written(folder, *first, name="first.jsonl"), anyway=True)
    path, before, records = written(folder, line), tables(store), len(imports(store))
    one = imported(store, path, anyway=True)
    after = tables(store)
    if len(imports(store)) == records:
        assert after == before
        return
    undo_import(store, imports(store)[0].id, "lea")
    assert tables(store) == before
    assert sound(store)
    two = imported(store, path, anyway=True)
    assert (str(two), two.sentences()) == (str(one), one.sentences())
    assert tables(store) == after
    assert sound(store)


def test_work_on_articles_that_were_there_goes_and_the_articles_stay(empty: Store, tmp_path: Path) -> None:
    imported(empty, sample.articles_path(), work=False)
    empty.sign_in("ana")
    id = empty.next("ana", None)
    assert id
    empty.append("ana", id, "client-a", 0, [op(1, "submit")])
    before = tables(empty)
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    undone = undo_import(empty, 2, "lea")
    assert (undone.articles, undone.annotations) == (0, 8)
    assert tables(empty) == before
    assert sound(empty)


def _led(store: Store, *, each: int = 1) -> None:
    for name in ("ana", "ben", "rita", "lea"):
        store.sign_in(name)
    team = [
        Member("ana", annotates=True),
        Member("ben", annotates=True),
        Member("rita", reviews=True),
        Member("lea", leads=True),
    ]
    with store.writing() as unit:
        unit.team.set_members(team, "lea")
        unit.assignments.carry_out(AssignmentPolicy(each), unit.assignments.propose(AssignmentPolicy(each)), "lea")


def _given(store: Store, article: str, annotator: str) -> None:
    with store.writing() as unit:
        unit.assignments.give([(article, annotator)], (), "lea")


def test_assigned_articles_that_no_one_has_started_go_with_their_assignments(empty: Store) -> None:
    list(empty.add_articles([article.make("One.")]))
    imported(empty, sample.articles_path(), work=False)
    _led(empty, each=2)
    undo_import(empty, 1, "lea")
    assert empty.count() == 1
    assert empty.progress("ana")["total"] == 1
    assert sound(empty)


_BODY = {"kind": "decide", "disagreement": "d1"}


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("open", "started by ana"),
        ("submit", "submitted by ana"),
        ("skip", "skipped by ana"),
        ("edit", "changed by ben"),
        ("review", "reviewed by rita"),
        ("place", "placed in the splits “default”"),
        ("hide", "used as hidden gold"),
        ("more", "work by cleo came with import 2; undo that first"),
    ],
)
def test_an_import_that_people_have_worked_on_is_refused_with_the_articles_and_the_reasons(
    empty: Store, tmp_path: Path, what: str, reason: str
) -> None:
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    _led(empty)
    line = next(empty.annotated())[0]
    match what:
        case "open":
            _given(empty, line.id, "ana")
            empty.append("ana", line.id, "client-a", 0, [add(1, "s1", "quote", (0, 4), text=line.text)])
        case "submit" | "skip":
            _given(empty, line.id, "ana")
            empty.append("ana", line.id, "client-a", 0, [op(1, what, **({"reason": "x"} if what == "skip" else {}))])
        case "edit":
            revision = empty.bundle("ben", line.id)["annotation"]["revision"]
            empty.append("ben", line.id, "client-b", revision, [op(1, "reopen")])
        case "review":
            with empty.writing() as unit:
                unit.decisions.add("rita", line.id, "client-r", 1, _BODY)
        case "place":
            from labeling.services import splits

            splits.splits(empty, splits.DEFAULT, None, place=True, by="lea")
        case "hide":
            with empty.writing() as unit:
                unit.hidden_gold.hide([line.id], "ben", "lea")
        case "more":
            imported(empty, sample.gold_path(), names={"gold": "cleo"})
    before = tables(empty)
    with pytest.raises(UndoRefusedError) as refused:
        undo_import(empty, 1, "lea")
    assert reason in str(refused.value)
    assert f"“{line.title}” (" in str(refused.value)
    assert tables(empty) == before
    if what == "more":
        undo_import(empty, 2, "lea")
        undo_import(empty, 1, "lea")
        assert empty.count() == 0


def test_work_that_a_new_label_set_has_changed_can_still_be_undone(empty: Store, tmp_path: Path) -> None:
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    path = tmp_path / "next.yaml"
    path.write_text(NEWS.source.replace("version: 1", "version: 2", 1), encoding="utf-8")
    empty.migrate(schema.load(path))
    assert sound(empty)
    undo_import(empty, 1, "lea")
    assert empty.count() == 0
    assert sound(empty)


def test_an_entry_that_other_work_uses_stays_and_the_log_still_makes_it(empty: Store) -> None:
    list(empty.add_articles([article.make("“Go,” said Ada.", title="One")]))
    empty.sign_in("ana")
    [(own, _)] = empty.annotated()
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    entry, name = next(iter(empty.registries()["source"].items()))
    at = own.text.index("Ada")
    refused = empty.append(
        "ana", own.id, "client-a", 0, [add(1, "s1", "speaker", (at, at + 3), text=own.text, who=entry)]
    ).refused
    assert refused == []
    undone = undo_import(empty, 1, "lea")
    assert undone.entries_kept == [name]
    assert empty.registries()["source"] == {entry: name}
    assert sound(empty)
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    assert empty.registries()["source"][entry] == name
    undo_import(empty, 2, "lea")
    assert empty.registries()["source"] == {entry: name}
    assert sound(empty)


def test_another_process_forgets_what_it_has_cached_of_an_import_that_was_undone(empty: Store) -> None:
    list(empty.add_articles([article.make("“Go,” said Ada.")]))
    empty.sign_in("ana")
    [(own, _)] = empty.annotated()
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    other = Store.open(empty.path)
    entry = next(iter(other.registries()["source"]))
    with other.reading() as unit:
        assert unit.ops._name("source", entry), "looked up and cached, as a save does"
    undo_import(empty, 1, "lea")
    named = add(1, "s1", "speaker", (0, 4), text=own.text, who=entry)
    assert other.append("ana", own.id, "client-a", 0, [named]).refused
    assert sound(empty)


def test_the_file_refuses_to_delete_what_no_import_that_is_being_undone_has_brought(empty: Store) -> None:
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    undo_import(empty, 1, "lea")
    imported(empty, sample.gold_path(), names={"gold": "ben"})
    for statement in (
        "DELETE FROM op", "DELETE FROM import", "DELETE FROM import_work", "UPDATE import SET by = 'x'",
        "DELETE FROM import_undone", "DELETE FROM import_article",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            empty.connection().execute(statement)
    # Even while the import is being undone, what people have done since stays.
    [id] = {found.id for found, _ in list(empty.annotated())[:1]}
    revision = empty.bundle("ben", id)["annotation"]["revision"]
    empty.append("ben", id, "client-b", revision, [op(1, "reopen")])
    connection = empty.connection()
    connection.execute("BEGIN")
    connection.execute("INSERT INTO undoing VALUES (2)")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM op WHERE client = 'client-b'")
    connection.execute("ROLLBACK")


def test_undoing_is_all_or_nothing(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from labeling.store.imports import Imports

    imported(empty, sample.gold_path(), names={"gold": "ben"})
    before = tables(empty)

    def broken(self: Imports, id: int) -> list[str]:
        raise OSError("the disk is full")

    monkeypatch.setattr(Imports, "_remove_people", broken)
    with pytest.raises(OSError, match="full"):
        undo_import(empty, 1, "lea")
    assert tables(empty) == before
    assert imports(empty)[0].undone_at is None
    assert sound(empty)


def test_what_does_not_exist_or_was_undone_is_not_undone_again(empty: Store) -> None:
    with pytest.raises(NotFoundError, match=r"there is no import 7; list them with: saywhen import --list"):
        require_undoable(empty, 7)
    imported(empty, sample.articles_path(), work=False)
    undo_import(empty, 1, "lea")
    with pytest.raises(NotFoundError, match="import 1 has already been undone, by lea"):
        undo_import(empty, 1, "lea")


def test_the_command_lists_imports_and_undoes_one_after_asking(tmp_path: Path) -> None:
    assert invoke("new", "p.db", folder=tmp_path).exit_code == 0
    assert invoke("import", "--list", "-p", "p.db", folder=tmp_path).output == "No imports.\n"
    path = written(tmp_path, {"text": "One."}, {"text": "Two."})
    assert invoke("import", path, "-p", "p.db", "--by", "lea", folder=tmp_path).exit_code == 0
    listed = invoke("import", "--list", "-p", "p.db", folder=tmp_path).output
    assert listed.startswith("1: ")
    assert listed.endswith("lea: 2 articles from lines.jsonl\n")
    preview = invoke("import", "--undo", 1, "--dry-run", "-p", "p.db", folder=tmp_path)
    assert preview.output.endswith("Preview: the import can be undone. Nothing was saved.\n")
    no = invoke("import", "--undo", 1, "-p", "p.db", folder=tmp_path, stdin=b"n\n")
    assert no.output.endswith("Nothing was changed.\n")
    yes = invoke("import", "--undo", 1, "-p", "p.db", "--by", "lea", folder=tmp_path, stdin=b"y\n")
    assert "Removed: 2 articles, 0 annotations, 0 registry entries." in yes.output
    assert "undone" in invoke("import", "--list", "-p", "p.db", folder=tmp_path).output
    assert invoke("check", "-p", "p.db", folder=tmp_path).exit_code == 0
    again = invoke("import", "--undo", 1, "-y", "-p", "p.db", folder=tmp_path)
    assert (again.exit_code, again.output) == (1, "Error: import 1 has already been undone, by lea\n")
    both = invoke("import", path, "--list", "-p", "p.db", folder=tmp_path)
    assert both.exit_code == 2
    assert "name the files or folders to import, or use --list or --undo alone" in both.output


def test_the_hard_lines_go_without_a_trace(empty: Store, tmp_path: Path) -> None:
    before = tables(empty)
    imported(empty, written(tmp_path, *HARD.values()))
    undo_import(empty, 1, "lea")
    assert tables(empty) == before
    assert sound(empty)
