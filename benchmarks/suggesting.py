"""How right suggestions are on corpora: `python -m benchmarks.suggesting --gold CORPUS [--train CORPUS]`.

A corpus is a file of JSON lines or a folder (see `attribution_corpora`). With `--train`, rankers learn from articles drawn from
it, and figures are means of the draws, with the gain over the ranker that ships and its 95 % interval, resampled by article.

Quotations are what stands in quotation marks within gold content; “both” counts those that are found exactly with the right
speaker. Content is what gold has that isn't as a whole in quotation marks. A speaker is right if it overlaps with gold's.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.attribution_corpora import GoldArticle, read
from labeling.language import LANGUAGES, propose
from labeling.language.tokens import Stretch
from labeling.services.suggestions.rankers import default_ranker
from labeling.suggestions.entities import Entity, Mentions, SpeakingPhrase
from labeling.suggestions.fitting import fitted
from labeling.suggestions.lessons import Lessons, lessons_of
from labeling.suggestions.overlap import iou, shared
from labeling.suggestions.ranker import Ranker, by_rule
from labeling.suggestions.suggesting import Quote, suggest
from labeling.suggestions.surroundings import Surroundings

ENGLISH = LANGUAGES["en"]
#: Quotations and content that are likelier count as suggested.
_QUOTATION, _CONTENT = 0.5, 0.3
_FIRST = (200, 400, 800)
_SAMPLES = 2_000
_MARKED = re.compile(r"“[^”]*”|\"[^\"]*\"|``.*?''|''.*?''", re.DOTALL)

#: What is counted in an article: names of counts, and ranked suggestions with whether they are right.
Counts = tuple[Counter[str], list[tuple[float, bool]]]


def surroundings(article: GoldArticle) -> Surroundings:
    """Return an article with its candidates."""
    return Surroundings(article.text, propose(article.text, ENGLISH, leads=True), ENGLISH)


def marked(article: GoldArticle) -> dict[Stretch, tuple[Stretch, ...]]:
    """Return the quotations in quotation marks within gold content, each with who speaks."""
    found = {}
    for quote in article.gold.quotes:
        for start, end in quote.fragments:
            low = max(0, start - 1)
            for match in _MARKED.finditer(article.text[low : end + 1]):
                first, last = low + match.start(), low + match.end()
                if last > start + 1 and first < end - 1:
                    found[first, last] = quote.speakers
    return found


def is_direct(text: str, fragments: Sequence[Stretch]) -> bool:
    """Return whether all words of content stand in quotation marks."""
    content = " ".join(text[start:end] for start, end in fragments)
    if content.count("“") > content.count("”"):
        content += "”"
    inside = sum(len(re.findall(r"\w+", match.group())) for match in _MARKED.finditer(content))
    return inside >= len(re.findall(r"\w+", content))


def counted(article: GoldArticle, around: Surroundings, ranker: Ranker) -> Counts:
    """Return what is counted in an article."""
    found: Counter[str] = Counter()
    quotes = suggest(around, ranker, ENGLISH, published=article.published).quotes
    gold = marked(article)
    made = {fragment: each for each in quotes if each.direct and each.heads > _QUOTATION for fragment in each.fragments}
    found["gold"], found["made"] = len(gold), len(made)
    for stretch, speakers in gold.items():
        if stretch in made:
            right = _speaks(made[stretch], speakers)
            found["exact"] += 1
            found["both"] += right
            found["with speaker"] += bool(speakers)
            found["speaker"] += bool(speakers) and right
    other = [each for each in article.gold.quotes if not is_direct(article.text, each.fragments)]
    content = [each for each in quotes if not each.direct and each.certain > _CONTENT]
    found["content gold"], found["content made"] = len(other), len(content)
    found["content"] = len(_paired([each.fragments for each in other], content))
    ranked = []
    taken = dict(_paired([each.fragments for each in article.gold.quotes], quotes))
    for place, each in enumerate(quotes):
        number = taken.get(place)
        right = number is not None and _speaks(each, article.gold.quotes[number].speakers)
        ranked.append((each.score, right))
    return found, ranked


def _speaks(quote: Quote, speakers: Sequence[Stretch]) -> bool:
    if not quote.speakers:
        return not speakers
    return shared([quote.speakers[0].stretch], speakers) > 0


def _paired(gold: Sequence[Sequence[Stretch]], made: Sequence[Quote]) -> list[tuple[int, int]]:
    """Return (suggestion, gold) pairs that share half of their text, each once: the likelier suggestion first."""
    free = set(range(len(gold)))
    pairs = []
    for place, each in sorted(enumerate(made), key=lambda pair: -pair[1].score):
        best = max(((iou(gold[number], each.fragments), number) for number in free), default=(0.0, -1))
        if best[0] >= 0.5:
            free.discard(best[1])
            pairs.append((place, best[1]))
    return pairs


def shown(counts: Sequence[Counts]) -> dict[str, float]:
    """Return the figures of articles by name."""
    total: Counter[str] = Counter()
    for each, _ in counts:
        total.update(each)
    ranked = sorted((pair for _, each in counts for pair in each), key=lambda pair: -pair[0])
    return {
        "quotation F1": 2 * total["exact"] / (total["gold"] + total["made"]),
        "speaker": total["speaker"] / max(1, total["with speaker"]),
        "both F1": 2 * total["both"] / (total["gold"] + total["made"]),
        "content F1": 2 * total["content"] / (total["content gold"] + total["content made"]),
        **{f"first {most}": sum(right for _, right in ranked[:most]) / most for most in _FIRST},
    }


def gain(before: Sequence[Counts], draws: Sequence[Sequence[Counts]]) -> tuple[float, float, float]:
    """Return the gain in “both” over all draws with its 95 % interval, resampled by article."""
    names = ("both", "gold", "made")
    old = np.array([[each[name] for name in names] for each, _ in before], dtype=float)
    new = np.mean([[[each[name] for name in names] for each, _ in counts] for counts in draws], axis=0)
    weights = np.random.default_rng(18).multinomial(len(before), [1 / len(before)] * len(before), size=_SAMPLES)

    def both(sums: np.ndarray) -> np.ndarray:
        found: np.ndarray = 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])
        return found

    low, high = np.quantile(both(weights @ new) - both(weights @ old), [0.025, 0.975])
    return float(both(new.sum(axis=0)) - both(old.sum(axis=0))), float(low), float(high)


def entities(articles: Sequence[GoldArticle], ranker: Ranker) -> tuple[int, int]:
    """Return how many speakers' names are the right entity, of those whose entity spoke before: (right, all)."""
    right = total = 0
    for article in articles:
        around = surroundings(article)
        mentions = Mentions(around, ENGLISH)
        spoken: list[tuple[SpeakingPhrase, Entity]] = []
        known: dict[str, Entity] = {}
        for quote in sorted((each for each in article.gold.quotes if each.speakers), key=lambda each: each.speakers):
            if quote.entity is None:
                continue
            mention = mentions.of(quote.speakers[0])
            options = mentions.options(mention, reversed(spoken))
            chances = ranker["entity"].chances([features for _, features in options])
            best = options[max(range(len(options)), key=chances.__getitem__)][0]
            named = mention.capital and not mention.pronoun
            if quote.entity in known and named:
                total += 1
                right += best == known[quote.entity]
            if named:
                known.setdefault(quote.entity, Entity(None, mentions.own(mention)))
            spoken.append((mention, known.get(quote.entity) or Entity(None, mentions.own(mention))))
    return right, total


