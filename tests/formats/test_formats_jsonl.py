"""JSON lines and JSON arrays: what comes in, what is refused and how, and what stands around it."""

import io
import json
import re
import tracemalloc

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.annotation.article import MAX_TEXT, Article, Published, make, normalize
from labeling.formats import Fault, jsonl, read_articles, read_bytes, reading
from labeling.formats.reading import MAX_BYTES

GOOD = b'{"text": "Good before."}\n', b'{"text": "Good after."}\n'

#: A bad line, and the reason that must be given for it.
BAD_LINES = {
    "text missing": (b'{"title": "A"}', "the row has no text; add it as “text” (or body, content, article)"),
    "text null": (b'{"text": null}', "the row has no text; add it as “text” (or body, content, article)"),
    "text empty": (b'{"text": ""}', "the text is empty; add a text or remove the row"),
    "text blank": (b'{"text": " \\n\\t\\r\\n "}', "the text is empty; add a text or remove the row"),
    "text a number": (b'{"text": 7}', "“text” must be a string, not a number; put it in quotation marks"),
    "text an array": (b'{"text": ["a"]}', "“text” must be a string, not an array; put it in quotation marks"),
    "text an object": (b'{"text": {}}', "“text” must be a string, not an object; put it in quotation marks"),
    "body true": (b'{"body": true}', "“body” must be a string, not true or false; put it in quotation marks"),
    "title a number": (
        b'{"text": "A", "title": 1.5}',
        "“title” must be a string, not a number; put it in quotation marks",
    ),
    "date a number": (
        b'{"text": "A", "date": true}',
        "“date” must be a string, not true or false; put it in quotation marks",
    ),
    "date of parts that are no strings": (
        b'{"text": "A", "published": {"value": 2018, "basis": "stated"}}',
        "“published” must be a string, or an object with the two strings value and basis",
    ),
    "an array": (b'["text", "A"]', 'the row is not a JSON object; write {"text": …}'),
    "a string": (b'"A text."', 'the row is not a JSON object; write {"text": …}'),
    "null": (b"null", 'the row is not a JSON object; write {"text": …}'),
    "no JSON": (
        b"text: A",
        "invalid JSON at column 1; write it with a JSON library",
    ),
    "cut short": (
        b'{"text": "A',
        "invalid JSON at column 12; write it with a JSON library",
    ),
    "a brace alone": (b"{", "invalid JSON at column 2; write it with a JSON library"),
    "single quotes": (
        b"{'text': 'A'}",
        "invalid JSON at column 2; write it with a JSON library",
    ),
    "trailing comma": (
        b'{"text": "A",}',
        "invalid JSON at column 13; write it with a JSON library",
    ),
    "two objects": (
        b'{"text": "A"} {"text": "B"}',
        "invalid JSON at column 15; write it with a JSON library",
    ),
    "column in characters, not bytes": (
        '{"text": "😀é" x}'.encode(),
        "invalid JSON at column 15; write it with a JSON library",
    ),
    "NaN": (
        b'{"text": "A", "score": NaN}',
        "invalid JSON at column 24; write it with a JSON library",
    ),
    "Infinity": (
        b'{"text": "A", "score": Infinity}',
        "invalid JSON at column 24; write it with a JSON library",
    ),
    "a raw tab in a string": (
        b'{"text": "A\tB"}',
        "invalid JSON at column 12; write it with a JSON library",
    ),
    "half a surrogate pair": (
        b'{"text": "\\ud83d"}',
        "invalid JSON at column 11; write it with a JSON library",
    ),
    "nested too deep": (
        b'{"text": "A", "x": ' + b"[" * 1100 + b"]" * 1100 + b"}",
        "invalid JSON at column 1044; write it with a JSON library",
    ),
    "a key twice": (b'{"text": "A", "text": "B"}', "the key “text” occurs twice; keep one of them"),
    "a key twice, once escaped": (
        b'{"text": "A", "te\\u0078t" : "B"}',
        "the key “text” occurs twice; keep one of them",
    ),
    "a key in two cases": (
        b'{"text": "A", "Text": "B"}',
        "two keys of the row differ only in case; keep one of them",
    ),
    "Latin-1": (
        b'{"text": "caf\xe9"}',
        "byte 0xE9 at offset 38 of the file is not UTF-8; save the file as UTF-8",
    ),
    "an overlong encoding": (
        b'{"text": "\xc0\x80"}',
        "byte 0xC0 at offset 35 of the file is not UTF-8; save the file as UTF-8",
    ),
    "a surrogate in UTF-8": (
        b'{"text": "\xed\xa0\xbd"}',
        "byte 0xED at offset 35 of the file is not UTF-8; save the file as UTF-8",
    ),
    "NUL": (
        b'{"text": "ab\\u0000c"}',
        "text contains a control character (U+0000) at character 2; remove it in the source",
    ),
    "escape in the title": (
        b'{"text": "A", "title": "\\u001b[31mred"}',
        "title contains a control character (U+001B) at character 0; remove it in the source",
    ),
    "delete after an emoji": (
        '{"text": "😀\\u007f"}'.encode(),
        "text contains a control character (U+007F) at character 1; remove it in the source",
    ),
    "language": (
        b'{"text": "A", "lang": "en_US"}',
        "language “en_US” is not a BCP 47 tag; write e.g. en, pt-BR",
    ),
    "basis unknown": (
        b'{"text": "A", "published": "2018", "published_basis": "guess"}',
        "basis “guess” of the publication date is unknown; use stated, metadata, url, inferred, unknown",
    ),
    "basis without a date": (
        b'{"text": "A", "published_basis": "stated"}',
        "the publication date has a basis (“stated”) but no value; add the value or remove the basis",
    ),
    "text too long": (
        b'{"text": "' + b"a" * (MAX_TEXT + 1) + b'"}',
        "the text has 5,000,001 characters, but the limit is 5,000,000; split it into articles",
    ),
    "line too long": (
        b'{"text": "' + b"a" * MAX_BYTES + b'"}',
        "the line is longer than 20,000,000 bytes; split it into articles",
    ),
    "records of ours": (
        b'{"format": "saywhen-records/1", "text": "A"}',
        "the row has the format “saywhen-records/1”, but only “saywhen/1” has articles; import that export",
    ),
    "a later format of ours": (
        b'{"format": "saywhen/2", "text": "A"}',
        "the row has the format “saywhen/2”, but only “saywhen/1” has articles; import that export",
    ),
}


