# requires: spacy>=3.8,<4
"""spaCy's span categorizer on quotes, speakers and dates, which may lie within one another.

saywhen export --dataset --to datasets
python examples/spans.py datasets/NAME
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import spacy
from reading import Line, annotation, divided, told
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import compounding, fix_random_seed, minibatch
from thinc.types import Ragged

KEY, LABELS, ROUNDS = "sc", ("quote", "speaker", "claimed_date"), 9
#: A candidate is up to so many words, or what lies between two of these signs in one sentence, up to so many words.
SHORT, LONG, EDGES = 5, 40, set(',.;:—–-“”«»"?!\n')


@spacy.registry.misc("saywhen.candidates.v1")
def candidates() -> Callable[..., Ragged]:
    """Return a suggester of short stretches and of whole clauses: a quote is longer than any list of n-grams goes."""

    def suggest(docs: list[Doc], *, ops: Any = None) -> Ragged:
        found, lengths = [], []
        for doc in docs:
            own = set()
            for sentence in doc.sents:
                first, last = sentence.start, sentence.end
                own |= {(at, end) for at in range(first, last) for end in range(at + 1, min(at + SHORT, last) + 1)}
                edges = sorted(
                    {first, last} | {at + more for at in range(first, last) if doc[at].text in EDGES for more in (0, 1)}
                )
                own |= {(at, end) for at in edges for end in edges if at < end <= at + LONG}
            found += sorted(own)
            lengths.append(len(own))
        return Ragged(numpy.array(found, "i").reshape(-1, 2), numpy.array(lengths, "i"))

    return suggest


def paragraphs(line: Line, empty: spacy.Language) -> Iterator[Doc]:
    """Yield an article's paragraphs as spaCy has them; of a span in several fragments, each fragment."""
    pieces = [(*part, span["label"]) for span in annotation(line)["spans"] for part in span["fragments"]]
    for found in re.finditer(r"[^\n]+", line["text"]):
        doc, (first, last) = empty(found[0]), found.span()
        spans = [
            doc.char_span(start - first, end - first, label=label, alignment_mode="expand")
            for start, end, label in pieces
            if label in LABELS and first <= start and end <= last
        ]
        doc.spans[KEY] = list({(span.start, span.end, span.label_): span for span in spans}.values())
        yield doc


def keys(spans: Any, label: str) -> set[tuple[int, int]]:
    """Return where the spans of a label stand."""
    return {(span.start, span.end) for span in spans if span.label_ == label}


fix_random_seed(5)
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
train, test = divided()
learned, asked = ([doc for line in lines for doc in paragraphs(line, nlp)] for lines in (train, test))
config = {"spans_key": KEY, "negative_weight": 0.15, "suggester": {"@misc": "saywhen.candidates.v1"}}
nlp.add_pipe("spancat_singlelabel", config=config)
examples = [Example(nlp.make_doc(doc.text), doc) for doc in learned]
optimizer = nlp.initialize(lambda: examples)
optimizer.learn_rate = 0.003
for _ in range(ROUNDS):
    random.shuffle(examples)
    for batch in minibatch(examples, compounding(2, 8, 1.01)):
        nlp.update(batch, sgd=optimizer, drop=0.2, annotates=["sentencizer"])
found = [nlp(doc.text) for doc in asked]
for label in LABELS:
    pairs = [(keys(a.spans[KEY], label), keys(b.spans[KEY], label)) for a, b in zip(asked, found, strict=True)]
    told(label, sum(len(a & b) for a, b in pairs), sum(len(b) for _, b in pairs), sum(len(a) for a, _ in pairs))
