"""Cross-document clusters in the formats of scorers for coreference: CoNLL-2012 columns, and CorefUD (CoNLL-U).

A cluster is a registry entry; its mentions are the spans that name it, in any article. In CoNLL-2012, scorers compare
documents one by one, so the articles of a story are one document. In CorefUD each article is a document, and an entity's
id is the same in all of them. A sentence that a mention crosses is written together with the next one, as both formats
want a mention within a sentence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labeling.annotation.fragments import Fragments
from labeling.formats.marked import Losses
from labeling.language import tokens
from labeling.language.tokens import Stretch


class ClusterMention(NamedTuple):
    """A mention: its fragments (half-open code points) and the number of its cluster, from 1."""

    fragments: Fragments
    cluster: int


class MentioningArticle(NamedTuple):
    """An article with its mentions; `document` is the name of the story it is in, or its own id."""

    id: str
    document: str
    text: str
    mentions: Sequence[ClusterMention]


class _Placed(NamedTuple):
    """A mention by its tokens: half-open ranges, one a fragment."""

    ranges: tuple[Stretch, ...]
    cluster: int

    @property
    def whole(self) -> Stretch:
        return self.ranges[0][0], self.ranges[-1][1]


class _Tokens(NamedTuple):
    """An article's tokens, the mentions among them, and sentences, which no mention crosses, as ranges of tokens."""

    article: MentioningArticle
    places: Sequence[Stretch]
    mentions: Sequence[_Placed]
    sentences: Sequence[Stretch]

    def word(self, at: int) -> str:
        start, end = self.places[at]
        return "".join(self.article.text[start:end].split())


def conll_2012(articles: Iterable[MentioningArticle], losses: Losses) -> Iterator[str]:
    """Yield the lines of a file in CoNLL-2012 columns; articles of one document follow one another."""
    documents: dict[str, list[MentioningArticle]] = {}
    for article in articles:
        documents.setdefault(article.document, []).append(article)
    for name, held in documents.items():
        yield f"#begin document ({name}); part 000"
        for article in held:
            made = _tokens(article, losses, continuous=True)
            marks = _brackets(made, [(each.whole, str(each.cluster)) for each in made.mentions], between="|")
            for first, last in made.sentences:
                for number, at in enumerate(range(first, last)):
                    columns = (
                        name,
                        "0",
                        str(number),
                        made.word(at),
                        "-",
                        "*",
                        "-",
                        "-",
                        "-",
                        "-",
                        "*",
                        marks.get(at, "-"),
                    )
                    yield "\t".join(columns)
                yield ""
        yield "#end document"


def corefud(articles: Iterable[MentioningArticle], kind: str, losses: Losses) -> Iterator[str]:
    """Yield the lines of a CorefUD file, `kind` the type of its entities; the trees have no syntax."""
    type = "".join(each for each in kind if each.isalnum())
    yield "# global.Entity = eid-etype-head-other"
    for article in articles:
        made = _tokens(article, losses, continuous=False)
        spans = [
            (
                part,
                f"e{each.cluster}" + (f"[{number}/{len(each.ranges)}]" if len(each.ranges) > 1 else "") + f"-{type}-1-",
            )
            for each in made.mentions
            for number, part in enumerate(each.ranges, 1)
        ]
        marks = _brackets(made, spans, between="")
        yield f"# newdoc id = {article.id}"
        for sentence, (first, last) in enumerate(made.sentences, 1):
            yield f"# sent_id = {article.id}-{sentence}"
            start, end = made.places[first][0], made.places[last - 1][1]
            yield f"# text = {' '.join(article.text[start:end].split())}"
            for number, at in enumerate(range(first, last), 1):
                misc = [f"Entity={marks[at]}"] if at in marks else []
                if at + 1 < last and made.places[at][1] == made.places[at + 1][0]:
                    misc.append("SpaceAfter=No")
                head, relation = ("0", "root") if number == 1 else ("1", "dep")
                word = made.word(at)
                columns = (str(number), word, "_", "X", "_", "_", head, relation, "_", "|".join(misc) or "_")
                yield "\t".join(columns)
            yield ""


