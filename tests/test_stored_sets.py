"""Label sets in a project file: what was sound when it was added always opens, whatever is asked of new ones since."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from conftest import TEXT, add

from labeling import schema
from labeling.annotation import article
from labeling.commands.main import main
from labeling.errors import SchemaError
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.web import location, server

SOUND = """\
name: small
version: 1
labels:
  quote:
    hotkey: q
    colour: "#336699"
    attributes:
      tone: {type: choice, options: [kind, cold]}
      said: {type: date, fills: {timex_type: kind_of}}
      kind_of: {type: choice, options: [DATE, TIME]}
  speaker: {hotkey: s, colour: "#339966", title: Speaker}
relations:
  said_by: {from: quote, to: speaker, hotkey: l}
"""

#: What was taken in once, or will have been when the next command comes: (in the sound one, in the stored one, what is reported).
EARLIER = [
    ("hotkey: q", "hotkey: z", "the command jump (jump to a visible word: its first letter, then the letter shown on it) has no key, because the label set uses z for something else"),
    ("hotkey: l", "hotkey: n", "the command next-candidate (select the next unmarked quote or date) has no key"),
    ("labels:", "keys: {skip: z}\nlabels:", "the command jump"),
    ("labels:", "keys: {skip: Shift+Z}\nlabels:", "the command jump"),
    ("labels:", "keys: {fly: b}\nlabels:", "key “b” is for “fly”, which is no longer a command"),
    ("labels:", "keys: {next: Ctrl+T}\nlabels:", "key of the command next: “Ctrl+T” belongs to the browser; choose another key"),
    ("labels:", "keys: {next: Esc}\nlabels:", "key of the command next: “Esc” is for leaving fields and lists"),
    ("labels:", "keys: {next: r2}\nlabels:", "key of the command next: “r2” is not a key"),
    ("type: choice, options: [DATE, TIME]", "type: text", "“kind_of” of “quote” is not a choice, so “said” does not fill it in"),
    ("[kind, cold]", "[kind, {key: kind, title: Kind}, cold]", None),
    ("tone:", "said_by:", None),
    ("title: Speaker", 'title: "Spea\\0ker \\ud83d"', None),
    ("name: small", 'name: "small\\n"', None),
    ("hotkey: q", 'hotkey: "q\\n"', None),
    ("version: 1", "version: 1.0", None),
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an article and the sound label set."""
    path = tmp_path / "project.db"
    list(Store.create(path, schema.parse(SOUND)).add_articles([article.make(TEXT)]))
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(path))
    server.forget()
    return path


def put(path: Path, text: str) -> None:
    """Write a label set into a project file by hand."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE label_set SET yaml = ?", (text,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(("old", "new", "told"), EARLIER)
def test_what_a_later_rule_forbids_does_not_keep_a_project_from_being_worked_in(
    project: Path, old: str, new: str, told: str | None
) -> None:
    assert old in SOUND
    earlier = SOUND.replace(old, new, 1)
    with pytest.raises(SchemaError):
        schema.parse(earlier)  # from a person it is not taken
    put(project, earlier)
    store = Store.open(project)
    found = store.schema
    assert [each[: len(told or "")] for each in found.aside] == ([told] if told else [])
    orjson.dumps(found.as_json())
    name = store.sign_in("ana")
    [place] = [id for (id,) in store.connection().execute("SELECT id FROM article")]
    saved = store.append(name, place, "client-1", 0, [add(1, "q1", "quote", "Zoé"), add(2, "s1", "speaker", "said")])
    assert not saved.refused
    assert [each.difference for each in verify(store)] == [None]
    # The way out is a new version, which is held to all rules.
    later = SOUND.replace("version: 1", "version: 2").replace("kind_of", "kind")
    gone = "quote.kind_of: null" + ", quote.said_by: tone" * (old == "tone:")
    store.migrate(schema.parse(f"{later}changes: {{from: 1, attributes: {{{gone}}}}}\n"))
    assert (store.schema.version, store.schema.aside) == (2, ())
    assert [each.difference for each in verify(store)] == [None]


def test_the_labels_of_a_stored_set_keep_their_keys_and_a_command_that_came_later_goes_without() -> None:
    found = schema.stored(SOUND.replace("hotkey: q", "hotkey: z").replace("hotkey: l", "hotkey: n"))
    assert found.labels["quote"].hotkey == "z"
    keys = {each["command"]: each["keys"] for each in found.as_json()["commands"]}
    assert (keys["jump"], keys["next-candidate"], keys["previous-candidate"]) == ([], [], ["Shift+n"])
    assert keys["undo"] == ["Ctrl+z"]


def test_of_a_sound_label_set_nothing_is_set_aside_and_it_reads_the_same_stored() -> None:
    for path in sorted(schema.SCHEMAS.glob("*.yaml")):
        assert schema.stored(schema.read(path)) == schema.load(path)


def test_a_version_may_be_a_day_written_as_a_number(project: Path) -> None:
    dated = SOUND.replace("version: 1", "version: 20261122")
    Store.open(project).migrate(schema.parse(dated + "changes: {from: 1}\n"))
    assert Store.open(project).schema.version == 20261122


@pytest.mark.parametrize("text", ["[]", "name: small\nversion: 1\n", "name: [", SOUND.replace("q\n", "[q]\n")])
def test_what_never_was_a_label_set_is_refused_with_its_reason(project: Path, text: str) -> None:
    put(project, text)
    with pytest.raises(SchemaError, match="version 1 of the project's label set"):
        _ = Store.open(project).schema


def test_show_tells_what_of_the_label_set_has_no_effect(project: Path) -> None:
    put(project, SOUND.replace("hotkey: q", "hotkey: z"))
    shown = CliRunner().invoke(main, ["label-set", "show", "--project", str(project)])
    assert shown.stdout == SOUND.replace("hotkey: q", "hotkey: z")
    assert shown.stderr.startswith("has no effect: the command jump (")