def texts(rows: list[Article | Fault]) -> list[str]:
    return [row.text for row in rows if isinstance(row, Article)]


def faults(rows: list[Article | Fault]) -> list[str]:
    # What the parser says in brackets changes with its version.
    return [re.sub(r"(column \d+) \(.+\);", r"\1;", str(row)) for row in rows if isinstance(row, Fault)]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_gives_its_reason_and_the_lines_around_it_come_in(line: bytes, reason: str) -> None:
    rows = list(read_bytes("a.jsonl", GOOD[0] + line + b"\n" + GOOD[1]))
    assert texts(rows) == ["Good before.", "Good after."]
    assert faults(rows) == [f"a.jsonl:2: {reason}"]


# A byte's offset depends on the place, and an array ends where a value that is cut short or longer than the limit does.
LINES_ONLY = {"a brace alone", "cut short", "line too long", "text too long", "two objects"}


@pytest.mark.parametrize(("line", "reason"), [BAD_LINES[key] for key in BAD_LINES if key not in LINES_ONLY])
def test_a_bad_row_of_an_array_gives_the_reason_that_a_bad_line_gives(line: bytes, reason: str) -> None:
    # The bracket takes the place of the first line's break, so that offsets are those of the lines.
    array = b"[" + GOOD[0].strip() + b",\n" + line + b"\n,\n" + GOOD[1] + b"]"
    rows = list(read_bytes("a.json", array))
    assert texts(rows) == ["Good before.", "Good after."]
    moved = reason.replace("offset 35", "offset 37").replace("offset 38", "offset 40")
    assert faults(rows) == [f"a.json:2: {moved}"]


