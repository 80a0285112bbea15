"""Who is that? What a speaker is called, and which entity of the registry or of the article is meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from labeling.language.model import Language
from labeling.language.tokens import Stretch
from labeling.suggestions.surroundings import Surroundings

_EDGES = " .,’'"
#: So many earlier speakers and entries of the registry are looked at.
_RECENT, _ENTRIES = 8, 6
#: So many further names are offered, those among the last so many before a mention.
_OTHERS, _NEAR = 4, 12
#: Last words that begin with so many of the same letters may be one name, misspelled once.
_STEM = 3
#: What has more words is no name.
_LONGEST = 5


class Entity(NamedTuple):
    """Someone who speaks: the id in the registry (None for someone new) and a name."""

    id: str | None
    name: str


class Registry:
    """The entries of a project's registry, found by any word of their names."""

    def __init__(self, entries: Mapping[str, str], articles: frozenset[str] = frozenset()) -> None:
        self._by_word: dict[str, list[Entity]] = {}
        for id, name in entries.items():
            for word in dict.fromkeys(words_of(name, articles)):
                self._by_word.setdefault(word, []).append(Entity(id, name))

    def find(self, words: tuple[str, ...]) -> list[Entity]:
        """Return the entries that share the last of these words, those that share more before others."""
        found = self._by_word.get(words[-1], []) if words else []
        ranked = sorted(found, key=lambda each: (-len({*words} & {*words_of(each.name)}), len(each.name), each.name))
        return ranked[:_ENTRIES]


EMPTY = Registry({})


