"""The command line on real files; from files to a dataset as a person runs it, each command in a process of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import forked
import orjson
import pytest
from click.testing import CliRunner, Result
from command_line import invoke

from labeling import schema
from labeling.commands.main import main
from labeling.store.project import Store
from labeling.web import server

ROOT = Path(__file__).parent.parent


class Folder:
    """A folder in which commands run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *words: str, code: int = 0, stdin: bytes = b"") -> Result:
        """Run a command within this process."""
        done = invoke(*words, folder=self.path, stdin=stdin)
        assert done.exit_code == code, done.output
        return done


class Shell(Folder):
    """A folder in which each command runs in a process of its own, as a person runs it."""

    def run(self, *words: str, code: int = 0, stdin: bytes = b"") -> Result:
        """Run a command in a process of its own."""
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        done = forked.run(*words, folder=self.path, stdin=stdin, env=environment)
        assert done.returncode == code, done.stderr.decode() + done.stdout.decode()
        assert b"Traceback" not in done.stderr
        return Result(
            CliRunner(), done.stdout, done.stderr, done.stdout + done.stderr, None, done.returncode, exception=None
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with a project."""
    folder = Folder(tmp_path)
    folder.run("new")
    return folder


@pytest.mark.slow
def test_from_files_to_dataset_by_command_alone(tmp_path: Path) -> None:
    folder = Shell(tmp_path)
    folder.run("new")
    (folder.path / "news").mkdir()
    (folder.path / "news" / "one.txt").write_text("😀 “Yes,” she said.", encoding="utf-8")
    (folder.path / "rows.jsonl").write_text(
        '{"text": "Two."}\n{"text": ""}\n{"text": "😀 “Yes,” she said."}\n', encoding="utf-8"
    )
    done = folder.run("import", "news", "rows.jsonl", code=1)
    assert "2 imported, 1 duplicate, 1 not imported" in done.stdout
    assert "rows.jsonl:2: the text is empty" in done.stderr
    assert "duplicate: rows.jsonl:3" in done.stderr
    path = folder.path / folder.run("export").stdout.strip()
    one = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    ops = [
        {"kind": "add", "id": "q1", "label": "quote", "fragments": [{"start": 2, "end": 8, "quote": "“Yes,”"}]},
        {"kind": "submit"},
    ]
    saved = folder.run("save", one["id"], "--as", "ana", stdin=b"\n".join(map(orjson.dumps, ops)))
    assert "2 saved, 0 refused, revision 2" in saved.stdout
    assert [json.loads(line)["kind"] for line in folder.run("ops", one["id"], "--as", "ana").stdout.splitlines()] == [
        "add",
        "submit",
    ]
    path.unlink()
    records = folder.path / folder.run("export", "--shape", "records", "--to", "out").stdout.strip()
    assert json.loads(records.read_text(encoding="utf-8"))["record"]["text"] == "“Yes,”"
    assert "1 annotation replayed, 0 differ" in folder.run("check").stdout


def test_articles_are_found_by_words_and_filters(folder: Folder) -> None:
    folder.run("new", "p.db", "--sample")
    in_p = ("--project", "p.db", "--as", "ana")
    folder.run("token", *in_p)
    done = folder.run("find", "skerrow", "bri", *in_p, "--limit", "1")
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stdout.split("\t")) == 6
    assert int(done.stderr.split()[0]) > 1
    assert folder.run("find", *in_p, "--status", "submitted").stdout == ""
    assert "there is no flag “later”" in folder.run("find", *in_p, "--flag", "later", code=1).stderr


def test_a_dry_run_tells_and_writes_nothing(folder: Folder) -> None:
    (folder.path / "one.txt").write_text("One.")
    assert "Preview: 1 imported" in folder.run("import", "--dry-run", "one.txt").stdout
    assert "Preview: 1 imported" in folder.run("import", "--dry-run", "one.txt").stdout


def test_ops_of_which_one_cannot_be_read_are_not_saved_at_all(folder: Folder) -> None:
    (folder.path / "one.txt").write_text("One.")
    folder.run("import", "one.txt")
    article = json.loads((folder.path / folder.run("export").stdout.strip()).read_text())["id"]
    for stdin, reason in (
        (b'{"kind": "submit"}\n{"kind": "sub', "line 2: not a JSON object"),
        (b'{"kind": "submit"}\n[]', "line 2: "),
        (b'{"kind": "submit"}\n{"kind": "remove"}', "line 2: remove.id: Field required; nothing was saved"),
    ):
        assert reason in folder.run("save", article, "--as", "ana", stdin=stdin, code=1).stderr
    assert folder.run("ops", article, "--as", "ana").stdout == ""
    assert "there is no article nowhere" in folder.run("ops", "nowhere", "--as", "ana", code=1).stderr


def test_a_label_set_is_checked_and_every_error_reported(folder: Folder) -> None:
    text = (schema.SCHEMAS / "news.yaml").read_text(encoding="utf-8")
    (folder.path / "own.yaml").write_text(
        text.replace("hotkey: q", "hotkey: Q").replace("line: dotted", "line: zigzag"), encoding="utf-8"
    )
    done = folder.run("schema", "own.yaml", code=1)
    assert done.stderr.count("own.yaml:") == 2
    assert "valid" in folder.run("schema", str(schema.SCHEMAS / "polnear.yaml")).stdout
    (folder.path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    assert "latin.yaml: is not UTF-8 (byte 9)" in folder.run("schema", "latin.yaml", code=1).stderr
    (folder.path / "alike.yaml").write_text(text.replace("line: dotted", "line: solid"), encoding="utf-8")
    told = folder.run("schema", "alike.yaml").stdout
    assert "alike.yaml: quote, cue have the same line (solid), so they look alike without color" in told


def test_a_project_can_be_made_with_another_label_set_and_the_sample(folder: Folder) -> None:
    done = folder.run("new", "p.db", "--schema", str(schema.SCHEMAS / "polnear.yaml"), "--sample")
    assert "label set “polnear” version 1, 8 articles" in done.stdout
    assert "already exists" in folder.run("new", "p.db", code=1).stderr


def test_a_label_set_that_comes_along_is_found_by_its_name_and_a_file_by_its_path(folder: Folder) -> None:
    assert {name: schema.load(path).name for name, path in schema.packaged().items()} == {
        "news": "news",
        "polnear": "polnear",
    }
    assert "label set “polnear” version 1" in folder.run("new", "one.db", "--schema", "polnear").stdout
    text = (schema.SCHEMAS / "polnear.yaml").read_text(encoding="utf-8").replace("name: polnear", "name: own")
    for path in ("own.yaml", "news"):
        (folder.path / path).write_text(text, encoding="utf-8")
        assert "label set “own”" in folder.run("new", f"{path}.db", "--schema", path).stdout
    assert "valid" in folder.run("schema", "polnear").stdout


def test_a_label_set_that_is_not_there_is_refused_with_the_names_of_those_that_are(folder: Folder) -> None:
    done = folder.run("new", "one.db", "--schema", "polnaer", code=1)
    assert "there is no label set “polnaer” (did you mean “polnear”?); SayWhen has news and polnear" in done.stderr
    assert "own.yaml: can't be read" in folder.run("new", "one.db", "--schema", "own.yaml", code=1).stderr
    assert not (folder.path / "one.db").exists()


def test_a_date_is_read_on_the_command_line(folder: Folder) -> None:
    assert (
        folder.run("date", "Thursday or Friday", "--against", "2019-01-15").stdout.count("[2019-01-17,2019-01-18]\t")
        == 1
    )
    assert "2018-13" in folder.run("date", "2018-13", "--against", "2019-01-15", code=1).stderr


def test_the_sentence_before_a_date_ranks_its_readings_on_the_command_line(folder: Folder) -> None:
    for before, first in (("Exports fell in", "2023-12"), ("Exports will rise in", "2024-12")):
        answer = folder.run("date", "December", "--against", "2024-03-12", "--before", before).stdout
        assert answer.startswith(f"{first}\t")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_serving_anywhere_but_on_loopback_is_refused_before_anything_happens(folder: Folder, host: str) -> None:
    done = folder.run("serve", "--host", host, "--project", "other.db", code=1)
    assert "can't listen on" in done.stderr
    assert "docs/deployment.md" in done.stderr
    assert not (folder.path / "other.db").exists()


def test_a_missing_project_says_how_to_make_one(folder: Folder) -> None:
    assert "create one with: saywhen new" in folder.run("export", "--project", "gone.db", code=1).stderr


# --- a project file that cannot be had ----------------------------------------------------------------------------


@pytest.fixture
def one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command on the project, which must end in one line on stderr, and returns that line.

    It waits for another writer but a moment; `pragma` is set on its connection.
    """

    def run(*words: str, pragma: str = "foreign_keys = ON") -> str:
        def opened() -> Store:
            opened = Store.open(store.path, patience=0.05)
            opened.connection().execute(f"PRAGMA {pragma}")
            return opened

        monkeypatch.setattr(server, "open_store", opened)
        done = CliRunner().invoke(main, [*words, "--project", str(store.path)])
        assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.exception
        [line] = done.stderr.splitlines()
        return line

    return run


@pytest.fixture
def commands(store: Store, tmp_path: Path) -> dict[str, list[str]]:
    """Commands that write to the project, each complete, and two of them with more than a page of the file takes."""
    (tmp_path / "one.txt").write_text("One. " * 10_000)
    skip = json.dumps({"kind": "skip", "reason": "x" * 490})
    (tmp_path / "ops.jsonl").write_text("\n".join([skip] * 100))
    return {
        "import": ["import", str(tmp_path / "one.txt")],
        "save": ["save", str(store.next("ana", None)), str(tmp_path / "ops.jsonl"), "--as", "ana"],
        "token": ["token", "--as", "zoe"],
        "check": ["check", "--mend"],
    }


@pytest.mark.parametrize("name", ["import", "save", "token", "check"])
def test_a_project_that_another_program_writes_is_reported_in_one_line(
    store: Store, commands: dict[str, list[str]], one_line: Callable[..., str], name: str
) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert one_line(*commands[name]) == (
        "Error: can't read or write the project file (database is locked); "
        "another program is writing to it; try again when it has finished"
    )
    other.close()


@pytest.mark.parametrize("words", [["export"], ["ops", "x", "--as", "ana"], ["check"]])
def test_a_project_that_another_program_holds_whole_is_reported_in_one_line(
    store: Store, one_line: Callable[..., str], words: list[str]
) -> None:
    store.connection().close()
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    line = one_line(*words)
    assert "(database is locked); check its permissions, or try again later" in line
    other.close()


@pytest.mark.parametrize(
    ("name", "pragma", "fault"),
    [
        ("import", "max_page_count = 1", "(database or disk is full); free some space on its disk and try again"),
        ("save", "max_page_count = 1", "(database or disk is full); free some space on its disk and try again"),
        (
            "import",
            "query_only = ON",
            "(attempt to write a readonly database); give yourself permission to write the file",
        ),
        (
            "save",
            "query_only = ON",
            "(attempt to write a readonly database); give yourself permission to write the file",
        ),
        (
            "token",
            "query_only = ON",
            "(attempt to write a readonly database); give yourself permission to write the file",
        ),
    ],
)
def test_a_full_disk_and_a_file_that_cannot_be_written_are_reported_in_one_line(
    commands: dict[str, list[str]], one_line: Callable[..., str], name: str, pragma: str, fault: str
) -> None:
    assert f"can't read or write the project file {fault}" in one_line(*commands[name], pragma=pragma)


def test_a_key_that_cannot_be_had_is_reported_in_one_line(store: Store, one_line: Callable[..., str]) -> None:
    server.forget()
    store.path.with_name(f".{store.path.name}.key").mkdir()
    line = one_line("token", "--as", "ana")
    assert "can't read or create" in line
    assert line.endswith("check your permissions for it and its folder")


def test_an_export_to_a_jsonl_file_makes_that_file(folder: Folder) -> None:
    folder.run("new", "p.db", "--sample")
    made = folder.run("export", "--project", "p.db", "--to", "out/all.jsonl")
    assert made.stdout.strip() == "out/all.jsonl"
    assert [each.name for each in (folder.path / "out").iterdir()] == ["all.jsonl"]
