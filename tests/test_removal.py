"""Removing articles, people and registry entries for good: what goes, what stays, and that nothing is left in the file."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command_line import invoke
from conftest import add, op

from labeling import schema
from labeling.adjudication import steps as acts
from labeling.annotation import article
from labeling.assignment import Member
from labeling.audit import Event
from labeling.errors import AccessError, AssignmentError, NotAllowedError, NotFoundError, RemovedError
from labeling.services.accounts import Administration, SignIn
from labeling.services.dataset_build.build import removed_since
from labeling.services.importing import Tally, import_uploads
from labeling.services.removal import Removal, Remover, allow_again, in_words, removals
from labeling.services.review import Reviewing
from labeling.services.verify_project import verify
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store
from labeling.store.project_file import Swept
from labeling.store.removals import entry_subject

#: Found nowhere else, so that a search of the file's bytes finds only this.
SECRET = "Quokkaville’s mayor Xanthippe Zyzzyva said: “We zigzag on Friday.” " * 3
OTHER = "Another text, said someone. “Not on Friday,” they said."
NAME = "Wilhelmina Quux"
ENTRY = "Yolanda Wysocki the Elder"
CUT = SECRET[:70]


def bytes_of(store: Store) -> bytes:
    """Return what is in a project's files, also in those beside it."""
    return b"".join(path.read_bytes() for path in sorted(store.path.parent.glob(f"{store.path.name}*")))


def rows(store: Store) -> str:
    """Return every value of every table, but for the index of words."""
    connection = store.connection()
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'article_search%'"
    ).fetchall()
    return repr({name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names})


def sound(store: Store) -> bool:
    return not [verdict for verdict in verify(store) if verdict.difference]


def label(store: Store, name: str, id: str, text: str, *, cut: int = 0) -> None:
    """Save and submit work on an article: a quote, without so many letters at its end, its speaker and a comment."""
    speaker = text.split("said")[0].split(":")[0].strip() or "someone"
    quote = "We zigzag on Friday." if "zigzag" in text else "Not on Friday,"
    made = [
        op(1, "register", registry="source", id=f"e-{id}", name=f"{ENTRY} {id[:2]}"),
        add(2, "s1", "speaker", speaker, text=text, who=f"e-{id}"),
        add(3, "q1", "quote", quote[: len(quote) - cut], text=text),
        op(4, "relate", id="r1", type="said_by", from_="q1", to="s1"),
        op(5, "comment", id="c1", span="s1", text=f"Is {speaker} right?"),
        op(6, "submit"),
    ]
    answer = store.append(name, id, f"client-{name[:3]}-{id}".replace(" ", ""), 0, made)
    assert not answer.refused


