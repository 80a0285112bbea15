"""What files don't say themselves: their encoding, and the order of day, month and year in their dates."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from command_line import invoke
from conftest import SHARED, tries
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import NEWS

from labeling.errors import ArticleError
from labeling.formats import Hints
from labeling.formats.publication_date import published_day
from labeling.services.importing import Tally, Terms, import_files
from labeling.services.verify_project import verify
from labeling.store.project import Store

ROWS = "text;title\nPlain ascii one.;A\nZoé said so – “yes”.;B\nPlain ascii two.;C\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "project.db", NEWS)


def texts(store: Store) -> list[str]:
    return [found.text for found, _ in store.annotated()]


# --- encodings --------------------------------------------------------------------------------------------------------


def test_a_table_in_another_encoding_is_refused_whole_with_line_byte_and_remedy_that_works(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(ROWS.encode("cp1252"))
    tally = Tally.of(import_files(store, [path]))
    assert (tally.new, len(tally.faults), texts(store)) == (0, 1, [])
    [fault] = tally.faults
    assert (fault.line, "byte 0xE9 at offset 32" in fault.reason) == (3, True)
    assert "it reads “Zoé said so – “yes”.;B”; if that is right, add --encoding cp1252" in fault.reason
    again = Tally.of(import_files(store, [path], hints=Hints("cp1252")))
    assert (again.new, again.faults) == (3, [])
    assert "Zoé said so – “yes”." in texts(store)


@pytest.mark.skipif(not (SHARED / "cases").is_dir(), reason="the small inputs of ../shared/cases are not here")
def test_the_shared_half_readable_table_comes_in_with_its_encoding_only(store: Store) -> None:
    path = SHARED / "cases" / "csv-cp1252-partial" / "in.csv"
    assert Tally.of(import_files(store, [path])).new == 0
    assert Tally.of(import_files(store, [path], hints=Hints("windows-1252"))).new == 3


@settings(max_examples=tries(60), deadline=None)
@given(
    words=st.text(st.sampled_from("abc é“”–€ñß\n"), min_size=1, max_size=200),
    encoding=st.sampled_from(["cp1252", "mac_roman", "utf-8", "utf-16", "gb18030"]),
)
def test_a_text_in_a_named_encoding_is_what_it_was(
    tmp_path_factory: pytest.TempPathFactory, words: str, encoding: str
) -> None:
    text = f"Title\n\nÉt {words} é."
    folder = tmp_path_factory.mktemp("any")
    store = Store.create(folder / "project.db", NEWS)
    try:
        (folder / "a.txt").write_bytes(text.encode(encoding))
    except UnicodeEncodeError:
        return
    named = None if encoding in ("utf-8", "utf-16") else encoding
    tally = Tally.of(import_files(store, [folder / "a.txt"], hints=Hints(named)))
    assert (tally.faults, texts(store)) == ([], [text])


def test_utf_16_with_its_mark_is_read_without_an_option(store: Store, tmp_path: Path) -> None:
    for name, encoding in (("a.csv", "utf-16"), ("b.csv", "utf-16-le")):
        raw = ROWS.replace("said", name).encode(encoding)
        (tmp_path / name).write_bytes(raw if encoding == "utf-16" else b"\xff\xfe" + raw)
    tally = Tally.of(import_files(store, [tmp_path / "a.csv", tmp_path / "b.csv"]))
    assert tally.faults == []
    assert "Zoé a.csv so – “yes”." in texts(store)


def test_what_is_utf_8_is_not_read_in_another_encoding_by_mistake(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "plain.txt").write_text("Only ASCII here.")
    tally = Tally.of(import_files(store, [tmp_path / "a.csv", tmp_path / "plain.txt"], hints=Hints("cp1252")))
    assert [str(fault) for fault in tally.faults] == [
        f"{tmp_path / 'a.csv'}: the file is UTF-8, not cp1252; import it without --encoding"
    ]
    assert texts(store) == ["Only ASCII here."]


def test_a_byte_that_the_named_encoding_does_not_have_refuses_the_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"text\nA\nB \x81\xe9\n")
    [fault] = Tally.of(import_files(store, [tmp_path / "a.csv"], hints=Hints("cp1252"))).faults
    assert str(fault).endswith("a.csv:3: byte 0x81 at offset 9 of the file is not cp1252, so nothing of it was imported; "
                               "name another encoding, or save the file as UTF-8")  # fmt: skip


def test_an_annotated_text_in_another_encoding_comes_in_with_its_offsets(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "a.txt").write_bytes("Zoé Brück said “yes”.".encode("cp1252"))
    (folder / "a.ann").write_bytes("T1\tspeaker 0 9\tZoé Brück\n".encode("cp1252"))
    for path in (folder, folder / "a.ann"):
        plain = Tally.of(import_files(store, [path], kind="brat", terms=Terms("ana")))
        assert not plain.new
        assert "not UTF-8" in str(plain.faults[0])
        tally = Tally.of(
            import_files(store, [path], kind="brat", terms=Terms("ana"), hints=Hints("cp1252"), dry_run=path is folder)
        )
        assert (tally.faults, tally.spans) == ([], {"speaker": 1})
    [(made, [work])] = store.annotated()
    [span] = work.annotation.spans.values()
    assert [made.text[start:end] for start, end in span.fragments] == ["Zoé Brück"]
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_formats_that_name_their_encoding_and_unknown_encodings_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="“klingon” is not an encoding; use a name such as cp1252"):
        import_files(store, [tmp_path], hints=Hints("klingon"))
    with pytest.raises(ArticleError, match="is not an encoding"):
        import_files(store, [tmp_path], hints=Hints("base64"))
    with pytest.raises(ArticleError, match="need no encoding; omit --encoding"):
        list(import_files(store, [tmp_path / "a.xmi"], kind="xmi", hints=Hints("cp1252")))
    with pytest.raises(ArticleError, match="the order of dates is for articles only"):
        import_files(store, [tmp_path], kind="brat", hints=Hints(date_order="dmy"))


def test_the_command_that_the_message_names_imports_the_file(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(ROWS.encode("cp1252"))
    assert invoke("new", "p.db", folder=tmp_path).exit_code == 0
    first = invoke("import", "in.csv", "-p", "p.db", folder=tmp_path)
    assert first.exit_code == 1
    assert "add --encoding cp1252" in first.output
    second = invoke("import", "in.csv", "-p", "p.db", "--encoding", "cp1252", folder=tmp_path)
    assert (second.exit_code, second.output.splitlines()[-1]) == (0, "3 imported, 0 duplicates, 0 not imported")
    wrong = invoke("import", "in.csv", "-p", "p.db", "--encoding", "klingon", folder=tmp_path)
    assert wrong.exit_code == 2


# --- the order of dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("03/04/2026", "dmy", "2026-04-03"), ("03/04/2026", "mdy", "2026-03-04"), ("3-4-2026", "mdy", "2026-03-04"),
        ("03.04.2026", None, "2026-04-03"), ("26/03/04", "ymd", "2026-03-04"), ("03/04/26", "dmy", "2026-04-03"),
        ("03.04.26", "mdy", "2026-03-04"), ("31/12/99", "dmy", "1999-12-31"), ("03/04/2026 18:30", "mdy", "2026-03-04"),
        ("25/12/2026", None, "2026-12-25"), ("12/25/2026", None, "2026-12-25"), ("4/4/2026", None, "2026-04-04"),
        ("2026-04-03", "mdy", "2026-04-03"), ("3 April 2026", "mdy", "2026-04-03"),
    ],
)  # fmt: skip
def test_the_order_says_which_day_digits_mean(written: str, order: str | None, day: str) -> None:
    assert published_day(written, order) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "order", "reason"),
    [
        (
            "03/04/2026",
            None,
            "is ambiguous; say which comes first, the day (--date-order dmy), the month (mdy) or the year",
        ),
        ("26/03/04", None, "is ambiguous"),
        ("25/12/2026", "mdy", "is not in the order mdy; correct it"),
    ],
)
def test_a_row_with_an_ambiguous_date_is_refused_with_the_remedy_and_the_others_come_in(
    store: Store, tmp_path: Path, written: str, order: str | None, reason: str
) -> None:
    rows = [{"text": "One.", "published": written}, {"text": "Two.", "published": "2026-04-03"}]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    tally = Tally.of(import_files(store, [tmp_path / "a.jsonl"], hints=Hints(date_order=order)))  # type: ignore[arg-type]
    assert (tally.new, texts(store), tally.faults[0].line) == (1, ["Two."], 1)
    assert f"“{written}” {reason}" in tally.faults[0].reason


def test_the_command_reads_ambiguous_dates_in_the_order_given(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,date\nOne.,03/04/2026\n")
    assert invoke("new", "p.db", folder=tmp_path).exit_code == 0
    assert invoke("import", "in.csv", "-p", "p.db", folder=tmp_path).exit_code == 1
    assert invoke("import", "in.csv", "-p", "p.db", "--date-order", "dmy", folder=tmp_path).exit_code == 0
    [(made, _)] = Store.open(tmp_path / "p.db").annotated()
    assert made.published is not None and made.published.value == "2026-04-03"


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("pubDate", "Sun, 04 Nov 2018 23:30:00 +0000", True), ("Published_At", "2018-11-04", True),
        ("published_at", 1541374200, True), ("when", "4 Nov 2018", True), ("posted", "03/04/2026", True),
        ("id", 1541374200, False), ("id", "20181104", False), ("note", "soon", False), ("date_note", "unknown", False),
        ("flag", True, False),
    ],
)  # fmt: skip
def test_a_column_that_looks_like_a_date_and_is_not_used_is_named_once(
    store: Store, tmp_path: Path, column: str, value: object, named: bool
) -> None:
    rows = [{"text": f"Text {n}.", column: value} for n in range(3)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    tally = Tally.of(import_files(store, [tmp_path / "a.jsonl"]))
    assert (tally.new, tally.faults) == (3, [])
    expected = [
        (1, f"“{column.lower()}” looks like a publication date, but is not used; to use it, name it “published”")
    ]
    assert [(note.line, note.reason) for note in tally.notes] == (expected if named else [])


def test_a_column_with_a_date_is_not_named_where_the_row_has_a_publication_date(store: Store, tmp_path: Path) -> None:
    row = {"text": "One.", "published": "2026-04-03", "crawl_date": "2026-05-01"}
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps(row))
    assert Tally.of(import_files(store, [tmp_path / "a.jsonl"])).notes == []
