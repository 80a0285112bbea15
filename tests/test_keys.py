"""The workspace's keys: one table, read by the label set's checks and by the browser alike."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest
import tools

from labeling import schema
from labeling.schema import shortcuts

ROOT = Path(__file__).parent.parent
NEWS = (schema.SCHEMAS / "news.yaml").read_text(encoding="utf-8")

_MAP = """
    import { readFileSync } from "node:fs";
    import { Keymap } from "./labeling/ui/component/keymap.js";
    import { Schema } from "./labeling/ui/component/schema.js";
    const schema = new Schema(JSON.parse(readFileSync(0, "utf8")));
    console.log(JSON.stringify(Object.fromEntries(new Keymap(schema).actions)));
"""


def _in_the_browser(label_set: schema.Schema) -> dict[str, dict[str, object]]:
    """Return what each key does according to the browser's keymap."""
    command = [*tools.node(), "--input-type=module", "--eval", _MAP]
    message = json.dumps(label_set.as_json()).encode()
    done = subprocess.run(command, cwd=ROOT, input=message, capture_output=True, check=True)
    actions: dict[str, dict[str, object]] = json.loads(done.stdout)
    return actions


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        (schema.SCHEMAS / "polnear.yaml").read_text(encoding="utf-8"),
        NEWS + "keys:\n  next-mark: ö\n  word-right: Insert\n",
        NEWS.replace("hotkey: q", "hotkey: j") + "keys: {next-mark: q, text-end: ö, undo: Ctrl+Z}\n",
    ],
)
def test_every_key_does_in_the_browser_what_the_label_set_was_checked_for(text: str) -> None:
    label_set = schema.parse(text)
    expected: dict[str, object] = {str(digit): digit for digit in range(1, 10)}
    expected |= {label.hotkey: label.key for label in label_set.labels.values()}
    expected |= {link.hotkey: link.hotkey for link in label_set.relations.values() if link.hotkey}
    for command in label_set.commands:
        assert not set(command.strokes()) & expected.keys()
        expected |= dict.fromkeys(command.strokes(), command.command)
    found = _in_the_browser(label_set)
    kinds = ("command", "label", "hotkey", "number")
    said = {key: next(action[kind] for kind in kinds if kind in action) for key, action in found.items()}
    assert said == expected


def test_the_workspace_carries_out_every_command_of_the_table_and_no_other() -> None:
    written = (
        'import { COMMANDS } from "./labeling/ui/component/commands.js"; console.log(Object.keys(COMMANDS).join())'
    )
    command = [*tools.node(), "--input-type=module", "--eval", written]
    named = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip().split(",")
    assert sorted(named) == sorted(shortcuts.COMMANDS)


@pytest.fixture(scope="module")
def pressed() -> set[str]:
    """Every string in the browser tests that is a key as Playwright presses it, such as "Control+Enter"."""
    return {
        node.value
        for path in (ROOT / "tests" / "browser").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call | ast.Tuple | ast.IfExp)
        for node in ast.iter_child_nodes(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("command", shortcuts.COMMANDS)
def test_a_browser_test_presses_the_key_of_each_command(command: str, pressed: set[str]) -> None:
    keys = [key.replace("Ctrl+", "Control+") for key in shortcuts.COMMANDS[command].keys]
    shifted = [re.sub(r"(?<=Shift\+)[a-z]$", lambda match: match.group().upper(), key) for key in keys]
    assert pressed & {*keys, *shifted}, f"add a test to tests/browser/ that presses {' or '.join(keys)} ({command})"


def test_no_two_commands_have_one_key_and_each_has_a_title_and_a_group() -> None:
    strokes = [stroke for each in shortcuts.COMMANDS.values() for stroke in each.strokes()]
    assert len(set(strokes)) == len(strokes)
    assert all(each.keys and each.title and each.group for each in shortcuts.COMMANDS.values())


def test_no_command_has_a_key_that_the_browser_keeps_but_undo_and_redo() -> None:
    kept = {key for each in shortcuts.COMMANDS.values() for key in each.keys if shortcuts._BROWSER.fullmatch(key)}
    assert kept == {"Ctrl+z", "Ctrl+Shift+z", "Ctrl+y"}


@pytest.mark.parametrize("command", shortcuts.COMMANDS)
def test_a_commands_own_keys_can_be_written_out(command: str) -> None:
    for key in shortcuts.COMMANDS[command].keys:
        assert shortcuts.stroke(command, key) == key


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("n", "n"), ("Shift+N", "Shift+n"), ("Shift+n", "Shift+n"), ("Ctrl+→", "Ctrl+ArrowRight"), ("Del", "Delete"),
        ("Shift+Ctrl+PgDn", None), ("Ctrl+Shift+Enter", "Ctrl+Shift+Enter"), ("Shift+Ctrl+Enter", "Ctrl+Shift+Enter"),
        ("+", "+"), ("ö", "ö"), ("7", "7"), ("Insert", "Insert"), ("PgUp", "PageUp"), ("", None), ("++", None),
    ],
)  # fmt: skip
def test_a_key_is_read_as_the_help_page_shows_it_or_as_browsers_name_it(written: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"is not a key|belongs to the browser"):
            shortcuts.stroke("next-mark", written)
    else:
        assert shortcuts.stroke("next-mark", written) == expected
