"""A label set read from YAML and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from labeling.errors import SchemaError
from labeling.schema import shortcuts
from labeling.schema.faults import listed, sense_faults, shape_faults
from labeling.schema.kinds import CHOICE, KINDS, Attribute
from labeling.schema.located import line_at, located
from labeling.schema.model import LINES, Changes, Flag, Label, RecordType, RelationType, Schema

_MAX_FILE = 262_144


def load(path: str | Path) -> Schema:
    """Read and check a label set; raises SchemaError for its first error, saying how many more there are."""
    return parse(read(path), file=Path(path).name)


def read(path: str | Path) -> str:
    """Return a label set's YAML; raises SchemaError for a file that cannot be read, is too large or is not UTF-8."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            return decoded(file.read(_MAX_FILE + 1), path.name)
    except OSError as fault:
        raise SchemaError(f"can't be read ({fault.strerror}); check the path", file=str(path)) from None


def decoded(content: bytes, file: str) -> str:
    """Return the YAML that a file of some name holds; raises SchemaError for one too large or not UTF-8."""
    if len(content) > _MAX_FILE:
        raise SchemaError(f"the file is larger than {_MAX_FILE:,} bytes; is it a label set?", file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SchemaError(f"is not UTF-8 (byte {fault.start}); save it as UTF-8", file=file) from None


def parse(text: str, *, file: str = "label set") -> Schema:
    """Check a label set given as YAML; raises SchemaError for its first error, saying how many more there are."""
    faults = list(check(text, file=file))
    if faults:
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SchemaError(first.reason + more, file=first.file, line=first.line)
    values, _ = located(text, file)
    return _build(values, text)


def stored(text: str, *, file: str = "label set") -> Schema:
    """Read a label set that was valid when a project adopted it; rules added since then are ignored.

    Its own keys stay; a command that came later and wants one of them goes without. `aside` says what has no effect.
    Raises SchemaError only for what no version ever accepted.
    """
    values, _ = located(text, file, strict=False)
    try:
        aside = tuple(_set_aside(values))
        found = _build(values, text)
    except (AttributeError, KeyError, TypeError, ValueError):
        parse(text, file=file)
        raise
    keyless = [
        f"the command {each.command} ({each.title}) has no key, because the label set uses {' and '.join(due.keys)} "
        "for something else; a new version can assign another under keys"
        for each, due in zip(found.commands, shortcuts.commands(found.keys), strict=True)
        if not each.keys
    ]
    return replace(found, aside=(*aside, *keyless))


def check(text: str, *, file: str = "label set") -> Iterator[SchemaError]:
    """Yield every error of a label set given as YAML, by line."""
    try:
        values, lines = located(text, file)
    except SchemaError as fault:
        yield fault
        return
    faults = list(shape_faults(values)) or list(sense_faults(values))
    for path, reason in sorted(faults, key=lambda fault: line_at(lines, fault[0])):
        yield SchemaError(reason, file=file, line=line_at(lines, path))


def line_of(text: str, *path: str) -> int | None:
    """Return the line of a sound label set's YAML where a path, or what of it is there, begins."""
    try:
        return line_at(located(text, "")[1], path)
    except SchemaError:
        return None


def _set_aside(values: dict[str, Any]) -> Iterator[str]:
    """Take out of a stored label set what later rules forbid and nothing here can work with, with a message for each."""
    values["version"] = int(values["version"])
    hotkeys = [(each, "hotkey") for part in ("labels", "relations") for each in (values.get(part) or {}).values()]
    for owner, key in ((values, "name"), *hotkeys):
        if owner.get(key):
            owner[key] = owner[key].rstrip("\n")
    for command, written in list((values.get("keys") or {}).items()):
        try:
            shortcuts.stroke(command, written)
        except KeyError:
            yield f"key “{written}” is for “{command}”, which is no longer a command"
        except ValueError as fault:
            yield f"key of the command {command}: {fault}"
        else:
            continue
        del values["keys"][command]
    for key, label in values["labels"].items():
        attributes = label.get("attributes") or {}
        for name, attribute in attributes.items():
            for part, other in list((attribute.get("fills") or {}).items()):
                if attributes[other]["type"] != CHOICE.name:
                    del attribute["fills"][part]
                    yield f"“{other}” of “{key}” is not a choice, so “{name}” does not fill it in"


def _changes(values: dict[str, Any]) -> Changes:
    def targets(value: str | list[str] | None) -> tuple[str, ...]:
        return () if value is None else tuple(listed(value))

    def keyed(part: str) -> dict[str, tuple[str, ...]]:
        return {key: targets(value) for key, value in (values.get(part) or {}).items()}

    return Changes(
        since=values["from"],
        labels=keyed("labels"),
        attributes={tuple(key.split(".")): new for key, new in keyed("attributes").items()},
        choices={tuple(key.split(".")): new for key, new in keyed("choices").items()},
        relations=keyed("relations"),
        flags=keyed("flags"),
        defaults={tuple(key.split(".")): value for key, value in (values.get("defaults") or {}).items()},
    )


def _build(values: dict[str, Any], source: str) -> Schema:
    def attribute(key: str, value: dict[str, Any]) -> Attribute:
        kind = KINDS[value["type"]]
        return Attribute(
            key=key,
            title=value.get("title") or key.replace("_", " "),
            kind=kind,
            required=value.get("required", False),
            unless=tuple(value.get("unless") or ()),
            guideline=value.get("guideline", ""),
            **kind.details(key, value),
        )

    given = {value.get("line") for value in values["labels"].values()}
    free = (line for line in LINES if line not in given)
    labels = {
        key: Label(
            key=key,
            title=value.get("title") or key.replace("_", " ").capitalize(),
            hotkey=value.get("hotkey"),
            colour=value["colour"],
            line=value.get("line") or next(free, LINES[0]),
            overlap=value.get("overlap", "any"),
            fragments=value.get("fragments", False),
            quotation=value.get("quotation", False),
            marks=value.get("marks"),
            guideline=value.get("guideline", ""),
            attributes={name: attribute(name, part) for name, part in (value.get("attributes") or {}).items()},
            linked=value.get("linked", False),
        )
        for key, value in values["labels"].items()
    }
    relations = {
        key: RelationType(
            key=key,
            title=value.get("title") or key.replace("_", " "),
            sources=tuple(listed(value["from"])),
            targets=tuple(listed(value["to"])),
            min=value.get("min", 0),
            max=value.get("max"),
            hotkey=value.get("hotkey"),
            guideline=value.get("guideline", ""),
        )
        for key, value in (values.get("relations") or {}).items()
    }
    records = {
        key: RecordType(
            key=key,
            head=value["head"],
            parts=dict(value.get("parts") or {}),
            unless=value.get("unless"),
            outward=frozenset(name for name, relation in relations.items() if value["head"] in relation.sources),
        )
        for key, value in (values.get("records") or {}).items()
    }
    return Schema(
        name=values["name"],
        version=values["version"],
        title=values.get("title") or values["name"],
        snap=values.get("snap", "word"),
        labels=labels,
        relations=relations,
        registries={
            key: (value or {}).get("title") or key.replace("_", " ")
            for key, value in (values.get("registries") or {}).items()
        },
        records=records,
        flags={
            key: Flag(
                key=key,
                title=(value or {}).get("title") or key.replace("_", " ").capitalize(),
                guideline=(value or {}).get("guideline", ""),
            )
            for key, value in (values.get("flags") or {}).items()
        },
        changes=_changes(values["changes"]) if values.get("changes") else None,
        keys={command: shortcuts.stroke(command, written) for command, written in (values.get("keys") or {}).items()},
        source=source,
    )
