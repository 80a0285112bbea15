"""Numbers with their nouns."""

from __future__ import annotations

import re

import pytest
from test_architecture import ROOT

from labeling.quantities import many


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("article",), "0 articles"),
        (1, ("article",), "1 article"),
        (2, ("entry", "entries"), "2 entries"),
        (1, ("article is", "articles are"), "1 article is"),
        (12_345, ("span needs", "spans need"), "12,345 spans need"),
    ],
)
def test_a_number_has_its_noun(number: int, words: tuple[str, ...], said: str) -> None:
    assert many(number, *words) == said


def test_no_other_function_or_condition_puts_a_noun_into_the_plural() -> None:
    """Else one of them says “1 articles”."""
    own = re.compile(r"""(''|"s"|'s'|"") if [^\n]* == 1 else|=== 1 \? ("" : "s"|"s" : "")""")
    files = [*(ROOT / "labeling").rglob("*.py"), *(ROOT / "labeling" / "ui" / "component").glob("*.js")]
    assert [path.name for path in files if own.search(path.read_text(encoding="utf-8"))] == []