def _tokens(article: MentioningArticle, losses: Losses, *, continuous: bool) -> _Tokens:
    """Return an article by tokens; with `continuous`, a mention is the whole of its fragments."""
    places = tokens.tokens(article.text)
    starts, ends = [start for start, _ in places], [end for _, end in places]
    found: dict[tuple[int, tuple[Stretch, ...]], _Placed] = {}
    for mention in article.mentions:
        ranges = [
            (first, last)
            for start, end in mention.fragments
            if (first := bisect_right(ends, start)) < (last := bisect_left(starts, end))
        ]
        if not ranges:
            losses.add("mentions without a word are lost", article.id)
            continue
        if len(ranges) > 1 and continuous:
            losses.add("the words between the fragments of a mention belong to it", article.id)
            ranges = [(ranges[0][0], ranges[-1][1])]
        joined = _Placed(tuple(_joined(ranges)), mention.cluster)
        found.setdefault((mention.cluster, joined.ranges), joined)
    kept = _uncrossed(found.values(), article.id, losses)
    return _Tokens(article, places, kept, _sentences(article.text, places, kept))


def _joined(ranges: Iterable[Stretch]) -> list[Stretch]:
    """Return ranges in order, with those that touch or overlap as one."""
    made: list[Stretch] = []
    for first, last in sorted(ranges):
        if made and first <= made[-1][1]:
            made[-1] = made[-1][0], max(last, made[-1][1])
        else:
            made.append((first, last))
    return made


def _uncrossed(mentions: Iterable[_Placed], article: str, losses: Losses) -> list[_Placed]:
    """Return the mentions without those that cross a longer one of their own cluster, which brackets can't express."""
    kept: dict[int, list[_Placed]] = defaultdict(list)
    for each in sorted(mentions, key=lambda each: (each.whole[0] - each.whole[1], each)):
        start, end = each.whole
        if any(
            other[0] < start < other[1] < end or start < other[0] < end < other[1]
            for other in (one.whole for one in kept[each.cluster])
        ):
            losses.add("mentions that cross another one of the same entry are lost", article)
        else:
            kept[each.cluster].append(each)
    return sorted((each for held in kept.values() for each in held), key=lambda each: (each.whole[0], -each.whole[1]))


def _sentences(text: str, places: list[Stretch], mentions: Sequence[_Placed]) -> list[Stretch]:
    """Return the sentences as ranges of tokens, with those that a mention crosses as one."""
    cut = tokens.sentences(text, places)
    starts = [start for start, _ in places]
    found = [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in cut]
    made: list[Stretch] = []
    for first, last in (each for each in found if each[0] < each[1]):
        if made and any(each.whole[0] < first < each.whole[1] for each in mentions):
            made[-1] = made[-1][0], last
        else:
            made.append((first, last))
    return made


def _brackets(made: _Tokens, spans: Iterable[tuple[Stretch, str]], *, between: str) -> Mapping[int, str]:
    """Return what stands at each token: brackets that open before those inside of them, and close after.

    A bracket closes with the id alone: what CorefUD says after the first hyphen stands where it opens.
    """
    opens: dict[int, list[tuple[Stretch, str]]] = defaultdict(list)
    closes: dict[int, list[tuple[Stretch, str]]] = defaultdict(list)
    alone: dict[int, list[str]] = defaultdict(list)
    for (first, last), name in sorted(spans, key=lambda each: (each[0][0], -each[0][1], each[1])):
        if last == first + 1:
            alone[first].append(f"({name})")
        else:
            opens[first].append(((first, last), f"({name}"))
            closes[last - 1].append(((first, last), f"{name.partition('-')[0]})"))
    found = {}
    for at in {*opens, *closes, *alone}:
        closing = [name for _, name in sorted(closes[at], key=lambda each: (-each[0][0], each[1]))]
        found[at] = between.join([*closing, *(name for _, name in opens[at]), *alone[at]])
    return found