@pytest.fixture
def project(tmp_path: Path) -> tuple[Store, str, str]:
    """A project with work of two people on two articles, a decision, a story, splits, hidden gold, and caches."""
    store = Store.create(tmp_path / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    found = [article.make(SECRET, title="Zigzagging Quokkaville"), article.make(OTHER, title="Other")]
    assert len([*store.add_articles(found)]) == 2
    one, two = (each.id for each in found)
    for name in (NAME, "ben"):
        store.sign_in(name)
        label(store, name, one, SECRET, cut=1 if name == NAME else 0)
        label(store, name, two, OTHER)
    with store.writing() as unit:
        unit.team.set_members([Member("ben", leads=True), Member(NAME, annotates=True)], NAME)
        unit.stories.add("add", {"stories": {"t1": [one], "t2": [two]}}, NAME)
        unit.stories.add("name", {"story": "t1", "name": "Zigzagging in Quokkaville"}, NAME)
        unit.suggestions.add_ranker(1, {"weights": 1}, {"articles": 2}, NAME, used=True)
        unit.returns.add(one, NAME, "Look again at Xanthippe.", "ben")
    store.search("ben", "zigzag")
    return store, one, two


def test_nothing_of_a_removed_article_is_left_in_any_table_or_in_the_bytes_of_the_files(
    project: tuple[Store, str, str],
) -> None:
    store, one, two = project
    assert b"Xanthippe" in bytes_of(store)
    assert b"quokkaville" in bytes_of(store), "the index of words"
    kept = store.log("ben", two)
    done = Remover(store, store.path.parent / "exports").articles([one], reason="takedown", by="ben")
    assert (done.went.articles, done.went.annotations, done.went.rankers) == (1, 2, [1])
    found = bytes_of(store)
    for words in (
        ENTRY.encode() + one[:2].encode(),
        b"Xanthippe",
        b"Quokkaville",
        b"quokkaville",
        b"zigzag",
        CUT.encode(),
    ):
        assert words not in found, words
    assert rows(store).count(one) == 2, "the tombstone and the line of the audit log"
    [stone] = removals(store)
    assert (stone.kind, stone.subject, stone.reason, stone.by) == ("article", one, "takedown", "ben")
    assert sound(store)
    with store.reading() as unit:
        assert (unit.suggestions.in_use(), unit.suggestions.next_version()) == (None, 2)
    assert store.log("ben", two) == kept
    assert store.search("ben", "friday")["total"] == 1, "the index is filled again"


def test_a_preview_says_what_would_go_and_removes_nothing(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    before = rows(store)
    remover = Remover(store, store.path.parent / "exports")
    would = remover.articles([one], reason="takedown", by="ben", dry_run=True)
    assert "Would be removed: 1 article, 2 annotations, 4 spans, 2 comments" in in_words(would, done=False)[0]
    assert rows(store) == before
    did = remover.articles([one], reason="takedown", by="ben")
    assert did.went == would.went


def test_a_removed_article_is_refused_at_import_until_it_is_allowed_again(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    remover = Remover(store, store.path.parent / "exports")
    remover.articles([one], reason="takedown", by="ben")

    def imported() -> Tally:
        from io import BytesIO

        return Tally.of(import_uploads(store, [("a.txt", BytesIO(SECRET.encode()))], kind="txt"))

    again = imported()
    assert (again.new, len(again.faults)) == (0, 1)
    assert "saywhen remove allow 1" in again.faults[0].reason
    assert CUT.encode() not in bytes_of(store)
    with pytest.raises(NotFoundError, match="no removal 7"):
        allow_again(store, 7, "ben")
    assert allow_again(store, 1, "ben").subject == one
    assert imported().new == 1
    assert sound(store)


def test_what_arrives_later_for_a_removed_article_is_refused_with_one_clear_message(
    project: tuple[Store, str, str],
) -> None:
    store, one, _ = project
    Remover(store, store.path.parent / "exports").articles([one], reason="takedown", by="ben")
    late = [op(1, "skip", reason="later")]
    for ask in (
        lambda: store.append("ben", one, "client-late", 0, late),
        lambda: store.append("ben", one, "client-late", 0, []),
        lambda: store.log("ben", one),
        lambda: Reviewing(store).article(one),
    ):
        with pytest.raises(RemovedError, match="this article was removed from the project on 20"):
            ask()


def test_decisions_on_a_removed_article_count_for_nothing_and_keep_their_numbers(
    project: tuple[Store, str, str],
) -> None:
    store, one, two = project
    reviewing = Reviewing(store)
    questions = {each.disagreement.id: id for id in (one, two) for each in _standing(reviewing, id)}
    made = [
        acts.load({"kind": "decide", "number": number, "article": id, "disagreement": question, "take": "none"})
        for number, (question, id) in enumerate(questions.items(), 1)
    ]
    assert questions
    assert set(questions.values()) == {one}
    assert not reviewing.append("ben", "client-review", made).refused
    assert reviewing.reviewed().decisions[one]
    newest = reviewing.log()[-1].revision
    done = Remover(store, store.path.parent / "exports").articles([one], reason="takedown", by="ben")
    assert done.went.decisions == len(made)
    assert one not in reviewing.reviewed().decisions, "a server that has read the steps before"
    with store.reading() as unit:
        assert unit.decisions.newest() == newest
        assert unit.decisions.of_client("client-review") == ("ben", len(made))


def _standing(reviewing: Reviewing, id: str) -> Any:
    from labeling.adjudication import Policy, gold

    found = gold(reviewing.work(id).annotations, schema.load(schema.SCHEMAS / "news.yaml"), Policy())
    return found.standing if found else ()


def test_the_record_of_jobs_names_nothing_that_was_removed(project: tuple[Store, str, str]) -> None:
    store, id, _ = project
    with store.writing() as unit:
        title = unit.articles.get(id).title
        reports = {
            "Import of ana.jsonl": [
                f"a.csv and b.csv have the same name (“{title}”)",
                "Work on articles: 1 by ana (1)",
            ],
            "Import of 2 files": [f"Work on articles: 1 by {NAME} (1)"],
            "Import of other.csv": [f"3 imported. {id} is a duplicate."],
            "Export of articles": ["2 articles."],
        }
        for what, said in reports.items():
            unit.jobs.end(unit.jobs.begin("import", what, "lea").id, "done", said)
    Remover(store, store.path.parent / "exports").articles([id], reason="takedown", by="lea")
    assert jobs(store) == [
        ("Import", []),
        ("Import of 2 files", reports["Import of 2 files"]),
        ("Import", []),
        ("Export of articles", ["2 articles."]),
    ]
    Remover(store, store.path.parent / "exports").person(NAME, reason="asked", by="ben")
    assert [said for _, said in jobs(store)] == [[], [], [], ["2 articles."]]


def jobs(store: Store) -> list[tuple[str, list[str]]]:
    with store.reading() as unit:
        return [(each.title, each.report) for each in reversed(unit.jobs.all(9))]


@pytest.mark.parametrize("with_work", [False, True])
def test_a_removed_person_has_no_name_anywhere_and_their_work_stays_unless_it_is_to_go(
    project: tuple[Store, str, str], *, with_work: bool
) -> None:
    store, _, two = project
    ours, theirs = store.log("ben", two), store.log(NAME, two)
    remover = Remover(store, store.path.parent / "exports")
    done = remover.person(NAME, reason="erasure request", by="ben", with_work=with_work)
    assert NAME not in rows(store)
    assert NAME.encode() not in bytes_of(store)
    assert store.log("ben", two) == ours
    if with_work:
        assert done.went.annotations == 2
        assert store.annotators() == ["ben"]
    else:
        assert done.went.kept_annotations == 2
        assert store.annotators() == ["ben", "removed person 1"]
        assert store.log("removed person 1", two) == theirs
    assert sound(store)
    with pytest.raises(AccessError, match="someone who was removed"):
        store.sign_in("removed person 1")
    with pytest.raises(NotFoundError):
        remover.person(NAME, reason="again", by="ben")
    [stone] = removals(store)
    assert (stone.kind, stone.subject) == ("person", "removed person 1")
    with pytest.raises(AssignmentError, match="the only lead"):
        remover.person("ben", reason="leaves", by="ben")


def test_a_removed_entry_keeps_its_references_but_has_no_name_and_isnt_made_again(
    project: tuple[Store, str, str],
) -> None:
    store, _, two = project
    name = f"{ENTRY} {two[:2]}"
    assert name.encode() in bytes_of(store)
    done = Remover(store, store.path.parent / "exports").entry("source", name, reason="erasure request", by="ben")
    assert done.went.uses == 2
    assert name not in rows(store)
    assert name.encode() not in bytes_of(store)
    assert sound(store)
    assert store.registries()["source"]["removed-1"] == "removed entry 1"
    again = op(7, "register", registry="source", id=f"e-{two}", name=name)
    answer = store.append("ben", two, f"client-ben-{two}", 0, [again])
    assert "was removed on" in answer.refused[0]["reason"]
    assert name.encode() not in bytes_of(store), "nor is the refused op kept with the name"
    allow_again(store, 1, "ben")
    with store.reading() as unit:
        assert not unit.removals.standing("entry", [entry_subject("source", f"e-{two}")])


def test_exports_and_backups_that_hold_it_are_named_and_exports_are_deleted_if_asked(
    project: tuple[Store, str, str],
) -> None:
    store, one, two = project
    exports, backups = store.path.parent / "exports", store.path.parent / "backups"
    (exports / "set" / "data").mkdir(parents=True)
    backups.mkdir()
    (exports / "old.jsonl").write_text(f'{{"id":"{one}"}}')
    (exports / "other.jsonl").write_text(f'{{"id":"{two}"}}')
    (exports / "set" / "data" / "all.jsonl").write_text("x" * 5_000_000 + one)
    (backups / "project-20260101T000000Z.db").touch()
    remover = Remover(store, exports)
    would = remover.articles([one], reason="takedown", by="ben", dry_run=True)
    assert [path.name for path in would.exports] == ["old.jsonl", "set"]
    assert [path.name for path in would.backups] == ["project-20260101T000000Z.db"]
    remover.articles([one], reason="takedown", by="ben", delete_exports=True)
    assert [path.name for path in exports.iterdir()] == ["other.jsonl"]


def test_what_was_removed_since_the_last_dataset_is_counted_for_the_next_one(project: tuple[Store, str, str]) -> None:
    store, one, two = project
    remover = Remover(store, store.path.parent / "exports")
    remover.articles([one], reason="takedown", by="ben")
    assert removed_since(store) is None, "no dataset can contain it"
    with store.writing() as unit:
        unit.audit.add(Event.BUILT_DATASET, about="first")
    assert removed_since(store) is None
    remover.articles([two], reason="takedown", by="ben")
    remover.person(NAME, reason="erasure request", by="ben")
    found = removed_since(store)
    assert found == {"since": removals(store)[0].at[:10], "article": 1, "person": 1}


def test_a_removal_that_is_killed_has_removed_nothing(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    before = rows(store)

    store.close()
    if not (child := os.fork()):
        with Store.open(store.path).writing() as unit:
            unit.removals.remove_articles([one], "takedown", "ben")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert rows(Store.open(store.path)) == before


def test_a_file_from_before_is_rewritten_at_its_first_removal(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    with sqlite3.connect(store.path) as earlier:
        earlier.execute("PRAGMA secure_delete = OFF")
        earlier.execute("CREATE TABLE draft (text)")
        earlier.execute("INSERT INTO draft VALUES (?)", (SECRET * 100,))
        earlier.execute("DROP TABLE draft")
        earlier.execute("INSERT INTO project VALUES ('unswept', 'true')")
    earlier.close()
    served = Store.open(store.path)
    assert served.count() == 2
    done = Remover(store, store.path.parent / "exports").articles([one], reason="takedown", by="ben")
    assert not done.remarks
    assert CUT.encode() not in bytes_of(store)
    assert served.count() == 1, "a server that has the file open goes on"
    served.sign_in("cleo")
    assert store.sweep(2**62) == Swept(True, True)


def test_the_file_lets_no_log_go_but_in_a_removal(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    for log in ("op", "story_change", "returned"):
        for change in (f"DELETE FROM {log}", f"UPDATE {log} SET at = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                store.connection().execute(change)
    Remover(store, store.path.parent / "exports").articles([one], reason="takedown", by="ben")
    for change in ("DELETE FROM removal", "UPDATE removal SET reason = ''", "DELETE FROM op"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection().execute(change)


def test_removing_a_person_ends_their_account_and_leaves_no_name_in_the_accounts_file(
    project: tuple[Store, str, str], tmp_path: Path
) -> None:
    store, _, two = project
    accounts = AccountStore.open(tmp_path / "accounts.db", create=True)
    managing = Administration(accounts, store)
    account, link = managing.add(NAME, "quux@example.org", claim=NAME)
    managing.add("Ben", "ben@example.org", claim="ben", leads=True)
    door = SignIn(accounts, store.id)
    secret = door.with_link(link, "correct horse battery staple", address="192.0.2.77", agent="test")
    remover = Remover(store, tmp_path / "exports", accounts)
    with pytest.raises(AssignmentError, match="the only lead"):
        remover.person("ben", reason="leaves", by="ben")
    assert {who.name for who, _ in managing.people()} == {"Ben", NAME}, "what is refused changes no account"
    managing.set_administrator(account.id, True)
    for dry_run in (True, False):
        with pytest.raises(NotAllowedError, match="only administrators can remove an administrator"):
            Remover(store, tmp_path / "exports", accounts, administrators=False).person(
                NAME, reason="x", by="ben", dry_run=dry_run
            )
    done = remover.person(NAME, reason="erasure request", by="ben")
    assert "Their account was erased" in " ".join(done.remarks)
    assert door.of_session(secret) is None
    dump = repr([*sqlite3.connect(accounts.path).iterdump()])
    for words in (NAME, "quux@example.org", "192.0.2.77"):
        assert words not in dump
    assert [who.name for who, _ in managing.people()] == ["Ben"]
    assert account.id not in {who.id for who, _ in managing.people()}
    assert store.log("removed person 1", two)


@pytest.mark.parametrize(
    ("killed_in", "before"), [("_leave", True), ("_leave", False), ("_finish", True), ("_finish", False)]
)
def test_the_removal_of_a_person_that_is_killed_between_the_files_is_finished_by_doing_it_again(
    project: tuple[Store, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str, before: bool
) -> None:
    store, _, two = project
    accounts = AccountStore.open(tmp_path / "accounts.db", create=True)
    managing = Administration(accounts, store)
    managing.add("Ben", "ben@example.org", claim="ben", leads=True)
    managing.add(NAME, "quux@example.org", claim=NAME)
    store.close()

    def remove() -> Removal:
        opened = AccountStore.open(tmp_path / "accounts.db")
        return Remover(Store.open(store.path), tmp_path / "exports", opened).person(NAME, reason="erasure", by="ben")

    step = getattr(Remover, killed_in)

    def killed(*given: Any, **options: Any) -> None:
        if not before:
            step(*given, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    if not (child := os.fork()):
        monkeypatch.setattr(Remover, killed_in, killed)
        remove()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert sound(Store.open(store.path))
    if killed_in == "_leave":
        assert remove().went.pseudonym == "removed person 1"
    else:
        with pytest.raises(NotFoundError):
            remove()
    assert [who.name for who, _ in managing.people()] == ["Ben"]
    again = Store.open(store.path)
    assert again.log("removed person 1", two) and sound(again)
    everything = bytes_of(store) + b"".join(path.read_bytes() for path in tmp_path.glob("accounts.db*"))
    assert NAME.encode() not in everything and b"quux@example.org" not in everything


@pytest.mark.parametrize("again", ["the same removal", "its preview", "sweep"])
@pytest.mark.parametrize("kind", ["article", "person", "entry"])
def test_a_removal_that_is_killed_before_it_deletes_the_exports_is_finished_later(
    project: tuple[Store, str, str], monkeypatch: pytest.MonkeyPatch, kind: str, again: str
) -> None:
    store, one, _ = project
    exports = store.path.parent / "exports"
    exports.mkdir()
    name = f"{ENTRY} {one[:2]}"
    for words in (one, NAME, name):
        (exports / f"of-{words[:4]}.jsonl").write_text(words)
    remover = Remover(store, exports)

    def remove(**options: Any) -> None:
        given: dict[str, Any] = {"reason": "asked", "by": "ben", "delete_exports": True, **options}
        match kind:
            case "article":
                remover.articles([one], **given)
            case "person":
                remover.person(NAME, **given)
            case _:
                remover.entry("source", name, **given)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Remover, "_finish", lambda *given, **options: _interrupted())
        remove()
    assert len([*exports.iterdir()]) == 3
    if again == "sweep":
        assert invoke("remove", "sweep", "-p", store.path).exit_code == 0
    else:
        with pytest.raises(NotFoundError):
            remove(dry_run=again == "its preview")
    assert len([*exports.iterdir()]) == (3 if again == "its preview" else 2)
    with store.reading() as unit:
        assert len(unit.removals.exports_left()) == (again == "its preview")


def test_exports_to_delete_are_told_from_later_ones_and_none_keeps_the_others_from_being_deleted(
    project: tuple[Store, str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store, one, _ = project
    exports, elsewhere = store.path.parent / "exports", tmp_path / "elsewhere"
    exports.mkdir()
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text(one)
    (exports / "link").symlink_to(elsewhere)
    for name in ("a", "b", "c", "d"):
        (exports / f"{name}.jsonl").write_text(one)
    (exports / "dataset").mkdir()
    (exports / "dataset" / "all.jsonl").write_text(one)
    remover = Remover(store, exports)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Remover, "_finish", lambda *given, **options: _interrupted())
        remover.articles([one], reason="asked", by="ben", delete_exports=True)
    (exports / "a.jsonl").unlink()
    (exports / "b.jsonl").unlink()
    (exports / "b.jsonl").write_text("a later export")
    refused = exports / "d.jsonl"
    unlink = Path.unlink

    def denied(path: Path, missing_ok: bool = False) -> None:
        if path == refused:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", denied)
        assert remover.sweep() == [f"{refused} couldn't be deleted (Permission denied); delete it yourself."]
    assert sorted(path.name for path in exports.iterdir()) == ["b.jsonl", "d.jsonl"]
    assert (elsewhere / "kept.txt").exists()
    assert remover.sweep() == []
    assert [path.name for path in exports.iterdir()] == ["b.jsonl"]


def test_an_entry_is_found_in_work_whose_words_have_straight_quotation_marks(
    tmp_path: Path, news: schema.Schema
) -> None:
    store = Store.create(tmp_path / "project.db", news)
    text = 'Dwayne "The Rock" said: "We go on Friday." Then he left.'
    said, other = article.make(text), article.make("Johnson wrote other text.")
    list(store.add_articles([said, other]))
    for name in ("ana", "ben"):
        store.sign_in(name)
    store.append("ana", other.id, "client-0", 0, [
        op(1, "register", registry="source", id="e-1", name="Dwayne Quux"),
        add(2, "s1", "speaker", "Johnson", text=other.text, who="e-1"),
    ])  # fmt: skip
    store.append("ben", said.id, "client-1", 0, [add(1, "s1", "speaker", 'Dwayne "The Rock"', text=text, who="e-1")])
    remover = Remover(store, tmp_path / "exports")
    assert remover.articles([other.id], reason="asked", by="ben", dry_run=True).went.entries == 0
    assert remover.entry("source", "e-1", reason="asked", by="ben").went.uses == 2
    assert sound(Store.open(store.path))
    assert b'"e-1"' not in bytes_of(store) and b"Dwayne Quux" not in bytes_of(store)


def _interrupted() -> None:
    raise KeyboardInterrupt


def test_the_command_shows_what_would_go_asks_and_lists_what_was_removed(project: tuple[Store, str, str]) -> None:
    store, one, _ = project
    folder, file = store.path.parent, store.path.name
    asked = invoke(
        "remove", "article", one, "-p", file, "--reason", "takedown", "--by", "ben", folder=folder, stdin=b"n\n"
    )
    assert asked.exit_code == 1
    assert "Would be removed: 1 article" in asked.output
    assert not removals(store)
    shown = invoke("remove", "article", one, "-p", file, "--reason", "takedown", "--dry-run", folder=folder)
    assert shown.exit_code == 0
    assert not removals(store)
    done = invoke("remove", "article", one, "-p", file, "--reason", "takedown", "--by", "ben", "--yes", folder=folder)
    assert "Removed: 1 article" in done.output
    listed = invoke("remove", "list", "-p", file, folder=folder).output.strip().split("\t")
    assert listed[2:] == ["article", one, "ben", "takedown"]
    assert invoke("remove", "allow", "1", "-p", file, folder=folder).exit_code == 0
    gone = invoke("remove", "article", one, "-p", file, "--reason", "x", "--yes", folder=folder)
    assert "there is no article" in gone.output
