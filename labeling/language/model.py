"""The candidates that a language proposes in an article, each with its rule and features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labeling.language.tokens import Stretch

_NOTHING: Mapping[str, Any] = {}


class Candidate(NamedTuple):
    """A stretch that could be marked, a half-open range of code points.

    `origin` names the rule that proposed it. `features` are what the rule knows of it, by name; those that are
    stretches themselves are pairs of code points.
    """

    start: int
    end: int
    origin: str
    features: Mapping[str, Any] = _NOTHING

    @property
    def stretch(self) -> Stretch:
        """Where it stands."""
        return (self.start, self.end)

    def as_json(self) -> list[Any]:
        """Return `[start, end]`, and behind them the features that it has, if any."""
        features = {name: value for name, value in self.features.items() if value is not None and value is not False}
        return [self.start, self.end, features] if features else [self.start, self.end]


class LeadContent(NamedTuple):
    """What a lead may introduce: fragments in code points, and `form`, how they begin and end (“that>sentence”)."""

    fragments: tuple[Stretch, ...]
    form: str


class Lead(NamedTuple):
    """A word that may attribute something to someone: cues, verbs of thinking and wanting, nouns (“the claim”).

    `kind` is report, according, verb, noun or adjective; `word` the verb or noun in small letters; `speaker` the noun phrase
    that speaks by rule; `contents` are all stretches that may be attributed, of which one is at most.
    """

    start: int
    end: int
    kind: str
    word: str
    speaker: Stretch | None
    quoted: bool
    contents: tuple[LeadContent, ...]

    def moved(self, by: int) -> Lead:
        """Return the same lead in an article in which its paragraph starts `by` code points further on."""
        return self._replace(
            start=self.start + by,
            end=self.end + by,
            speaker=self.speaker and (self.speaker[0] + by, self.speaker[1] + by),
            contents=tuple(
                LeadContent(tuple((start + by, end + by) for start, end in content.fragments), content.form)
                for content in self.contents
            ),
        )


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of one article, each list in reading order (by start, the longer one first).

    `language` is the tag of the language whose rules made them; None where only the rules for any language did.

    - `sentences` are stretches; every word is in exactly one.
    - `quotations` stand in quotation marks, with these. Feature `within`: the content clause that one is a part of.
    - `clauses` are content clauses, what is said without quotation marks around all of it. Feature `cue`: the cue that
      introduces it.
    - `cues` are reporting verbs with their auxiliaries, and “according to”. Features `speaker`: the noun phrase that
      speaks; `hearer`: whether the hearer stands behind it (“told”); `quoted`: whether it stands in quotation marks;
      `fragments`: its words where others stand between them (“quoted … as saying”).
    - `phrases` are noun phrases. Feature `kind`: name, outlet, role, pronoun or other. Feature `doubt`, where one can
      speak: 0 beside a cue, 1 elsewhere. Feature `name`: the full name of the one it means, where it has one.
      Feature `new`: whether it mentions someone for the first time (“a senior envoy”).
    - `names` are proper names without titles; `dates` are date expressions.
    - `leads` are cues and whatever else may attribute something, with all that they may introduce. They are there only if asked
      for, and for models alone: the label page doesn't get them.
    """

    language: str | None
    sentences: list[Stretch]
    quotations: list[Candidate] = field(default_factory=list)
    clauses: list[Candidate] = field(default_factory=list)
    cues: list[Candidate] = field(default_factory=list)
    phrases: list[Candidate] = field(default_factory=list)
    names: list[Candidate] = field(default_factory=list)
    dates: list[Candidate] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the lists as plain JSON values, without features that say nothing (None and False)."""
        lists = {
            "quotations": self.quotations, "clauses": self.clauses, "cues": self.cues, "phrases": self.phrases,
            "names": self.names, "dates": self.dates,
        }  # fmt: skip
        return {
            "sentences": self.sentences,
            **{name: [candidate.as_json() for candidate in listed] for name, listed in lists.items()},
        }


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as rules see it: its offset in the article, its text, and, in code points of it, what is known already."""

    offset: int
    text: str
    tokens: list[Stretch]
    sentences: list[Stretch]
    quotations: list[Stretch]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a language proposes in one paragraph, in code points of it; the lists mean what `Candidates` says.

    `leads` returns the leads when it is called, for not everyone needs them.
    """

    clauses: list[Candidate] = field(default_factory=list)
    cues: list[Candidate] = field(default_factory=list)
    phrases: list[Candidate] = field(default_factory=list)
    names: list[Candidate] = field(default_factory=list)
    dates: list[Candidate] = field(default_factory=list)
    leads: Callable[[], list[Lead]] = list


#: The closed classes of words that a language lists, by the names of their fields.
CLOSED_CLASSES = ("pronouns", "plural", "articles", "definite", "indefinite", "conjunctions")


@dataclass(frozen=True, slots=True)
class Language:
    """A language with rules: `tag` is its BCP 47 subtag, `propose` its rules, and the rest closed classes of words.

    `lead` returns the word at the end of a text that a date expression behind it hangs on (“since”).

    `pronouns` name no one, and those in `plural` mean several people. `articles` may stand before a name and are no part
    of it (“the Union”). What begins with one of `definite` was mentioned before (“the minister”, “his aide”), with one of
    `indefinite` hardly (“a senior envoy”). `conjunctions` join names (“Brook and Vell”). All are in small letters.
    """

    tag: str
    name: str
    propose: Callable[[Paragraph], Proposals]
    lead: Callable[[str], str] = lambda before: ""
    pronouns: frozenset[str] = frozenset()
    plural: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    definite: frozenset[str] = frozenset()
    indefinite: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()

    def lexicon(self) -> dict[str, list[str]]:
        """Return the closed classes as plain JSON values."""
        return {name: sorted(getattr(self, name)) for name in CLOSED_CLASSES}
