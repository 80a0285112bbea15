"""Joins JavaScript modules into one file, in place of a bundler; what it can't join, it refuses.

The joined file is the modules one after the other, each after those that it imports, without their `import` statements
and without the word `export`. All their top-level names then share one scope. That is right only for plain modules:

- an import is `import { name, … } from "./file.js"`, and the file exports each name;
- an export stands before a declaration: `export function`, `export class`, `export const name = …`;
- only the entry has a default export; it stays in the joined file;
- a top-level declaration has one name, which no other module declares; no module imports itself, even by way of others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from labeling.ui.component.javascript import Token, TokenError, tokens

Read = Callable[[str], str]


class JoinError(ValueError):
    """A module that can't be joined; the message begins with `file:line:`."""


def join(entry: str, read: Read) -> str:
    """Return the module `entry` and all that it imports as the text of one module.

    Modules are named by path, with slashes; `read` returns a module's text or raises LookupError or OSError.
    Raises JoinError for what can't be joined.
    """
    modules: dict[str, _Module] = {}  # those that are read completely, each after its imports
    _collect(_Module(entry, read(entry)), read, modules, [])
    declared: dict[str, _Module] = {}
    for module in modules.values():
        for name, at in module.names.items():
            if other := declared.get(name):
                module.refuse(at, f"“{name}” is also declared in {other.name}; the joined file has one scope")
            declared[name] = module
    return "\n;\n".join(module.joined() for module in modules.values())


def _collect(module: _Module, read: Read, modules: dict[str, _Module], importers: list[str]) -> None:
    """Add a module to `modules`, after those that it imports."""
    _Parser(module, entry=not importers).parse()
    path = [*importers, module.name]
    for imported in module.imports:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(module.name), imported.source))
        if file in path:
            module.refuse(imported.at, f"circular import: {' → '.join([*path[path.index(file) :], file])}")
        if file not in modules:
            try:
                text = read(file)
            except (LookupError, OSError):
                module.refuse(imported.at, f"there is no module {file}")
            _collect(_Module(file, text), read, modules, path)
        for name in imported.names:
            if name not in modules[file].exports:
                module.refuse(imported.at, f"{file} doesn't export “{name}”")
    modules[module.name] = module


class _Import(NamedTuple):
    at: int
    names: list[str]
    source: str


@dataclass
class _Module:
    """A module's text and what stands at its top level; offsets are code points."""

    name: str
    text: str
    imports: list[_Import] = field(default_factory=list)
    exports: set[str] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)
    """Declared at the top level, with the offset of the declaration."""
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """What the joined file omits, half-open."""

    def refuse(self, at: int, reason: str) -> NoReturn:
        raise JoinError(f"{self.name}:{self.text.count(chr(10), 0, at) + 1}: {reason}")

    def joined(self) -> str:
        kept = []
        done = 0
        for start, end in self.cuts:
            kept.append(self.text[done:start])
            done = end
        return "".join([*kept, self.text[done:]])


class _Parser:
    """Finds a module's imports, exports and top-level names, and refuses other forms of them."""

    def __init__(self, module: _Module, *, entry: bool) -> None:
        self.module = module
        self.entry = entry
        try:
            self.tokens = tokens(module.text)
        except TokenError as error:
            module.refuse(error.at, str(error))
        self.index = 0

    def parse(self) -> None:
        while (token := self.tokens[self.index]).kind != "end":
            after_dot = self.index > 0 and self.tokens[self.index - 1].text in (".", "?.")
            self.index += 1
            if token.kind != "name" or after_dot or self.tokens[self.index].text == ":":  # a property's name
                continue
            if token.text == "import":
                self._import(token)
            elif token.text == "export":
                self._export(token)
            elif token.text == "var":
                self.module.refuse(token.at, "“var” isn't limited to its block; write const or let")
            elif token.depth == 0:
                self._declaration(token)

    def _next(self, kind: str) -> Token | None:
        """Return the next token and go on if it is of a kind or has that text; else None."""
        token = self.tokens[self.index]
        if token.text != kind and (token.kind != kind or kind == "mark"):
            return None
        self.index += 1
        return token

    def _import(self, token: Token) -> None:
        form = "write import { name } from “./file.js”"
        if self._next("("):
            self.module.refuse(token.at, "a dynamic import can't be joined; import at the top")
        if self._next("."):
            self.module.refuse(token.at, "import.meta can't be joined")
        names: list[str] = []
        if token.depth or not self._next("{"):
            self.module.refuse(token.at, f"this form of import can't be joined; {form}")
        while not self._next("}"):
            name = self._next("name")
            if name is None or not (self.tokens[self.index].text == "}" or self._next(",")):
                self.module.refuse(token.at, f"an import keeps the name it is exported by; {form}")
            names.append(name.text)
        source = self._next("string") if self._next("from") else None
        if source is None or not source.text[1:].startswith(("./", "../")):
            self.module.refuse(token.at, f"only a file beside the module can be joined; {form}")
        end = self._next(";") or source
        after = self.tokens[self.index]
        if after.text == "with" or (after.kind != "end" and self._line(after) == self._line(end)):
            self.module.refuse(token.at, f"nothing may follow an import on its line; {form}")
        known = {each for earlier in self.module.imports for each in earlier.names}
        for index, each in enumerate(names):
            if each in known or each in names[:index]:
                self.module.refuse(token.at, f"“{each}” is imported twice")
        self.module.imports.append(_Import(token.at, names, source.text[1:-1]))
        self.module.cuts.append((token.at, end.end))

    def _export(self, token: Token) -> None:
        form = "write “export” before the declaration"
        if token.depth:
            self.module.refuse(token.at, f"an export inside brackets can't be joined; {form}")
        following = self.tokens[self.index]
        if following.text == "default":
            if not self.entry:
                self.module.refuse(token.at, f"only the entry has a default export; {form} of a name")
            if "default" in self.module.exports:
                self.module.refuse(token.at, "there are two default exports")
            self.module.exports.add("default")
            self.index += 1
            return
        if following.text not in ("function", "async", "class", "const", "let"):
            self.module.refuse(token.at, f"this form of export can't be joined; {form}")
        self.module.cuts.append((token.at, following.at))
        before = set(self.module.names)
        if following.text == "async":
            self.index += 1
        declaration = self.tokens[self.index]
        self.index += 1
        self._declaration(declaration)
        self.module.exports |= set(self.module.names) - before

    def _declaration(self, token: Token) -> None:
        """Record the name of a declaration at the top level, if a token begins one."""
        if token.text in ("function", "class"):
            if token.text == "function":
                self._next("*")
            name = self.tokens[self.index]
            if name.kind == "name" and name.text != "extends":
                self._name(name)
        elif token.text in ("const", "let"):
            if (name := self.tokens[self.index]).kind != "name":
                self.module.refuse(token.at, "a top-level declaration has one name, not a pattern")
            self._name(name)
            self._single(token)

    def _name(self, name: Token) -> None:
        if name.text in self.module.names:
            self.module.refuse(name.at, f"“{name.text}” is declared twice")
        self.module.names[name.text] = name.at

    def _single(self, token: Token) -> None:
        """Refuse a declaration of several names."""
        for each in self.tokens[self.index :]:
            if each.depth == 0 and each.text == "," and each.kind == "mark":
                self.module.refuse(token.at, "a top-level declaration has one name; declare each by itself")
            if each.depth == 0 and (each.text == ";" or each.kind == "end"):
                return

    def _line(self, token: Token) -> int:
        return self.module.text.count("\n", 0, token.at)