@lru_cache(maxsize=20_000)
def words_of(name: str, articles: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the words of a name in small letters, hyphens as spaces, without articles, full stops and an owner’s “’s”."""
    found = []
    for word in name.lower().replace("’", "'").replace("-", " ").split():
        plain = word.removesuffix("'s").strip(_EDGES + '()"“”,')
        if plain and plain not in articles:
            found.append(plain)
    return tuple(found)


class SpeakingPhrase(NamedTuple):
    """A phrase that speaks: its words in small letters, the name without titles, and what it is."""

    stretch: Stretch
    words: tuple[str, ...]
    name: str
    named: tuple[str, ...]
    pronoun: bool
    capital: bool


class Mentions:
    """Makes the mentions of an article, and proposes for each who it can be; asked in reading order."""

    def __init__(self, around: Surroundings, language: Language | None, registry: Registry = EMPTY) -> None:
        self._around = around
        self._registry = registry
        self._articles = language.articles if language else frozenset()
        self._pronouns = around.pronouns
        self._definite = language.definite if language else frozenset()
        self._names = [each.stretch for each in around.found.names]
        self._starts = [start for start, _ in self._names]
        self._longest: dict[str, str] = {}
        self._full: dict[str, None] = {}
        self._known: dict[Stretch, SpeakingPhrase] = {}
        for start, end in self._names:
            name = self._around.text[start:end]
            last = (words_of(name, self._articles) or ("",))[-1]
            if len(name) > len(self._longest.get(last, "")) and len(name.split()) <= _LONGEST:
                self._longest[last] = name
            if 1 < len(name.split()) <= _LONGEST:
                self._full.setdefault(name)

    def of(self, stretch: Stretch) -> SpeakingPhrase:
        """Return the mention at a phrase."""
        known = self._known.get(stretch)
        if known is None:
            known = self._known[stretch] = self._made(stretch)
        return known

    def _made(self, stretch: Stretch) -> SpeakingPhrase:
        text = self._around.text
        words = text[slice(*stretch)]
        small = words_of(words, self._articles)
        pronoun = bool(small) and len(small) == 1 and small[0] in self._pronouns
        number = bisect_left(self._starts, stretch[0])
        comma = words.find(",")
        until = stretch[0] + comma if comma > 0 else stretch[1]  # behind a comma stands what someone is
        near = [
            each
            for each in self._names[max(0, number - 1) : number + 3]
            if stretch[0] <= each[0] <= each[1] <= stretch[1]
        ]
        inside = [each for each in near if each[1] <= until] or near[:1]
        name = text[slice(*inside[-1])] if inside else ""
        head = words[:comma].split() if comma > 0 else words.split()
        capital = bool(name) or (bool(head) and head[-1][:1].isupper())
        return SpeakingPhrase(stretch, small, name, words_of(name, self._articles), pronoun, capital)

    def own(self, mention: SpeakingPhrase) -> str:
        """Return the name under which a mention would enter the registry: the longest that the article has for it."""
        if mention.name:
            return mention.name
        words = self._around.text[slice(*mention.stretch)]
        if mention.words and words.split()[-1][:1].isupper() and (longest := self._longest.get(mention.words[-1])):
            return longest
        first, _, rest = words.partition(" ")
        return rest if rest and first.lower() in self._articles else words

    def options(
        self, mention: SpeakingPhrase, spoken: Iterable[tuple[SpeakingPhrase, Entity]]
    ) -> list[tuple[Entity, list[str]]]:
        """Return who a mention can be, each once, with what speaks for it; `spoken` are earlier speakers, the last one first."""
        name = self.own(mention)
        own = words_of(name, self._articles)
        kind = "pronoun" if mention.pronoun else "name" if mention.capital else "word"
        found: dict[Entity, list[str]] = {}
        seen: dict[str, Entity] = {}
        for place, (other, entity) in enumerate(spoken):
            if len(found) >= _RECENT:
                break
            if entity in found:
                continue
            seen.setdefault(entity.name, entity)
            found[entity] = [
                f"recent {min(place, 3)} {kind}", f"recent {min(place, 3)}", *self._alike(mention, own, entity, kind),
                *([f"pronoun last speaker{'' if place else ' 0'}"] if mention.pronoun and place < 2 else []),
                f"other pronoun {other.pronoun} {kind}", f"earlier {kind}",
            ]  # fmt: skip
            if mention.pronoun and place == 0:
                found[entity].append("pronoun last speaker")
        if not mention.pronoun:
            for entity in self._registry.find(own):
                if entity not in found and entity.name not in seen:
                    seen[entity.name] = entity
                    found[entity] = ["registry", f"registry {kind}", *self._alike(mention, own, entity, kind)]
        if name not in seen:
            found[Entity(None, name)] = ["own", f"{kind} own", *(["own name"] if mention.name else [])]
        return list(found.items())

    def others(self, mention: SpeakingPhrase, known: Collection[str]) -> list[Entity]:
        """Return who else a mention could be: full names of the article, which aren't compared with the options.

        They share a word with the mention, or stand before a description or a pronoun, the nearest first.
        """
        text = self._around.text
        number = bisect_left(self._starts, mention.stretch[0])
        before = [text[slice(*each)] for each in reversed(self._names[max(0, number - _NEAR) : number])]
        own = {*mention.named} or {*mention.words}
        alike = [name for name in self._full if own & {*words_of(name, self._articles)}] if not mention.pronoun else []
        near = [] if mention.name == text[slice(*mention.stretch)] else [each for each in before if each in self._full]
        found = dict.fromkeys(name for name in (*alike, *near) if name not in known)
        return [Entity(None, name) for name in [*found][:_OTHERS]]

    def _alike(self, mention: SpeakingPhrase, own: tuple[str, ...], entity: Entity, kind: str) -> list[str]:
        """Return how a mention's words stand to an entity's name."""
        if mention.pronoun:
            return []
        theirs = words_of(entity.name, self._articles)
        if own == theirs or mention.words == theirs:
            return ["same words", f"same words {kind}"]
        if not own or not theirs:
            return [f"other last word {kind}"]
        shared = len({*own} & {*theirs})
        if own[-1] == theirs[-1]:
            first = (
                "alone" if len(own) == 1 or len(theirs) == 1 else "same first" if own[0] == theirs[0] else "other first"
            )
            return ["same last word", f"same last word {kind} {first}"]
        if own[-1][:_STEM] == theirs[-1][:_STEM] and abs(len(own[-1]) - len(theirs[-1])) < _STEM:
            return ["like last word", f"like last word {kind}"]
        if "".join(word[0] for word in theirs) == own[-1].replace(".", ""):
            return ["initials"]
        definite = self._around.text[slice(*mention.stretch)].split()[0].lower() in self._definite
        return [
            "other last word",
            f"other last word {kind}",
            f"shared {min(shared, 2)} {kind}",
            f"definite {definite} {kind}",
        ]
