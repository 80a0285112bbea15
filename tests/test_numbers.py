"""Numbers: exact, never rounded, the same in Python and on the page, and migrated when the label set changes."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tools
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import agreement, schema
from labeling.agreement.coding import interval_alpha
from labeling.annotation import article, label_set_changes, late_edits, migration, ops, state
from labeling.annotation.state import Annotation, Comment, Span
from labeling.dataset import article_line, card
from labeling.dataset.counts import Counts
from labeling.errors import OpError
from labeling.formats.marked import empty_annotation
from labeling.schema import Schema, numbers

ROOT = Path(__file__).parent.parent


def label_set(attribute: str, version: int = 1, changes: str = "") -> Schema:
    """Return a label set whose quotes have `value`, declared so."""
    return schema.parse(f"""
name: numbers
version: {version}
labels:
  quote:
    hotkey: q
    colour: "#000000"
    attributes:
      value: {attribute}
{f"changes: {{from: {version - 1}{changes}}}" if version > 1 else ""}
""")


def marked(*values: Any) -> Annotation:
    """Return submitted work with a quote for each value."""
    spans = {f"s{at}": Span(f"s{at}", "quote", ((at * 10, at * 10 + 5),), {} if value is None else {"value": value})
             for at, value in enumerate(values)}  # fmt: skip
    return Annotation(spans=spans, status="submitted")


NUMBER = label_set("{type: number, unit: people, min: 0, max: 1000.5}")
written = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=9).map(
    lambda each: format(each, "f")
)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1250.5", 1250.5),
        (" −3 ", -3),
        ("+7", 7),
        ("007", 7),
        (".5", 0.5),
        ("2.50", 2.5),
        ("-0", 0),
        ("0.000000001", 1e-9),
    ],
)
def test_a_number_is_read_as_it_is_written(words: str, value: float) -> None:
    found = numbers.parse(words)
    assert found == value and type(found) is type(value) and str(found)[0] != ("-" if value == 0 else "x")
    assert numbers.parse(numbers.decimal(found)) == found


@pytest.mark.parametrize(
    "words", ["", "-", ".", "1,5", "1 000", "1e3", "NaN", "inf", "0x10", "1_000", "٣", "12 people"]
)
def test_anything_else_is_no_number_and_the_remedy_is_given(words: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number; write digits and a decimal point, such as 1250\.5"):
        numbers.parse(words)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), 1e15, 10**15, 10**400, 0.1 + 0.2, 1e-10, 5e-324]
)
def test_what_could_not_be_kept_as_it_is_written_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"a number (must be finite|has at most 15 digits)"):
        numbers.exact(value)


@pytest.mark.parametrize(
    ("value", "kept"), [(3.0, 3), (-0.0, 0), (1e3, 1000), (2.5, 2.5), (999999999999999, 999999999999999)]
)
def test_a_saved_number_has_one_form(value: float, kept: float) -> None:
    op = ops.load({"number": 1, "kind": "set", "id": "s0", "name": "value", "value": value})
    annotation = marked(None)
    state.apply(annotation, op, "", label_set("{type: number}"), lambda *_: None)
    assert repr(annotation.spans["s0"].attributes["value"]) == repr(kept)
    assert json.loads(ops.to_json(state.as_kept(annotation, op)))["value"] == kept
    assert '"value":-' not in ops.to_json(state.as_kept(annotation, op))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (-1, "“value” must be a number from 0 to 1000.5, not -1"),
        (1000.6, "“value” must be a number from 0 to 1000.5, not 1000.6"),
        ("12", "“value” must be a number, or null to clear it, not “12”"),
        (True, "“value” must be a number"),
        (0.1 + 0.2, "a number has at most 15 digits"),
        (10**20, "a number has at most 15 digits"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_with_what_does(value: Any, reason: str) -> None:
    op = ops.load({"number": 1, "kind": "set", "id": "s0", "name": "value", "value": value})
    with pytest.raises(OpError) as fault:
        state.apply(marked(None), op, "", NUMBER, lambda *_: None)
    assert reason in str(fault.value)


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_json_that_is_no_finite_number_never_becomes_an_op(written: str) -> None:
    raw = f'[{{"number": 1, "kind": "set", "id": "s0", "name": "value", "value": {written}}}]'
    with pytest.raises(ValueError, match="value"):
        ops.load_message(raw.encode())


def test_zero_is_a_value_and_only_null_takes_it_away() -> None:
    annotation = marked(None)
    for value, left in ((0, {"value": 0}), (None, {})):
        op = ops.load({"number": 1, "kind": "set", "id": "s0", "name": "value", "value": value})
        state.apply(annotation, op, "", NUMBER, lambda *_: None)
        assert annotation.spans["s0"].attributes == left


_READ = """
    import { readFileSync } from "node:fs";
    import { decimal, isExact, parseNumber } from "./labeling/ui/component/numbers.js";
    const { words, values } = JSON.parse(readFileSync(0, "utf8"));
    console.log(JSON.stringify({ words: words.map((each) => parseNumber(each).value), values: values.map((each) => [isExact(each), decimal(each)]) }));
