"""The workspace's commands and their keys: which there are, how a key is written, and which are not to be had.

The table is `commands.json`; the browser gets it, with the label set's own keys, as a part of the label set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

_NAMED = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown",
          "Enter", "Escape", "Delete", "Backspace", "Insert")  # fmt: skip
_SHOWN = {"→": "ArrowRight", "←": "ArrowLeft", "↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape", "Del": "Delete",
          "PgDn": "PageDown", "PgUp": "PageUp"}  # fmt: skip
#: Reloading, tabs, menus, the address, scrolling: what people need whatever page they are on.
_BROWSER = re.compile(r".*(?:Tab|F\d+| |Space)|.*Alt\+.*|Ctrl\+(?:Shift\+)?(?:.|PageUp|PageDown)")
#: Commands that also work while someone types into a field.
_IN_FIELDS = ("leave", "submit")


@dataclass(frozen=True, slots=True)
class Command:
    """Something the workspace does at a key; `keys` are strokes, the first of them the one that is shown."""

    command: str
    keys: tuple[str, ...]
    title: str
    group: str

    def moved(self, stroke: str) -> Command:
        """Return the command with another key."""
        return replace(self, keys=(stroke,))

    def strokes(self) -> Iterator[str]:
        """Yield every stroke that the command takes: its keys, and for a move the same with Shift, which selects."""
        for key in self.keys:
            yield key
            if self.group == "Move":
                yield re.sub(r"([^+]+)$", r"Shift+\1", key)


def _table() -> dict[str, Command]:
    rows = json.loads(Path(__file__).with_name("commands.json").read_text(encoding="utf-8"))
    return {row["command"]: Command(**{**row, "keys": tuple(row["keys"])}) for row in rows}


COMMANDS = _table()


def commands(keys: Mapping[str, str], others: Collection[str] = ()) -> list[Command]:
    """Return all commands, those in `keys` with the key given there instead of their own.

    What `others` (labels and relations) have, no command has; and what is given in `keys` goes before what is not.
    A sound label set leaves nothing to decide here; in one of an earlier time a command may come out without a key.
    """
    taken = set(others)
    found = {}
    for name in [*keys, *(name for name in COMMANDS if name not in keys)]:
        each = COMMANDS[name].moved(keys[name]) if name in keys else COMMANDS[name]
        found[name] = replace(each, keys=tuple(key for key in each.keys if taken.isdisjoint(each.moved(key).strokes())))
        taken.update(found[name].strokes())
    return [found[name] for name in COMMANDS]


def stroke(command: str, written: str) -> str:
    """Read the key for a command, as the help page shows keys or as browsers name them; return it as browsers do.

    Raises ValueError, with the remedy, for an unknown key or one that the command can't have.
    """
    own = COMMANDS[command]
    *modifiers, key = re.split(r"\+(?=.)", written)
    key = _SHOWN.get(key, key)
    known = key in _NAMED or len(key) == 1 or _BROWSER.fullmatch(key)
    if not known or len(set(modifiers)) < len(modifiers) or set(modifiers) - {"Ctrl", "Alt", "Shift"}:
        raise ValueError(f"“{written}” is not a key; write it as the list of keys shows it: n, Shift+N, Ctrl+→, Del")
    letter = key.isalpha() and len(key) == 1
    if letter and key.isupper() and not modifiers:
        raise ValueError(f"“{written}” may mean two keys; write {key.lower()} or Shift+{key}")
    if "Shift" in modifiers and not letter and len(key) == 1:
        raise ValueError(f"“{written}” can't be matched; write the character that the two keys type")
    order = [name for name in ("Ctrl", "Alt", "Shift") if name in modifiers]
    found = "+".join([*order, key.lower() if letter else key])
    if found in own.keys:
        return found
    if found == "Escape":
        raise ValueError(f"“{written}” is for leaving fields and lists; choose another key")
    if _BROWSER.fullmatch(found):
        raise ValueError(f"“{written}” belongs to the browser; choose another key")
    if own.group == "Move" and ("Shift" in modifiers or not (letter or key in _NAMED)):
        raise ValueError(
            f"“{written}” can't be used for a move, which selects with Shift; choose a letter or a named key"
        )
    if command in _IN_FIELDS and "Ctrl" not in modifiers:
        raise ValueError(f"“{written}” is needed in fields, where {command} works too; choose a key with Ctrl")
    return found
