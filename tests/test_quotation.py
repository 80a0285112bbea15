"""How much of a quote stands in quotation marks: one table and random texts, for the export and for the page alike."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest
import tools

from labeling.annotation.fragments import Fragments
from labeling.dataset import quotation_type

ROOT = Path(__file__).parent.parent

# Text, the quote's fragments (None: all of the text), type.
CASES: list[tuple[str, Fragments | None, str]] = [
    ("that nothing is decided", None, "indirect"),
    ("“Nothing is decided,”", None, "direct"),
    ("''Nothing is decided,''", None, "direct"),
    ("``Nothing isn't decided,''", None, "direct"),
    ("that nothing ''is decided'' yet", None, "mixed"),
    ("He said: ''We go.'' Then he left.", ((11, 17),), "direct"),
    ("the members'' bowls", ((13, 19),), "indirect"),
    ('"Nothing is decided,"', None, "direct"),
    ("«Rien n’est décidé»", None, "direct"),
    ("„Nichts ist entschieden“", None, "direct"),
    ("»Nichts ist entschieden«", None, "direct"),
    ("”Inget är avgjort”", None, "direct"),
    ("「何も決まっていない」", None, "direct"),
    ("《没有决定》", None, "direct"),
    ("that nothing “is decided” yet", None, "mixed"),
    ('he will meet him "at the end of this week" to talk', None, "mixed"),
    ("“complete” peace", None, "mixed"),
    ("“We’re going,” … “I said”", None, "direct"),
    ("it’s the dogs’ bowl", None, "indirect"),
    ("“It isn’t ‘mine’.”", None, "direct"),
    ("‘If it ever fails you, come back.’", None, "direct"),
    ("'If it ever fails you, come back.'", None, "direct"),
    ("‹If it ever fails you, come back.›", None, "direct"),
    ("‘we’ll go’", None, "direct"),
    ("the dogs’ bowls and ‘toys’", None, "indirect"),
    ("‘We go,’ he said, ‘now’", None, "indirect"),
    ("'", None, "indirect"),
    ("‘…’", None, "indirect"),
    ("“First paragraph.\n\n  “Second paragraph.”", None, "direct"),
    ("“First paragraph.\n“Second paragraph.”", None, "direct"),
    ('"First paragraph.\n\n"Second paragraph."', None, "direct"),
    ("“Never closed", None, "direct"),
    ("“Closed with an opening mark! “", None, "direct"),
    ("“😀 👩‍👩‍👧!”", None, "indirect"),
    ("“»nested« words”", None, "direct"),
    ("«outer “inner” outer»", None, "direct"),
    ("„Er sagte »nein« und ging“, hieß es", None, "mixed"),
    ("cut off」 he said", None, "indirect"),
    ("」「we go」", None, "direct"),
    ("He said: “We go.” Then he left.", ((10, 16),), "direct"),
    ("He said: “We go.” Then he left.", ((0, 16),), "mixed"),
    ("“We go”and left", ((7, 15),), "indirect"),
    ("𝐀“We go” left", ((2, 7),), "indirect"),
    ("😀“We go” left", ((2, 7),), "direct"),
    ("“ We go", ((1, 7),), "indirect"),
    ("“We go,” he said, “today.”", ((0, 8), (18, 26)), "direct"),
    ("“We go,” he said, “today.”", ((1, 6), (19, 24)), "direct"),
    ("“We go,” he said, today.", ((0, 8), (18, 24)), "mixed"),
    ("‘We go,’ he said, ‘today.’", ((0, 8), (18, 26)), "direct"),
]

_RUN = """
    import { readFileSync } from "node:fs";
    import { Offsets } from "./labeling/ui/component/offsets.js";
    import { quotationType } from "./labeling/ui/component/quotation.js";
    const typeOf = ([text, fragments]) => {
      const offsets = new Offsets(text);
      return quotationType((start, end) => offsets.slice(start, end), fragments);
    };
    console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(typeOf)));
"""


def _in_the_page(quotes: list[tuple[str, Fragments]]) -> list[str]:
    command = [*tools.node(), "--input-type=module", "--eval", _RUN]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(quotes).encode(), capture_output=True, check=True)
    types: list[str] = json.loads(done.stdout)
    return types


def _whole(text: str, fragments: Fragments | None) -> Fragments:
    return ((0, len(text)),) if fragments is None else fragments


@pytest.mark.parametrize(("text", "fragments", "expected"), CASES)
def test_the_type_of_a_quote_follows_from_its_marks(text: str, fragments: Fragments | None, expected: str) -> None:
    assert quotation_type(text, _whole(text, fragments)) == expected


def test_the_page_reads_the_same_types_from_the_same_table() -> None:
    found = _in_the_page([(text, _whole(text, fragments)) for text, fragments, _ in CASES])
    wrong = [(case, type) for case, type in zip(CASES, found, strict=True) if case[2] != type]
    assert wrong == []


@pytest.mark.slow
def test_the_page_and_the_export_agree_on_random_texts() -> None:
    draw = random.Random(1)
    pieces = [*"“”„‟\"«»‹›‘’‚'「」『』《》〝〞〟＂", *"weöé何7²_𝐀😀", *" \n\u00a0\u2028,.-"]
    quotes: list[tuple[str, Fragments]] = []
    for _ in range(20_000):
        text = "".join(draw.choices(pieces, k=draw.randint(1, 14)))
        count = 2 * draw.randint(1, min(2, (len(text) + 1) // 2))
        borders = sorted(draw.sample(range(len(text) + 1), count))
        quotes.append((text, tuple(zip(borders[::2], borders[1::2], strict=True))))
    expected = [quotation_type(*quote) for quote in quotes]
    wrong = [(q, py, js) for q, py, js in zip(quotes, expected, _in_the_page(quotes), strict=True) if py != js]
    assert wrong[:5] == []
    assert min(expected.count(type) for type in ("direct", "mixed", "indirect")) > 500


def test_the_quotes_of_the_real_articles_get_the_types_that_a_person_gave_them(shared: Path) -> None:
    gold = json.loads((shared / "articles" / "gold.json").read_text(encoding="utf-8"))
    quotes, given = [], []
    for file in gold["files"]:
        text = (shared / "articles" / file["file"]).read_bytes().decode()
        for span in file["spans"]:
            if span["label"] == "quote":
                fragments = span.get("fragments") or [[span["start"], span["end"]]]
                quotes.append((text, tuple(map(tuple, fragments))))
                given.append(span["quote_type"])
    assert [quotation_type(*quote) for quote in quotes] == given
    assert _in_the_page(quotes) == given