def lines(gold: Path, train: Path | None, sizes: Sequence[int], draws: int) -> Iterator[str]:
    """Yield the figures, a line each."""
    articles = read(gold)
    held = [(each, surroundings(each)) for each in articles]
    base: list[Counts] = []
    for name, ranker in (("rules of thumb", by_rule()), ("nothing learned here", default_ranker())):
        start = time.process_time()
        base = [counted(article, around, ranker) for article, around in held]
        took = (time.process_time() - start) / sum(len(article.text) for article in articles) * 3_000_000
        yield _line(name, shown(base)) + f"; {took:.1f} ms for 3 kB"
    right, total = entities(articles, default_ranker())
    if total:
        yield f"name → entity, once named: {right / total:.3f} of {total}"
    if train is None:
        return
    pool = read(train)
    taught = {each.name: (surroundings(each), each) for each in pool}
    for size in sizes:
        made, spent = [], []
        for draw in range(draws):
            lessons = Lessons()
            for each in random.Random(draw).sample(pool, size):
                around, article = taught[each.name]
                lessons.extend(lessons_of(around, article.gold, ENGLISH))
            start = time.process_time()
            ranker = fitted(lessons, "project", "1", default_ranker())
            spent.append(time.process_time() - start)
            made.append([counted(article, around, ranker) for article, around in held])
        each_draw = [shown(counts) for counts in made]
        mean = {name: sum(each[name] for each in each_draw) / draws for name in each_draw[0]}
        better, low, high = gain(base, made)
        yield _line(f"after {size} articles, mean of {draws}", mean)
        yield f"  gain in both {better:+.3f} [{low:+.3f}, {high:+.3f}]; training {sum(spent) / draws:.1f} s of CPU"


def _line(name: str, found: dict[str, float]) -> str:
    return f"{name}: " + ", ".join(f"{label} {value:.3f}" for label, value in found.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[25, 50])
    parser.add_argument("--draws", type=int, default=5)
    given = parser.parse_args()
    for line in lines(given.gold, given.train, given.sizes, given.draws):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
