# requires: scikit-learn>=1.5
"""A token model with scikit-learn: BIO tags of quotes, and of speakers, cues and dates, from the words around each token.

saywhen export --dataset --to datasets
python examples/tokens.py datasets/NAME
"""

from __future__ import annotations

import re
from typing import Any

from reading import Line, annotation, divided, told
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

#: Quotes hold the others, so each of these is a layer of tags of its own.
LAYERS = (("quote",), ("speaker", "cue", "claimed_date"))
TOKEN = re.compile(r"\w+|[^\w\s]")


def tagged(line: Line, labels: tuple[str, ...]) -> list[str]:
    """Return a tag for each token; of spans that overlap the shorter one has it."""
    tokens = [found.span() for found in TOKEN.finditer(line["text"])]
    tags = ["O"] * len(tokens)
    pieces = [
        (end - start, start, end, span["label"])
        for span in annotation(line)["spans"]
        if span["label"] in labels
        for start, end in span["fragments"]
    ]
    for _, start, end, label in sorted(pieces, reverse=True):
        within = [at for at, (first, last) in enumerate(tokens) if first < end and last > start]
        for at in within:
            tags[at] = ("B-" if at == within[0] else "I-") + label
    return tags


def features(line: Line) -> list[dict[str, Any]]:
    """Return the features of a token: its words and shape, those of four neighbors, whether quotation marks are open around it."""
    words, inside, open_marks = TOKEN.findall(line["text"]), [], False
    for word in words:
        open_marks = word in "“«„" or (word not in "”»" and open_marks != (word == '"'))
        inside.append(open_marks)
    rows = []
    for at, word in enumerate(words):
        row: dict[str, Any] = {"inside": inside[at], "mark": word in '"“”«»', "before": inside[at - 1] if at else False}
        for step in (-2, -1, 0, 1, 2):
            near = words[at + step] if 0 <= at + step < len(words) else "—"
            row |= {
                f"{step} word": near.lower(),
                f"{step} end": near[-3:].lower(),
                f"{step} capital": near[0].isupper(),
            }
            row |= {
                f"{step} digit": near.isdigit(),
                f"{step} inside": inside[at + step] if at + step < len(words) else False,
            }
        rows.append(row)
    return rows


def spans(tags: list[str]) -> set[tuple[int, int, str]]:
    """Return the (first token, past the last, label) that tags stand for."""
    found, start = set(), None
    for at, tag in enumerate([*tags, "O"]):
        if start is not None and not (tag[:2] == "I-" and tag[2:] == tags[start][2:]):
            found.add((start, at, tags[start][2:]))
            start = None
        if start is None and tag != "O":
            start = at
    return found


train, test = divided()
for labels in LAYERS:
    model = make_pipeline(DictVectorizer(), LogisticRegression(C=4, tol=0.01, max_iter=400))
    model.fit(
        [row for line in train for row in features(line)], [tag for line in train for tag in tagged(line, labels)]
    )
    score = {label: [0, 0, 0] for label in labels}
    for line in test:
        wanted, found = spans(tagged(line, labels)), spans(list(model.predict(features(line))))
        for count, several in enumerate((wanted & found, found, wanted)):
            for _, _, label in several:
                score[label][count] += 1
    for label in labels:
        told(label, *score[label])