"""


def test_python_and_the_page_read_and_write_the_same_numbers() -> None:
    words = ["0", "-0", "1,5", "1e3", "−2.50", ".5", "5.", "0.000000001", "0.0000000001", "123456789012345", "1234567890123456",
             "0.1234567891", "12345678.1234567", "123456789.1234567", "٣", " 7 ", "", "-", "+0.10"]  # fmt: skip
    words += [
        f"{sign}{10**size // 7}.{10**places // 3}"
        for sign in ("", "-")
        for size in range(16)
        for places in range(1, 11)
    ]
    values: list[float] = [0, 1e-9, -2.5e-7, 0.1 + 0.2, 1e15, 1e14, 1e21, 123456.789, 5e-324, 0.3, 1 / 3, 1e-6, 1.5e-6]

    def parsed(each: str) -> float | None:
        try:
            return numbers.parse(each)
        except ValueError:
            return None

    def exact(value: float) -> bool:
        try:
            return numbers.exact(value) == value
        except ValueError:
            return False

    command = [*tools.node(), "--input-type=module", "-e", _READ]
    told = json.dumps({"words": words, "values": values})
    done = subprocess.run(command, cwd=ROOT, input=told, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["words"] == [parsed(each) for each in words]
    assert [ok for ok, _ in found["values"]] == [exact(value) for value in values]
    assert all(
        shown == numbers.decimal(value) for value, (ok, shown) in zip(values, found["values"], strict=True) if ok
    )


@settings(max_examples=200, deadline=None)
@given(written)
def test_what_is_read_is_what_was_written_or_it_is_refused(words: str) -> None:
    try:
        found = numbers.parse(words)
    except ValueError:
        assert len(Decimal(words).normalize().as_tuple().digits) > numbers.DIGITS
    else:
        assert Decimal(numbers.decimal(found)) == Decimal(words)


# Agreement.


def test_interval_alpha_is_krippendorffs() -> None:
    # Four units, eight values 1 1 2 2 3 3 4 5 of mean 21/8: squares around it sum to 69 − 441/8, and one pair differs by 1.
    confusion = {(1.0, 1.0): 1.0, (2.0, 2.0): 1.0, (3.0, 3.0): 1.0, (4.0, 5.0): 1.0}
    squares = 69 - 441 / 8
    assert interval_alpha(confusion) == pytest.approx(1 - (1 / 4) / (2 * squares / 7))
    assert interval_alpha(
        {(1e14 + one, 1e14 + two): times for (one, two), times in confusion.items()}
    ) == pytest.approx(interval_alpha(confusion) or 0, rel=1e-6)
    assert interval_alpha({}) is interval_alpha({(3.0, 3.0): 5.0}) is None


def test_numbers_agree_by_share_alpha_and_difference() -> None:
    work = {"ana": marked(10, 20, 0, 7, None), "ben": marked(10, 23, 0.1, None, 8)}
    found = agreement.agreement([agreement.contribution(work, 60, NUMBER)]).mean
    assert found["attribute.quote.value"] == pytest.approx(1 / 3)
    assert found["coverage.quote.value"] == pytest.approx(3 / 5)
    assert found["difference.quote.value"] == 0.1  # of 0, 3 and 0.1, as decimals have it
    assert 0.9 < (found["number α.quote.value"] or 0) < 1
    turned = agreement.agreement([agreement.contribution({"ana": work["ben"], "ben": work["ana"]}, 60, NUMBER)]).mean
    assert turned == pytest.approx(found)


# A label set that changes.


def migrated(old: Schema, new: Schema, *values: Any) -> migration.MigratedAnnotation:
    assert [*label_set_changes.faults(old, new)] == []
    return migration.migrated(marked(*values), old, new)


def kept(found: migration.MigratedAnnotation) -> list[Any]:
    return [span.attributes.get("value") for span in found.annotation.spans.values()]


def test_texts_become_numbers_and_people_are_asked_about_those_that_can_not() -> None:
    found = migrated(
        label_set("{type: text}"), label_set("{type: number, min: 0}", 2), "12", " 1250.50 ", "about 7", "-3"
    )
    assert kept(found) == [12, 1250.5, None, None]
    assert found.counts == {("values", "quote.value: about 7"): 1, ("values", "quote.value: -3"): 1}
    asked = [each.text for each in found.annotation.comments.values()]
    assert "“value” had the value “about 7”, which was removed. “value”: “about 7” is not a number" in asked[0]
    assert "“value” must be a number of 0 or more, not -3; which value is right?" in asked[1]
    assert found.back and found.annotation.status == "open"


def test_numbers_become_texts_without_loss() -> None:
    found = migrated(label_set("{type: number}"), label_set("{type: text}", 2), 1e-9, -2.5, 1250)
    assert kept(found) == ["0.000000001", "-2.5", "1250"]
    assert not found.back


def test_numbers_outside_a_narrower_range_are_listed_and_asked_about() -> None:
    old, new = label_set("{type: number}"), label_set("{type: number, max: 100, integer: true}", 2)
    found = migrated(old, new, 100, 101, 2.5)
    assert kept(found) == [100, None, None]
    assert [*found.counts] == [("values", "quote.value: 101"), ("values", "quote.value: 2.5")]
    assert [*label_set_changes.described(old, new)] == [
        "attribute quote.value must now be a whole number of 100 or less; annotators are asked about each value that doesn't fit"
    ]


def test_a_new_unit_is_said_and_numbers_stay() -> None:
    old, new = label_set("{type: number, unit: km}"), label_set("{type: number, unit: miles}", 2)
    assert [*label_set_changes.described(old, new)] == [
        "attribute quote.value is now in miles; the numbers stay as they are"
    ]
    assert kept(migrated(old, new, 7)) == [7]


OPTIONS = '{type: choice, options: [{key: one, title: "1"}, {key: two, title: "2.5"}, {key: many, title: many}]}'


def test_a_choice_becomes_a_number_where_every_title_is_one() -> None:
    old, new = label_set(OPTIONS), label_set("{type: number}", 2)
    (fault,) = label_set_changes.faults(old, new)
    assert "option “many” of “quote.value” can't become a number (“value”: “many” is not a number; write digits" in str(
        fault
    )
    assert str(fault).endswith("drop it under changes, choices: quote.value.many: null") and fault.line == 9
    (fault,) = label_set_changes.faults(old, label_set("{type: number}", 2, ", choices: {quote.value.many: lots}"))
    assert "“value” is of type number and has no options" in str(fault)
    dropped = label_set("{type: number}", 2, ", choices: {quote.value.many: null}")
    assert kept(migrated(old, dropped, "one", "two", "many")) == [1, 2.5, None]


def test_an_edit_that_arrives_late_is_carried_over_or_refused() -> None:
    versions = [label_set("{type: text}"), label_set("{type: number}", 2)]

    def late(value: Any) -> Any:
        op = ops.load({"number": 1, "kind": "set", "id": "s0", "name": "value", "value": value})
        translated = late_edits.translated(op, marked(None), versions)
        assert isinstance(translated, ops.Set)
        return translated.value

    assert late("12") == 12 and late(None) is None
    with pytest.raises(OpError, match=r"where “value” was a text: “value”: “a few” is not a number.*; do it again"):
        late("a few")


def test_a_comment_of_the_migration_hangs_on_its_span() -> None:
    found = migrated(label_set("{type: text}"), label_set("{type: number}", 2), "1", "x")
    (comment,) = found.annotation.comments.values()
    assert isinstance(comment, Comment) and comment.span == "s1"


def test_a_dataset_card_lists_what_numbers_there_are() -> None:
    made = article.make("one two three four five six seven")
    values = [{"id": f"s{at}", "label": "quote", "fragments": [[at, at + 1]], "attributes": {"value": value}}
              for at, value in enumerate([0, 2.5, 2.5, 1000])]  # fmt: skip
    counts = Counts()
    counts.add(article_line(made, [("ana", 1, {**empty_annotation(), "spans": values})], NUMBER, {}))
    assert [row for row in card.number_table(counts, NUMBER) if "people" in row] == [
        "| `quote` | `value` | people | 0 | 2.5 | 1000 |"
    ]
