"""CSV and TSV: what comes in, what is refused and how, and what stands around it."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.annotation.article import MAX_TEXT, Article, make, normalize
from labeling.formats import Fault, read_articles, read_bytes
from labeling.formats.reading import MAX_BYTES

RAGGED = "put cells with a comma or a line break in quotation marks"
REST = "the rows after it are not read"

#: A bad row under the header title,text,date and the reason that must be given for it.
BAD_ROWS = {
    "too few cells": (b"T,A", f"the row has 2 cells, but the header has 3; {RAGGED}"),
    "too many cells": (b"T,A,,x", f"the row has 4 cells, but the header has 3; {RAGGED}"),
    "an unquoted comma": (b"T,A, and B,2018", f"the row has 4 cells, but the header has 3; {RAGGED}"),
    "text empty": (b"T,,2018", "the row has no text; add it as “text” (or body, content, article)"),
    "text blank": (b'T," \n\t",2018', "the text is empty; add a text or remove the row"),
    "all cells empty": (b",,", "the row has no text; add it as “text” (or body, content, article)"),
    "a mark inside a cell in marks": (
        b'T,"He said "yes" to me.",2018',
        "there is a quotation mark within a quoted cell; double it",
    ),
    "NUL": (b"T,A\0B,2018", "text contains a control character (U+0000) at character 1; remove it in the source"),
    "bell in the title": (
        b"T\x07,A,2018",
        "title contains a control character (U+0007) at character 1; remove it in the source",
    ),
    "cell over the limit": (
        b"T," + b"a" * (MAX_TEXT + 1) + b",2018",
        "a cell has more than 5,000,000 characters; is a quotation mark not closed?",
    ),
    "title over the limit": (
        b"T" * 2001 + b",A,2018",
        "title has 2,001 characters, but the limit is 2,000; shorten it",
    ),
}

#: A bad row after which no one can say where the next one begins.
STOPPING_ROWS = {
    "a mark left open": (
        b'T,"A,2018',
        f"a quotation mark opens a cell in this row, but none closes it; close it; {REST}",
    ),
    "a mark left open, another one further down": (
        b'T,"A,2018\nT,"B",2018',
        f"there is a quotation mark within a quoted cell; double it; {REST}",
    ),
    "a mark inside a cell of several lines": (
        b'T,"He said "yes",\n and went, and came",2018',
        f"there is a quotation mark within a quoted cell; double it; {REST}",
    ),
    "a mark inside the second line of a cell": (
        b'T,"A\nB "yes" C",2018',
        f"there is a quotation mark within a quoted cell; double it; {REST}",
    ),
    "a row over the limit": (
        b"T," + b"a" * MAX_BYTES + b",2018",
        f"the line is longer than 20,000,000 bytes; split it into articles; {REST}",
    ),
    "a row of many lines over the limit": (
        (b'"' + b"a" * 4_000_000 + b'\n",') * 6,
        f"the row is longer than 20,000,000 bytes; is a quotation mark not closed?; {REST}",
    ),
}

NO_TEXT = "; name one text or body or content or article, and separate columns with a comma, a semicolon or a tab"

#: A whole file that gives no article, and the one thing that must be said about it.
BAD_FILES = {
    "empty.csv": (b"", ": the file is empty; give it a header row and one row per article"),
    "blank.csv": (b"\r\n\n", ": the file is empty; give it a header row and one row per article"),
    "mark.csv": (b"\xef\xbb\xbf", ": the file is empty; give it a header row and one row per article"),
    "header.csv": (b"title,text\n", ": the file has only a header row; give it one row per article"),
    "noheader.csv": (
        b"\nSome title,Some text\n",
        ":2: the header row has no text column (it has: some title, some text)" + NO_TEXT,
    ),
    "bars.csv": (b"title|text\nT|A\n", ":1: the header row has no text column (it has: title|text)" + NO_TEXT),
    "wide.csv": (
        b"x" * 300 + b"\nA\n",
        f":1: the header row has no text column (it has: {'x' * 200}…)" + NO_TEXT,
    ),
    "twice.csv": (b"text,title,Text\nA,T,B\n", ":1: the column “text” occurs twice; keep one of them"),
    "open.csv": (
        b'title,"text\nT,A\n',
        ":1: a quotation mark opens a cell in this row, but none closes it; close it",
    ),
    "latin.csv": (
        b"titr\xe9,text\nT,A\n",
        ":1: byte 0xE9 at offset 4 of the file is not UTF-8, so nothing of it was imported. In the encoding cp1252, it "
        "reads “titré,text”; if that is right, add --encoding cp1252, or else save the file as UTF-8",
    ),
    "excel.csv": (
        b"PK\x03\x04\x14\0",
        ": the file is a ZIP container (an Excel or Word file?); save it as CSV or as plain text",
    ),
    "long.csv": (b"a" * (MAX_BYTES + 1), ":1: the line is longer than 20,000,000 bytes; split it into articles"),
}


def texts(rows: list[Article | Fault]) -> list[str]:
    return [row.text for row in rows if isinstance(row, Article)]


def faults(rows: list[Article | Fault]) -> list[str]:
    return [str(row) for row in rows if isinstance(row, Fault)]


def around(row: bytes) -> list[Article | Fault]:
    """Read a table that has this row on its line 3."""
    return list(read_bytes("a.csv", b"title,text,date\nT,Good before.,2018\n" + row + b"\nT,Good after.,2018\n"))


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_gives_its_reason_and_the_rows_around_it_come_in(row: bytes, reason: str) -> None:
    rows = around(row)
    assert texts(rows) == ["Good before.", "Good after."]
    assert faults(rows) == [f"a.csv:3: {reason}"]
    breaks = row.count(b"\n")
    assert [found.source for found in rows if isinstance(found, Article)] == ["a.csv:2", f"a.csv:{4 + breaks}"]


@pytest.mark.parametrize(("row", "reason"), STOPPING_ROWS.values(), ids=STOPPING_ROWS)
def test_a_row_without_a_certain_end_stops_the_file_and_says_so_once(row: bytes, reason: str) -> None:
    rows = around(row)
    assert texts(rows) == ["Good before."]
    assert faults(rows) == [f"a.csv:3: {reason}"]


def test_in_a_table_of_one_column_a_misplaced_mark_stops_the_file_since_any_line_would_be_an_article() -> None:
    rows = list(read_bytes("a.csv", b'text\nGood.\n"He said "yes\nto me."\n'))
    assert texts(rows) == ["Good."]
    assert faults(rows) == [f"a.csv:3: there is a quotation mark within a quoted cell; double it; {REST}"]


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_without_articles_says_why_once(name: str) -> None:
    content, reason = BAD_FILES[name]
    assert [str(row) for row in read_bytes(name, content)] == [name + reason]


@pytest.mark.parametrize("written", ["31/31/2018", "2018-02-30"])
def test_a_row_with_a_date_that_is_none_comes_in_without_it_and_a_note_says_so(written: str) -> None:
    first, note, second = read_bytes("a.csv", f"date,text\n{written},A\n2018-11-04,B\n".encode())
    assert isinstance(first, Article) and first.published is None
    assert isinstance(note, Fault) and note.is_note
    assert note.line == 2
    assert written in note.reason
    assert isinstance(second, Article) and second.published is not None


def test_a_date_in_words_is_read() -> None:
    [made] = read_bytes("a.csv", b"date,text\n4 November 2018,A\n")
    assert isinstance(made, Article) and made.published is not None and made.published.value == "2018-11-04"


def test_a_wrong_byte_is_found_in_a_file_whose_lines_end_in_carriage_returns() -> None:
    [fault] = faults(list(read_bytes("a.csv", b"text\rA\rB\xe9\rC\r")))
    assert fault.startswith("a.csv:3: byte 0xE9 at offset 8 of the file is not UTF-8, so nothing of it was imported.")


TEXT = '“Yes,” said Zoé 😀 Cafe\u0301\u00a0– "no", he said; عاجل: 新华社\ttold us.\n\nNext, paragraph.'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_separators_line_ends_and_encodings_are_recognized(
    delimiter: str, ending: str, encoding: str, name: str
) -> None:
    file = io.StringIO(newline="")
    table = csv.writer(file, delimiter=delimiter, lineterminator=ending)
    table.writerows([["Headline", " BODY ", "extra"], ["A; title, or\ttwo", TEXT, "x"], ["", "Second.", ""]])
    first, second = read_bytes(name, file.getvalue().encode(encoding))
    assert first == make(TEXT, title="A; title, or\ttwo", source=f"{name}:2")
    assert second == make("Second.", source=f"{name}:5")


@pytest.mark.parametrize("told", ["sep=;\n", '"sep=;"\r\n', "\nSEP=;\n\n"])
def test_the_line_in_which_excel_tells_the_separator_is_no_header(told: str) -> None:
    # By the header alone, the comma would have as many names.
    found = read_bytes("a.csv", f"{told}title,;text\nA;B, C\n".encode())
    assert list(found) == [make("B, C", source=f"a.csv:{told.count(chr(10)) + 2}")]


def test_every_column_comes_in_under_its_own_name() -> None:
    fields = {
        "text": "A text.",
        "title": "A title",
        "outlet": "The Lirra Courier",
        "url": "https://courier.example/1",
        "language": "pt-BR",
        "published": "2018-11-04~",
        "published_basis": "inferred",
    }
    table = "\n".join(",".join(row) for row in (fields, fields.values()))
    assert list(read_bytes("a.csv", table.encode())) == [make(**fields, source="a.csv:2")]


def test_a_row_is_named_by_its_first_line_whatever_line_breaks_and_blank_lines_precede_it() -> None:
    table = b'\n"text",x\n\n"A\r\nB\n\nC",1\n\n,2\n"D\n\n",3,4\n"E",5\n'
    found = [row.source if isinstance(row, Article) else row.line for row in read_bytes("a.csv", table)]
    assert found == ["a.csv:4", 9, 10, "a.csv:13"]


def test_the_last_row_needs_no_line_end() -> None:
    assert texts(list(read_bytes("a.csv", b"text\nA\nB"))) == ["A", "B"]


def test_marks_inside_a_cell_without_marks_stay() -> None:
    assert texts(list(read_bytes("a.csv", b'x,text\n1,He said "yes" to me.\n'))) == ['He said "yes" to me.']


def test_a_cell_of_five_million_characters_comes_in() -> None:
    [found] = read_bytes("a.csv", b'text\n"' + b"a" * MAX_TEXT + b'"\n')
    assert isinstance(found, Article)
    assert len(found.text) == MAX_TEXT


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("title,text\n" + ('T,"' + "word, " * 500 + '"\n') * 5000)
    tracemalloc.start()
    count = sum(isinstance(row, Article) for row in read_articles([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5000
    assert peak < 1_000_000 < path.stat().st_size // 10


clean_text = st.text(max_size=80).map(
    lambda text: "".join(c for c in text if c in "\n\t\r" or (ord(c) > 31 and c != "\x7f"))
)


@pytest.mark.slow
@given(
    st.lists(st.tuples(clean_text, clean_text.filter(normalize)), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_articles_written_as_csv_are_read_back_with_the_same_texts(
    rows: list[tuple[str, str]], delimiter: str, quoting: int, encoding: str
) -> None:
    file = io.StringIO(newline="")
    table = csv.writer(file, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    table.writerows([("other", "text"), *rows])
    assert texts(list(read_bytes("a.csv", file.getvalue().encode(encoding)))) == [normalize(text) for _, text in rows]


parts = st.lists(st.sampled_from(['"', ",", "\n", "\r", "A", '"A"', " ", "\ufeff", "text"]))


@given(parts)
def test_no_order_of_marks_commas_and_line_breaks_makes_the_reader_crash_or_stay_silent(table: list[str]) -> None:
    assert list(read_bytes("a.csv", ("text,b\n" + "".join(table)).encode()))
