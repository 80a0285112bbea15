"""The strings and comments of a JavaScript module, found by a small tokenizer."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What stands for a value in a template.
HOLE = "{…}"
_BEFORE_PATTERN = re.compile(
    r"(^|[=(,\[!&|?:;{}+\-*%<>~^]|\b(return|typeof|case|in|of|do|else|void|delete|new|await|yield))\s*$"
)


def tokens(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the strings, templates and comments of JavaScript as (kind, offset, text); templates have holes for values."""
    at = 0
    while at < len(text):
        char = text[at]
        if text.startswith("//", at) and not _pattern_may_start(text, at + 0, double=True):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            yield "comment", at, text[at + 2 : end]
            at = end
        elif text.startswith("/*", at):
            end = text.index("*/", at)
            yield "comment", at, text[at + 2 : end]
            at = end + 2
        elif char in "'\"":
            end = at + 1
            while text[end] != char:
                end += 2 if text[end] == "\\" else 1
            yield "string", at, _unescaped(text[at + 1 : end])
            at = end + 1
        elif char == "`":
            value, end, inner = _template(text, at)
            yield "string", at, value
            for offset, code in inner:
                for kind, place, found in tokens(code):
                    yield kind, offset + place, found
            at = end
        elif char == "/" and _pattern_may_start(text, at):
            end, within = at + 1, False
            while text[end] != "/" or within:
                within = (within or text[end] == "[") and text[end] != "]"
                end += 2 if text[end] == "\\" else 1
            at = end + 1
        else:
            at += 1


def _pattern_may_start(text: str, at: int, *, double: bool = False) -> bool:
    return not double and bool(_BEFORE_PATTERN.search(text[max(0, at - 40) : at].replace("*/", "")))


def _template(text: str, at: int) -> tuple[str, int, list[tuple[int, str]]]:
    """Return a template's text with holes, where it ends, and the code of each hole with its offset."""
    value, inner, at = "", [], at + 1
    while text[at] != "`":
        if text[at] == "\\":
            value += _unescaped(text[at : at + 2])
            at += 2
        elif text.startswith("${", at):
            start, depth = at + 2, 1
            at = start
            while depth:
                if text[at] == "`":
                    at = _template(text, at)[1] - 1
                elif text[at] in "'\"":
                    quote, at = text[at], at + 1
                    while text[at] != quote:
                        at += 2 if text[at] == "\\" else 1
                elif text[at] == "/" and _pattern_may_start(text, at):
                    at, within = at + 1, False
                    while text[at] != "/" or within:
                        within = (within or text[at] == "[") and text[at] != "]"
                        at += 2 if text[at] == "\\" else 1
                else:
                    depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            inner.append((start, text[start : at - 1]))
            value += HOLE
        else:
            value += text[at]
            at += 1
    return value, at + 1, inner


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "\n": ""}


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        digits = found.group(1) or found.group(2) or found.group(3)
        return chr(int(digits, 16)) if digits else _ESCAPES.get(found.group(4), found.group(4))

    return re.sub(r"\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))", character, text, flags=re.DOTALL)