#: A whole file, and all that must be said about it.
BAD_FILES = {
    "empty.jsonl": (b"", ["empty.jsonl: the file is empty; omit it"]),
    "blank.jsonl": (b"\n \r\n\t\n", ["blank.jsonl: the file is empty; omit it"]),
    "bom.ndjson": (b"\xef\xbb\xbf", ["bom.ndjson: the file is empty; omit it"]),
    "array.jsonl": (
        b'[\n{"text": "A"},\n{"text": "B"}\n]',
        ["array.jsonl:1: the file is one JSON value over several lines; give it the suffix .json"],
    ),
    "object.jsonl": (
        b'{\n"text": "A"\n}\n',
        ["object.jsonl:1: the file is one JSON value over several lines; give it the suffix .json"],
    ),
    "empty.json": (b"", ["empty.json: the file has no articles; omit it"]),
    "none.json": (b" [ ] ", ["none.json: the file has no articles; omit it"]),
    "open.json": (
        b'[{"text": "A"},\n {"text": "B"}',
        ["open.json:2: the file ends before what begins here; close its brackets and quotation marks"],
    ),
    "string.json": (
        b'[{"text": "A"},\n\n {"text": "B}]',
        ["string.json:3: the file ends before what begins here; close its brackets and quotation marks"],
    ),
    "escape.json": (
        b'[{"text": "A"}, {"text": "B\\',
        ["escape.json:1: the file ends before what begins here; close its brackets and quotation marks"],
    ),
    "commas.json": (
        b'[{"text": "A"},\n,\n{"text": "B"},]',
        ["commas.json:2: there is nothing next to a comma; remove the comma"] * 1
        + ["commas.json:3: there is nothing next to a comma; remove the comma"],
    ),
    "first-comma.json": (
        b'[,{"text": "A"}]',
        ["first-comma.json:1: there is nothing next to a comma; remove the comma"],
    ),
    "after.json": (
        b'[{"text": "A"}]\n[]',
        ["after.json:2: there is text after the end of the JSON; remove it"],
    ),
    "closed.json": (
        b'{"text": "A"}\n]',
        ["closed.json:2: there is text after the end of the JSON; remove it"],
    ),
    "wrapped.json": (
        b'{"articles": [{"text": "A"}]}',
        ["wrapped.json:1: the row has no text; add it as “text” (or body, content, article)"],
    ),
    "word.json": (
        b"\n hello",
        ["word.json:2: invalid JSON at column 1; write it with a JSON library"],
    ),
    "inner.json": (
        b'[\n {"text": "A"},\n {\n  "text": "B"\n  "title": "C"\n }]',
        ["inner.json:3: invalid JSON at line 5, column 3; write it with a JSON library"],
    ),
    "long.json": (
        b'[{"text": "A"},\n{"text": "' + b"\\n" * (MAX_BYTES // 2) + b'"}]',
        ["long.json:2: the row is longer than 20,000,000 bytes; split it into articles"],
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_says_so_once_and_the_good_rows_of_it_come_in(name: str) -> None:
    content, expected = BAD_FILES[name]
    rows = list(read_bytes(name, content))
    assert faults(rows) == expected
    good = {"open.json", "string.json", "escape.json", "after.json", "closed.json", "inner.json", "long.json"}
    wanted = ["A"] if name in good or name == "first-comma.json" else ["A", "B"] if name == "commas.json" else []
    assert texts(rows) == wanted


@pytest.mark.parametrize("inside", [b"ab", b'\\"', b"\\\\", b"\\n", b"]}"])
@pytest.mark.parametrize("before", [b"", b"x"])
def test_a_row_after_one_that_is_too_long_comes_in(
    inside: bytes, before: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_BYTES", 200_000)
    array = b'[{"text": "A"}, {"text": "' + before + inside * 200_000 + b'"}, {"text": "B"}]'
    rows = list(read_bytes("a.json", array))
    assert texts(rows) == ["A", "B"]
    assert faults(rows) == ["a.json:1: the row is longer than 200,000 bytes; split it into articles"]


def test_a_line_over_the_limit_is_not_held_in_memory(tmp_path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"a" * 1_000_000)
        file.write(b"\n" + GOOD[1])
    tracemalloc.start()
    rows = list(read_articles([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert faults(rows) == [f"{path}:1: the line is longer than 20,000,000 bytes; split it into articles"]
    assert texts(rows) == ["Good after."]
    assert peak < 3 * MAX_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("name", ["many.jsonl", "many.json"])
def test_memory_does_not_grow_with_the_number_of_rows(tmp_path, name: str) -> None:
    row = orjson.dumps({"text": "word " * 600})
    path = tmp_path / name
    path.write_bytes(b"[" + b",".join([row] * 5000) + b"]" if name == "many.json" else b"\n".join([row] * 5000))
    tracemalloc.start()
    count = sum(isinstance(found, Article) for found in read_articles([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5000
    assert peak < 1_000_000 < path.stat().st_size // 10


def test_every_field_comes_in_under_its_own_name() -> None:
    row = {
        "text": "A text.",
        "title": "A title",
        "outlet": "The Lirra Courier",
        "url": "https://courier.example/1",
        "language": "pt-BR",
        "published": "2018-11-04~",
        "published_basis": "inferred",
    }
    [found] = read_bytes("some.jsonl", orjson.dumps(row))
    assert found == make(**row, source="some.jsonl:1")


@pytest.mark.parametrize("text", ["text", "body", "content", "article", "Text", " BODY "])
@pytest.mark.parametrize("outlet", ["outlet", "source", "publication"])
def test_a_field_comes_in_under_its_other_names(text: str, outlet: str) -> None:
    row = {text: "A text.", "headline": "A title", outlet: "Post", "link": "u", "lang": "en", "date": "2018-11-04"}
    [found] = read_bytes("a.jsonl", orjson.dumps(row))
    assert isinstance(found, Article)
    assert (found.text, found.title, found.outlet, found.url, found.language, found.published) == (
        "A text.",
        "A title",
        "Post",
        "u",
        "en",
        Published("2018-11-04", "metadata"),
    )


def test_of_two_names_of_a_field_the_first_in_the_list_holds_and_null_counts_as_absent() -> None:
    [found] = read_bytes("a.jsonl", b'{"content": "C", "body": "B", "text": null, "headline": "H", "title": "T"}')
    assert isinstance(found, Article)
    assert (found.text, found.title) == ("B", "T")


def test_unknown_fields_are_ignored_whatever_they_hold() -> None:
    row = b'{"text": "A", "id": 3, "tags": [{"text": "x", "text": "y"}], "\xf0\x9f\x98\x80": null}'
    [found] = read_bytes("a.jsonl", row)
    assert isinstance(found, Article)
    assert found.text == "A"


def test_a_text_that_looks_like_doubled_keys_comes_in() -> None:
    row = {"text": 'He wrote {"text": 1, "text": 2}.', "title": '"title": "title":'}
    [found] = read_bytes("a.jsonl", orjson.dumps(row))
    assert isinstance(found, Article)
    assert (found.text, found.title) == (row["text"], row["title"])


@pytest.mark.parametrize(
    "row",
    [
        b'{"text":"A","more":{"text":1},"text":"B"}',
        b'{"text":"A","note":"a\\u0022: b","more":{"a":1},"text":"B"}',
        b'{"text":"A","note":"a\\"\\u003a b","more":{"a":1},"text":"B"}',
        b'{"text":"A","more":{"a":[1]},"text" :"B"}',
    ],
)
def test_a_doubled_key_is_found_beside_objects_inside_the_row_and_escaped_signs(row: bytes) -> None:
    [found] = read_bytes("a.jsonl", row)
    assert isinstance(found, Fault)
    assert found.reason == "the key “text” occurs twice; keep one of them"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-11-04", "2018-11-04"),
        ("2018-11-04T23:30:00Z", "2018-11-04"),
        ("2018-11-04T23:30:00.123456-05:00", "2018-11-04"),
        ("2018-11-04 07:05", "2018-11-04"),
        (" 2018-11-04T07:05:06+0100 ", "2018-11-04"),
        ("2018-11", "2018-11"),
        ("2018-11-08/2018-11-11", "2018-11-08/2018-11-11"),
    ],
)
def test_a_date_with_a_time_is_cut_to_its_day_and_others_are_kept(written: str, day: str) -> None:
    [found] = read_bytes("a.jsonl", orjson.dumps({"text": "A", "published": written}))
    assert isinstance(found, Article)
    assert found.published == Published(day, "metadata")


@pytest.mark.parametrize("written", ["31/31/2018", "2018-13-01", "2018-11-04T", "yesterday"])
def test_a_date_that_is_none_is_noted_and_the_article_has_no_date(written: str) -> None:
    made, found = read_bytes("a.jsonl", orjson.dumps({"text": "A", "published": written}))
    assert isinstance(made, Article) and made.published is None
    assert isinstance(found, Fault) and found.is_note
    assert found.line == 1
    assert "publication date" in found.reason
    assert written in found.reason


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, None),
        ({"value": "2018-11-04", "basis": "inferred"}, Published("2018-11-04", "inferred")),
        ({"value": None, "basis": "unknown"}, Published(None, "unknown")),
    ],
)
def test_a_line_of_our_own_export_is_read_as_its_article(published: object, expected: Published | None) -> None:
    line = {
        "format": "saywhen/1",
        "id": "0123456789abcdef",
        "title": "A title",
        "outlet": None,
        "url": None,
        "language": "en",
        "published": published,
        "text": "“Yes,” she said.",
        "schema": {"name": "news", "version": 1},
        "annotations": [{"annotator": "ana", "spans": [{"id": "s", "text": "Yes", "fragments": [[0, 6]]}]}],
        "entries": {"source": {"e1": "She"}},
    }
    [found, aside] = read_bytes("a.jsonl", orjson.dumps(line))
    assert isinstance(found, Article)
    assert (found.text, found.title, found.published) == ("“Yes,” she said.", "A title", expected)
    assert str(aside) == "a.jsonl: its annotations, by ana (1), were not imported; import them with --with-work"


@pytest.mark.parametrize(
    "content",
    [
        b'[{"text": "A"}, {"text": "B"}]',
        b'\n[\n\t{"text": "A"}\n\t,\n\t{"text":\n"B"}\n]\n\n',
        b'{"text": "A"}{"text": "B"}',
        b'{"text": "A"}\n{\n"text": "B"}\n',
        b'\xef\xbb\xbf[{"text": "A"}, {"text": "B"}]',
        '[{"text": "A"}, {"text": "B"}]'.encode("utf-16"),
    ],
)
def test_json_may_be_an_array_or_objects_one_after_the_other(content: bytes) -> None:
    assert texts(list(read_bytes("a.json", content))) == ["A", "B"]


def test_a_json_row_is_named_by_its_first_line() -> None:
    rows = list(read_bytes("a.json", b'[\n\n{"text":\n"A"},\n\n\n {"text": 1}]'))
    assert [row.source if isinstance(row, Article) else row.line for row in rows] == ["a.json:3", 7]


CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
clean_text = st.text(max_size=80).map(lambda text: CONTROLS.sub("", text))
article_rows = st.lists(
    st.fixed_dictionaries(
        {"text": clean_text.filter(normalize)},
        optional={
            "title": st.none() | clean_text.map(lambda text: text.replace("\r", "")),
            "extra": st.lists(st.text()),
        },
    ),
    min_size=1,
    max_size=6,
)


@given(article_rows, st.sampled_from([None, 1]), st.booleans())
def test_articles_written_as_json_are_read_back_with_the_same_texts(
    rows: list[dict[str, object]], indent: int | None, escaped: bool
) -> None:
    expected = [normalize(str(row["text"])) for row in rows]
    array = json.dumps(rows, indent=indent, ensure_ascii=escaped).encode()
    lines = "\n".join(json.dumps(row, ensure_ascii=escaped) for row in rows).encode()
    assert texts(list(read_bytes("a.json", array))) == expected
    assert texts(list(read_bytes("a.jsonl", lines))) == expected
    assert texts(list(read_bytes("a.jsonl", lines.decode().encode("utf-16")))) == expected


@given(st.binary(max_size=200), st.sampled_from(["json", "jsonl", "csv", "txt"]))
def test_no_bytes_whatever_make_a_reader_crash(content: bytes, kind: str) -> None:
    rows = list(read_bytes("any", content, kind=kind))
    assert rows
    assert all(isinstance(row, Article | Fault) for row in rows)


structure = st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b",", b'"', b"\\", b":", b"\n", b"1", b'{"text":"A"}']))


@given(structure)
def test_no_order_of_brackets_marks_and_commas_makes_the_json_reader_crash_or_stay_silent(parts: list[bytes]) -> None:
    rows = list(read_bytes("a.json", b"".join(parts)))
    assert rows
    assert set(texts(rows)) <= {"A"}


nested = st.recursive(
    st.sampled_from([1, "a", "x" * 99, "x" * 100, 'a "b"', "\\", "{[", "]}", '":', ","]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", 'b"', "c{"]), inner, max_size=3),
    max_leaves=20,
)


@given(st.lists(nested, max_size=4), st.integers(1, 60))
def test_rows_of_an_array_are_cut_where_they_end_however_deep_they_are(values: list[object], chunk: int) -> None:
    written = [orjson.dumps(value) for value in values]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHUNK", chunk)
        stream = io.BufferedReader(io.BytesIO(b"[" + b", ".join(written) + b"]"))
        found = [*jsonl.rows(reading.Source("a.json", "a.json", stream))]
    assert [row.raw for row in found if isinstance(row, jsonl.Row)] == written
