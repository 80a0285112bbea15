"""The tokens of a JavaScript module, for `join`: enough of the language to separate code from strings and comments."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["name", "number", "string", "template", "regex", "mark", "end"]


class TokenError(ValueError):
    """Text that can't be read as JavaScript; `at` is the code point where."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at


class Token(NamedTuple):
    """A token at a code point; a template has one from quote or `}` to quote or `${`, "end" stands after the last."""

    kind: Kind
    text: str
    at: int
    depth: int
    """How many brackets are open around it, not counting itself."""

    @property
    def end(self) -> int:
        """The code point after it."""
        return self.at + len(self.text)


_LINE_END = r"\n\r\u2028\u2029"
_TOKEN = re.compile(
    rf"""
    (?: [\s\ufeff]+ | //[^{_LINE_END}]* | /\*.*?\*/ )*  # space and comments
    (?: (?P<number> \.?\d[\w.]* )
    | (?P<name>   \#?[\w$\u200c\u200d]+ )
    | (?P<string> "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<mark>   \.\.\. | \?\.(?!\d) | \+\+ | -- | => | [{{}}()\[\];,.<>=!+\-*/%&|^~?:@] )
    | (?P<other>  . )
    | (?P<end>    \Z ) )
    """,
    re.DOTALL | re.VERBOSE,
)
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_STATEFUL = _CLOSING | frozenset("/`")
"""Tokens that only those before them identify."""
_TEMPLATE = re.compile(r"[`}](?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_IN_REGEX = rf"[^/\\\[{_LINE_END}]|\\[^{_LINE_END}]|\[(?:[^\]\\{_LINE_END}]|\\[^{_LINE_END}])*\]"
_REGEX = re.compile(rf"/(?:{_IN_REGEX})+/[\w$]*")

# fmt: off
_BEFORE_REGEX = frozenset((
    "return", "typeof", "case", "in", "instanceof", "new", "delete", "void", "throw", "else", "do", "yield", "await",
    "extends", "default",
))
# fmt: on
"""Names after which a slash begins a regular expression; after others it divides."""
_BEFORE_CONDITION = frozenset(("if", "while", "for", "with"))


def tokens(text: str) -> list[Token]:
    """Return the tokens of a module, without space and comments; raise TokenError where it can't be read."""
    found = [Token("mark", ";", 0, 0)]  # so that each has one before it
    opened: list[tuple[str, str]] = []  # each open bracket, and the name before it
    closed = ""  # the name before the bracket that the last token closes
    at = 0
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup or "other"
        part = match[kind]
        at = match.start(kind)
        if kind == "end":
            break
        if kind == "other" or part in _STATEFUL:
            other: Kind | None = None
            if part == "`" or (part == "}" and opened and opened[-1][0] == "${"):
                other, match = "template", _TEMPLATE.match(text, at)
            elif part == "/" and not text.startswith("/*", at) and _begins_regex(found, closed, at):
                other, match = "regex", _REGEX.match(text, at)
            elif part == "/" and text.startswith("/*", at):
                raise TokenError(at, "the comment has no end")
            elif kind == "other":
                raise TokenError(at, "the string has no end" if part in "\"'" else f"can't read “{part}”")
            if match is None:
                raise TokenError(at, f"the {other} has no end")
            if part in _CLOSING:
                if not opened:
                    raise TokenError(at, f"“{part}” has no opening bracket")
                closed = opened.pop()[1]
            if other:
                kind, part = other, match[0]
        found.append(Token(kind, part, at, len(opened)))  # type: ignore[arg-type]  # a group's name
        if part in _OPENING or (kind == "template" and part.endswith("${")):
            opened.append((part[-2:], found[-2].text if found[-3:][0].text not in (".", "?.") else ""))
        at = match.end()
    if opened:
        raise TokenError(at, f"“{opened[-1][0]}” isn't closed")
    return [*found[1:], Token("end", "", at, 0)]


def _begins_regex(found: list[Token], closed: str, at: int) -> bool:
    """Return whether a slash begins a regular expression; `closed` stands before the bracket that was closed last."""
    before = found[-1]
    if before.text == "}":
        raise TokenError(at, "“/” after “}” could divide or begin a regular expression; use parentheses")
    if before.kind == "name":
        return before.text in _BEFORE_REGEX and found[-2].text not in (".", "?.")
    if before.kind == "mark":
        return closed in _BEFORE_CONDITION if before.text == ")" else before.text not in ("]", "++", "--")
    return before.kind == "template" and before.text.endswith("${")
