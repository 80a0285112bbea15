"""YAML as plain values, and the line of each value."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import yaml

from labeling.errors import SchemaError
from labeling.schema.wording import shown

#: The way to a value: keys and indices from the outermost in.
Path: TypeAlias = tuple[str | int, ...]
#: PyYAML's parser in C, ten times as fast as the one in Python; absent where PyYAML was built without it.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Levels that no label set needs; the parsers call themselves for each.
_DEEPEST = 200
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def located(text: str, file: str, *, strict: bool = True) -> tuple[Any, dict[Path, int]]:
    """Return plain values and the line of every path in them; if not strict, unprintable characters become U+FFFD."""
    lines: dict[Path, int] = {}
    try:
        node = _composed(text, file)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        reason = f"is not YAML: {fault.problem or fault.context}; check indentation, quotes and colons"
        raise SchemaError(reason, file=file, line=mark.line + 1 if mark else None) from None
    except yaml.YAMLError as fault:
        raise SchemaError(f"is not YAML: {str(fault).splitlines()[0]}; remove the character", file=file) from None
    if node is None:
        raise SchemaError("is empty; start from the one that “saywhen label-set show” prints", file=file, line=1)
    return _values(node, (), lines, file, strict), lines


def _composed(text: str, file: str) -> yaml.Node | None:
    """Return the YAML's outermost node, None if it is empty; raises SchemaError for unsupported YAML, and YAMLError."""
    try:
        return _composed_by(_FAST, text, file)
    except (yaml.YAMLError, UnicodeEncodeError):
        # The parser in Python says what is wrong in other words, and at other lines.
        return _composed_by(yaml.SafeLoader, text, file)


def _composed_by(loader: Any, text: str, file: str) -> yaml.Node | None:
    depth, aliases = 0, False
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases = aliases or isinstance(event, yaml.AliasEvent)
        if depth > _DEEPEST:
            raise SchemaError("is nested too deeply; a label set has five levels", file=file)
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    if aliases:
        raise SchemaError("uses a YAML alias (*name); write the value out", file=file)
    return node


def _values(node: yaml.Node, path: Path, lines: dict[Path, int], file: str, strict: bool) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode) and not strict:
        node.value = _UNSHOWN.sub("\ufffd", node.value)
    if isinstance(node, yaml.ScalarNode) and (unshown := _UNSHOWN.search(node.value)):
        code = f"U+{ord(unshown.group()):04X}"
        raise SchemaError(
            f"contains a character that cannot be shown ({code}); write the character itself, or remove it",
            file=file,
            line=node.start_mark.line + 1,
        )
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            _values(key_node, (*path, "?"), lines, file, strict)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if key in values:
                raise SchemaError(f"“{key}” occurs twice; keep one", file=file, line=line)
            lines[(*path, key)] = line
            values[key] = _values(value_node, (*path, key), lines, file, strict)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, (*path, index), lines, file, strict) for index, item in enumerate(node.value)]
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError):
        raise SchemaError(
            f"value {shown(node.value)} can't be read; put it in quotes", file=file, line=node.start_mark.line + 1
        ) from None


def line_at(lines: dict[Path, int], path: Path) -> int:
    """Return the line where a path, or what of it is there, begins."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)
