"""Text files: the whole file is the text, and its offsets hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.annotation.article import MAX_TEXT, Article, normalize
from labeling.formats import Fault, read_bytes
from labeling.formats.reading import MAX_BYTES
from labeling.formats.txt import title_of

#: A file that gives no article, with the line that must be named and the reason.
BAD_FILES = {
    "empty": (b"", None, "the file is empty; omit it"),
    "mark alone": (b"\xef\xbb\xbf", None, "the file is empty; omit it"),
    "blank": (b" \r\n\t\n", None, "the text is empty; add a text or remove the row"),
    "Latin-1": (
        b"One\nTwo\ncaf\xe9",
        3,
        "byte 0xE9 at offset 11 of the file is not UTF-8, so nothing of it was imported. In the encoding cp1252, it "
        "reads “café”; if that is right, add --encoding cp1252, or else save the file as UTF-8",
    ),
    "Latin-1 after a mark": (
        b"\xef\xbb\xbfcaf\xe9",
        1,
        "byte 0xE9 at offset 6 of the file is not UTF-8, so nothing of it was imported; save the file as UTF-8",
    ),
    "cut inside a character": (
        "Say 😀".encode()[:-1],
        1,
        "byte 0xF0 at offset 4 of the file is not UTF-8, so nothing of it was imported; save the file as UTF-8, or name "
        "its encoding (--encoding NAME)",
    ),
    "half a pair in UTF-16": (
        b"\xff\xfeA\0\n\0\x3d\xd8B\0",
        2,
        "the file is marked as UTF-16 but ends within a character here; save it as UTF-8",
    ),
    "an odd byte in UTF-16": (
        b"\xfe\xff\0A\0",
        1,
        "the file is marked as UTF-16 but ends within a character here; save it as UTF-8",
    ),
    "UTF-16 without its mark": (
        "Hello".encode("utf-16-le"),
        None,
        "the file begins with NUL bytes, like UTF-16 without a byte order mark; save it as UTF-8",
    ),
    "UTF-32": ("Hello".encode("utf-32"), None, "the file is encoded in UTF-32; save it as UTF-8"),
    "PDF": (b"%PDF-1.7\n", None, "the file is a PDF; save its text as a .txt file"),
    "Word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        None,
        "the file is an old Excel or Word file; save it as CSV or as plain text",
    ),
    "NUL": (
        b"Hello\0",
        None,
        "text contains a control character (U+0000) at character 5; remove it in the source",
    ),
    "escape, counted in code points": (
        "😀👩‍👩‍👧\u001b".encode(),
        None,
        "text contains a control character (U+001B) at character 6; remove it in the source",
    ),
    "text too long": (
        b"a" * (MAX_TEXT + 1),
        None,
        "the text has 5,000,001 characters, but the limit is 5,000,000; split it into articles",
    ),
    "file too long": (b" " * (MAX_BYTES + 1), None, "the file is longer than 20,000,000 bytes; split it into articles"),
}


@pytest.mark.parametrize(("content", "line", "reason"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_gives_its_line_and_reason(content: bytes, line: int | None, reason: str) -> None:
    assert list(read_bytes("a.txt", content)) == [Fault("a.txt", line, reason)]


#: Text that comes in as it is.
GOOD_TEXTS = {
    "emoji": "😀👩‍👩‍👧 🇺🇦 “Yes.”",
    "combining marks": "Cafe\u0301, Å and A\u030a, e\u0301\u0323",
    "right to left": "قال الوزير: «نعم». \u202bאמר\u202c",
    "Chinese": "新华社电：“是的。”\u3000他说。",
    "no-break spaces": "10\u00a0000 and 7\u202f% and \u2060x",
    "line separators": "One\u2028two\u2029three\x85four",
    "tabs and leading space": "\t  A line\n\n\n  another",
    "unbalanced marks": "“Yes, he said. ''No'' \" `",
    "a mark inside": "A\ufeffB",
    "beyond the planes in use": "\U0010fffd\ufffe\U000e0041",
}


@pytest.mark.parametrize("text", GOOD_TEXTS.values(), ids=GOOD_TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_comes_in_as_it_is(text: str, encoding: str) -> None:
    [found] = read_bytes("a.txt", text.encode(encoding))
    assert isinstance(found, Article)
    assert found.text == text
    assert (found.title, found.published, found.source) == (title_of(text, "a.txt"), None, "a.txt")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_become_line_feeds_and_space_at_the_end_goes(ending: str) -> None:
    content = ending.join(["First.", "", "Second.  ", "", ""])
    [found] = read_bytes("a.txt", content.encode())
    assert isinstance(found, Article)
    assert found.text == "First.\n\nSecond."


@given(
    st.text()
    .map(lambda text: "".join(c for c in text if c in "\n\t\r" or c >= " ").replace("\x7f", ""))
    .filter(normalize)
)
def test_offsets_into_a_clean_file_hold(text: str) -> None:
    [found] = read_bytes("a.txt", text.encode())
    assert isinstance(found, Article)
    assert found.text == normalize(text)
    if "\r" not in text and not text.startswith("\ufeff"):
        assert text.startswith(found.text)


@pytest.mark.parametrize(("text", "title"), [
    ("Bridge to close\n\nIt will close in May.", "Bridge to close"),
    ("Will it close?\nIt will close in May.", "Will it close?"),
    ("  “We go,” she said\nAnd they went.", "“We go,” she said"),
    ("It will close in May.\nSo she said.", "bridge"),
    ("It will close. So she said\nThen no more.", "bridge"),
    ("Only one line", "bridge"),
    ("a long line " * 20 + "\nmore", "bridge"),
])  # fmt: skip
def test_the_first_line_is_the_title_where_it_looks_like_one_else_the_files_name(text: str, title: str) -> None:
    [found] = read_bytes("folder/bridge.txt", text.encode())
    assert isinstance(found, Article)
    assert (found.title, found.text) == (title, text.strip() if text[0] != " " else text)
