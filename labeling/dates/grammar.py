"""A small grammar: words become tokens, and rules make values of them.

A rule has a kind (what it makes), patterns and a function from what the pattern caught to the values it can mean, best
first. A pattern is words and kinds set apart by spaces:

    ago             this word              ago|back        one of these words
    {last|next}     one of them, caught    -?  <year>?     may be absent (caught as None)
    <period>        each meaning of a period, one call for each
    [period]        all meanings of a period, in one call, as a tuple

The rules of a kind are tried in order and the first that makes anything of a stretch of tokens wins, so that the order
of the rules is their rank; alternatives come from within one rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

_Make = TypeVar("_Make", bound=Callable[..., Iterable[Any] | None])

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("[]", ""),  # what an editor added to a quotation: “[ten] years ago”
    }
)
_TOKEN = re.compile(
    r"""
    \d{1,4} (?P<dot>[./-]) \d{1,2} (?P=dot) \d{1,4} (?!\d)   # 8/11/2018, 2018-11-8
    | \d{1,2} / \d{1,2} (?![\d/])                            # 8/11
    | \d{1,2} : \d{2} (?: : \d{2} )?                         # 9:30
    | \d+ (?: st | nd | rd | th ) \b                         # 12th
    | '? \d{2,4} '? s \b                                     # 1990s, '90s
    | ' \d{2} \b                                             # '18
    | \d+ (?: \. \d+ )?
    | o'clock
    | [a-z] (?: \. [a-z] )+ \.?                              # a.m., B.C.
    | [^\W\d_]+
    | \S
    """,
    re.VERBOSE,
)
_POSSESSIVE = re.compile(r"(?:(?<=[a-z])|(?<=\d[1-9]))'s\b|(?<=s)'(?!\w)|(?<=[a-z])\.(?=\s|$|[-,])")


def tokenize(words: str, expansions: Mapping[str, str]) -> list[str]:
    """Cut words into lower-case tokens without possessives and full stops, writing out the given short forms."""
    text = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", words).translate(_PLAIN).lower()).strip(' \t\n"“”«»().,;:')
    tokens = (
        found.group().replace(".", "") if found.group()[0].isalpha() else found.group()
        for found in _TOKEN.finditer(text)
    )
    return [part for token in tokens for part in expansions.get(token, token).split()]


@dataclass(frozen=True, slots=True)
class _Element:
    words: frozenset[str] = frozenset()
    kind: str = ""
    caught: bool = False
    together: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    elements: tuple[_Element, ...]
    make: Callable[..., Iterable[Any] | None]


def _compile(pattern: str) -> tuple[_Element, ...]:
    elements = []
    for text in pattern.split():
        optional = len(text) > 1 and text.endswith("?")
        text = text[:-1] if optional else text
        if text[0] in "<[" and len(text) > 1:
            elements.append(_Element(kind=text[1:-1], caught=True, together=text[0] == "[", optional=optional))
        else:
            caught = text[0] == "{" and len(text) > 1
            words = frozenset((text[1:-1] if caught else text).split("|"))
            elements.append(_Element(words=words, caught=caught, optional=optional))
    return tuple(elements)


@dataclass(slots=True)
class Grammar:
    """Rules by kind, with the words of a kind (phrase to value) and its shapes (regular expression to value)."""

    words: Mapping[str, Mapping[str, Any]]
    shapes: Mapping[str, tuple[re.Pattern[str], Callable[[str], Any]]]
    rules: defaultdict[str, list[_Rule]] = field(default_factory=lambda: defaultdict(list))

    def rule(self, kind: str, *patterns: str) -> Callable[[_Make], _Make]:
        """Add a function as the way to make values of a kind from any of the patterns."""

        def add(make: _Make) -> _Make:
            self.rules[kind] += [_Rule(_compile(pattern), make) for pattern in patterns]
            return make

        return add

    def parse(self, kind: str, tokens: Sequence[str], context: object) -> tuple[tuple[Any, ...], list[ValueError]]:
        """Return all meanings of the tokens as one value of a kind, and what rules that matched complained of."""
        parser = _Parser(self, tokens, context)
        return parser.derive(kind, 0, len(tokens)), parser.complaints


class _Parser:
    def __init__(self, grammar: Grammar, tokens: Sequence[str], context: object) -> None:
        self.grammar = grammar
        self.tokens = tokens
        self.context = context
        self.complaints: list[ValueError] = []
        self._made: dict[tuple[str, int, int], tuple[Any, ...]] = {}
        self._rules: dict[str, list[_Rule]] = {}

    def derive(self, kind: str, start: int, end: int) -> tuple[Any, ...]:
        key = (kind, start, end)
        if key not in self._made:
            self._made[key] = ()  # a rule that comes back to its own kind on the same tokens finds nothing there
            self._made[key] = self._derive(kind, start, end)
        return self._made[key]

    def _derive(self, kind: str, start: int, end: int) -> tuple[Any, ...]:
        phrase = " ".join(self.tokens[start:end])
        words = self.grammar.words.get(kind, {})
        if phrase in words:
            return (words[phrase],)
        if kind in self.grammar.shapes:
            pattern, value = self.grammar.shapes[kind]
            if pattern.fullmatch(phrase):
                return (value(phrase),)
        for rule in self._possible(kind):
            made: list[Any] = []
            for caught in self._match(rule.elements, 0, start, end):
                try:
                    made += rule.make(self.context, *caught) or ()
                except (ValueError, OverflowError) as fault:
                    self.complaints.append(fault if isinstance(fault, ValueError) else ValueError(str(fault)))
            if made:
                return tuple(dict.fromkeys(made))
        return ()

    def _possible(self, kind: str) -> list[_Rule]:
        """Return the rules of a kind whose words all occur among the tokens: most rules fall here."""
        if kind not in self._rules:
            present = set(self.tokens)
            self._rules[kind] = [
                rule
                for rule in self.grammar.rules.get(kind, ())
                if all(not e.words or e.optional or e.words & present for e in rule.elements)
            ]
        return self._rules[kind]

    def _match(self, elements: Sequence[_Element], number: int, start: int, end: int) -> Iterator[tuple[Any, ...]]:
        """Yield what the elements from `number` on catch when they cover exactly the tokens from start to end."""
        if number == len(elements):
            if start == end:
                yield ()
            return
        element = elements[number]
        if element.words:
            if start < end and self.tokens[start] in element.words:
                head = (self.tokens[start],) if element.caught else ()
                for tail in self._match(elements, number + 1, start + 1, end):
                    yield head + tail
        else:
            needed = sum(not later.optional for later in elements[number + 1 :])
            first = end if number == len(elements) - 1 else start + 1
            for middle in range(first, end - needed + 1):
                values = self.derive(element.kind, start, middle) if middle > start else ()
                if values:
                    for tail in self._match(elements, number + 1, middle, end):
                        for value in (values,) if element.together else values:
                            yield (value, *tail)
        if element.optional:
            for tail in self._match(elements, number + 1, start, end):
                yield (None, *tail) if element.caught else tail
