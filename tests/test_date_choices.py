"""What a project's people choose for words of a pattern is offered first there."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import op
from lines import NEWS
from marking import mark

from labeling.annotation import article
from labeling.dates import read
from labeling.services import date_choices
from labeling.store.project import Store

WEEK, REST = "2019-01-14/2019-01-20", "2019-01-16/2019-01-20"


def chosen(store: Store, edtfs: list[str]) -> None:
    """Save articles in which “later this week” has these values."""
    for number, edtf in enumerate(edtfs):
        made = article.make(f"No. {number}: they meet later this week.", title="T", outlet="O", published="2019-01-15")
        list(store.add_articles([made]))
        store.sign_in("ana")
        mark(store, "ana", made.id, ("later this week", "claimed_date"), submit=False)
        ((_, (held,)),) = [each for each in store.annotated() if each[0].id == made.id]
        value = {"edtf": edtf, "timex3": "2019-W03", "mod": "END", "words": "later this week", "against": "2019-01-15"}
        step = op(1, "set", id=held.values["spans"][0]["id"], name="value", value=value)
        assert not store.append("ana", made.id, f"client-choice-{number}", 0, [step]).refused


@pytest.mark.parametrize(
    ("edtfs", "first"),
    [([], "2019"), ([REST], "2019"), ([REST, REST], "2019-01/2019-12"), ([WEEK, WEEK, REST], "2019")],
)
def test_what_was_chosen_at_least_twice_for_a_pattern_leads(tmp_path: Path, edtfs: list[str], first: str) -> None:
    store = Store.create(tmp_path / "choices.db", NEWS)
    chosen(store, edtfs)
    words, against = "later this year", "2019-01-15"
    found = date_choices.ranked(store, words, read(words, against))
    assert found[0].edtf == first
    assert set(found) == set(read(words, against))
    other = read("in three weeks", against)
    assert date_choices.ranked(store, "in three weeks", other) == other, "no one has chosen for this pattern"
