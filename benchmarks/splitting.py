"""Splits: articles of which some share planted wire copy, passages and quotations are grouped."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, Goal, shown
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import Bench, bare
from labeling import schema
from labeling.annotation import article
from labeling.dataset.duplicates import Signature, sign, ties
from labeling.services import splits as splitting
from labeling.store.project import Store

#: Of so many articles that follow one another, some share something, and nothing with any others.
_BLOCK = 50
_WORDS = 480
#: What is planted in a block: which two articles share what, and whether it is to be found.
_PLANTS = {
    "a copy": (0, 1),
    "5 % of the words changed": (0, 2),
    "10 % changed": (0, 3),
    "20 % changed": (0, 4),
    "100 words inside an article": (5, 6),
    "a passage of 40 words": (7, 8),
    "a quotation of 12 words": (9, 10),
}
_RATES = {0: 0.0, 1: 0.0, 2: 0.05, 3: 0.1, 4: 0.2}


def measure(bench: Bench) -> list[Figure]:
    """Return the time of splitting a project, what of the planted ties was found, and memory for ten times as many."""
    count = bench.articles
    project = bench.place("splits") / "project.db"
    seconds, again, reading, found, wrong, tied = in_child(_split, project, count)
    planted = count // _BLOCK
    whole = sum(found.values())
    missed = ", ".join(f"{name}: {found[name] / planted:.1%}" for name in _PLANTS if found[name] < planted)
    nothing, little, much = (in_child(_memory, number) for number in (0, count, 10 * count))
    return [
        Figure(
            f"splits of {count:,} new articles",
            seconds,
            "s",
            Goal("most", 60),
            beside=f"{shown(reading, 's')} to read the texts",
        ),
        Figure("the same again, from kept signatures", again, "s"),
        Figure(
            "planted ties that are found",
            100 * whole / (planted * len(_PLANTS)),
            "%",
            Goal("least", 99),
            missed or f"of {len(_PLANTS)} kinds",
        ),
        Figure("ties that were planted", 100 * (1 - wrong / tied), "%", Goal("least", 99), f"of {tied:,}"),
        Figure(
            f"memory of the ties of {10 * count:,}",
            much - nothing,
            "MB",
            Goal("times", 1.2),
            raw=10 * (little - nothing),
            beside=f"10 × that of {count:,}",
        ),
    ]


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Return words and how often each and all before it come: a few very often, most hardly ever, as in any language."""
    random = Random(0)
    syllables = ["ba", "ko", "ri", "tu", "fe", "sa", "lo", "mi", "ne", "du", "pa", "vi"]
    made = sorted({"".join(random.choices(syllables, k=random.choice((1, 2, 2, 3, 3, 4)))) for _ in range(40_000)})
    random.shuffle(made)
    return made, list(accumulate(1 / (rank + 3) for rank in range(len(made))))


def _invented(seed: str, size: int) -> list[str]:
    words, often = _vocabulary()
    return Random(seed).choices(words, cum_weights=often, k=size)


def text(number: int) -> str:
    """Invent article `number`; the same number gives the same article."""
    block, at = divmod(number, _BLOCK)
    words = _invented(f"article {number}", _WORDS)
    if at in _RATES:
        random = Random(number)
        wire = _invented(f"wire {block}", _WORDS)
        words = [other if random.random() < _RATES[at] else word for word, other in zip(wire, words, strict=True)]
    elif at in (5, 6):
        inside = _invented(f"short {block}", 100)
        words = inside if at == 5 else words[:170] + inside + words[170:]
    elif at in (7, 8):
        words[100 * at - 500 : 100 * at - 500] = _invented(f"passage {block}", 40)
    paragraphs = []
    for start in range(0, len(words), 40):
        part = words[start : start + 40]
        said = part[:12] if at not in (9, 10) or start != 40 * (at - 7) else _invented(f"quote {block}", 12)
        paragraphs.append(f"“{' '.join(said)},” {' '.join(part[12:])}.")
    return "\n\n".join([f"Article {number}", *paragraphs])


def _split(project: Path, count: int) -> tuple[float, float, float, Counter[str], int, int]:
    """Split a project; return seconds, those of a second time and of reading, planted ties found, wrong and all ties."""
    store = Store.create(project, schema.load(schema.SCHEMAS / "news.yaml"))
    made = (article.make(text(number), title=str(number)) for number in range(count))
    number_of = {each.article.id: int(each.article.title or "") for each in store.add_articles(made)}
    started = time.perf_counter()
    with closing(bare(project)) as connection:
        for _ in connection.execute("SELECT text FROM article"):
            pass
    reading = time.perf_counter() - started
    started = time.perf_counter()
    splits = splitting.splits(store, place=True)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    splitting.splits(store)
    again = time.perf_counter() - started
    found: Counter[str] = Counter()
    pairs = {tuple(sorted(number_of[id] for id in tie.articles)) for tie in splits.ties}
    for name, (one, two) in _PLANTS.items():
        found[name] = sum((start + one, start + two) in pairs for start in range(0, count - _BLOCK + 1, _BLOCK))
    wrong = sum(pair[0] // _BLOCK != pair[1] // _BLOCK for pair in pairs)
    return seconds, again, reading, found, wrong, len(pairs)


def _memory(count: int) -> float:
    """Find the ties of so many articles, their texts made when asked for; return peak memory in MB."""
    signed: dict[str, Signature] = {str(number): sign(text(number)) for number in range(count)}
    for _ in ties(signed, lambda id: text(int(id)), {}):
        pass
    return peak_memory()
