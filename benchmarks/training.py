"""Trains the ranker that ships with SayWhen, on GUM's Wikinews articles: `python -m benchmarks.training FOLDER`.

FOLDER has `gum-wikinews-news.jsonl` and `gum-wikinews-interview.jsonl`. The same data gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from benchmarks.attribution_corpora import GoldArticle, read
from labeling.language import LANGUAGES, propose
from labeling.services.suggestions.rankers import DEFAULT
from labeling.suggestions.fitting import fitted
from labeling.suggestions.lessons import Lessons, lessons_of
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.surroundings import Surroundings

#: Raised with each new training that ships.
VERSION = "1"
ABOUT = {
    "learned from": "24 Wikinews articles and 19 Wikinews interviews of the Georgetown University Multilayer corpus (GUM), https://github.com/amir-zeldes/gum",
    "license": "texts CC BY 2.5 (Wikinews), annotations CC BY 4.0 (Amir Zeldes and GUM's annotators)",
    "citation": "Zeldes, Amir. 2017. The GUM Corpus: Creating Multilayer Resources in the Classroom. "
    "Language Resources and Evaluation 51(3), 581-612",
    "rebuilt by": "python -m benchmarks.training FOLDER",
}
NEWS, INTERVIEWS = "gum-wikinews-news.jsonl", "gum-wikinews-interview.jsonl"


def lessons(articles: list[GoldArticle]) -> Lessons:
    """Return what English articles teach."""
    english = LANGUAGES["en"]
    found = Lessons()
    for article in articles:
        around = Surroundings(article.text, propose(article.text, english, leads=True), english)
        found.extend(lessons_of(around, article.gold, english, article.published))
    return found


def trained(folder: Path) -> Ranker:
    """Return the default ranker, learned from the files in a folder."""
    taught = lessons(read(folder / NEWS))
    # Interviews ask and answer: what is attributed there isn't as in news, but who speaks is.
    taught.by_name["speaker"] += lessons(read(folder / INTERVIEWS)).by_name["speaker"]
    learned = fitted(taught, "default", VERSION)
    return Ranker(learned.name, learned.version, learned.weights, ABOUT)


def as_bytes(ranker: Ranker) -> bytes:
    """Return a ranker as it is written to the file that ships."""
    return orjson.dumps(ranker.as_json(), option=orjson.OPT_INDENT_2) + b"\n"


if __name__ == "__main__":
    DEFAULT.write_bytes(as_bytes(trained(Path(sys.argv[1]))))
    sys.stdout.write(f"{DEFAULT.name}: {DEFAULT.stat().st_size:,} bytes\n")
