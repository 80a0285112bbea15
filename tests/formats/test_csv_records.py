"""Records for spreadsheets: every record a row, read by pandas, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS, SAMPLE, lines

from labeling import schema
from labeling.dataset.lines import record_lines
from labeling.dataset.shapes import windows
from labeling.formats.csv import safe_cell, write
from labeling.formats.marked import Losses
from labeling.formats.registry import FORMATS

EVIL = "=cmd|' /C calc'!A0"


def _written(path: Path, *written: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, int]]:
    losses = Losses()
    write(written, path, NEWS, losses)
    lost = {loss["what"]: loss["times"] for loss in losses.as_values()}
    return pd.read_csv(path, dtype=str, keep_default_na=False), lost


def _bare(cell: str) -> str:
    """Return a cell of a spreadsheet without what guards it, and with its line ends as they were."""
    return cell.replace("'", "")


@pytest.mark.parametrize("name", HARD)
def test_every_record_of_a_hard_article_is_a_row(tmp_path: Path, name: str) -> None:
    table, _ = _written(tmp_path / "a.csv", HARD[name])
    made = list(record_lines(HARD[name]))
    assert [_bare(text) for text in table["text"]] == [_bare(each["record"]["text"]) for each in made]
    assert list(table["annotator"]) == [each["annotator"] for each in made]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines())
def test_every_record_is_a_row_with_its_place_and_words(tmp_path: Path, line: dict[str, Any]) -> None:
    table, _ = _written(tmp_path / "a.csv", line)
    made = list(record_lines(line))
    assert len(table) == len(made)
    for (_, row), each in zip(table.iterrows(), made, strict=True):
        assert (row["id"], row["annotator"]) == (each["record"]["id"], each["annotator"])
        if " … " not in each["record"]["text"]:
            assert line["text"][int(row["start"]) : int(row["end"])] == each["record"]["text"]
        assert _bare(row["text"]) == _bare(each["record"]["text"])


def test_the_sample_gold_says_who_said_what_and_when(tmp_path: Path) -> None:
    table, lost = _written(tmp_path / "a.csv", *SAMPLE)
    assert len(table) == sum(len(line["annotations"][0]["records"]) for line in SAMPLE)
    talks = table[table["id"] == "q1"].iloc[0]
    assert (talks["text"], talks["speakers"], talks["speakers_who_name"], talks["type"]) == (
        SAMPLE[0]["text"][40:150],
        "Sundmark's transport minister",
        "Ada Brekke",
        "mixed",
    )
    assert talks["dates_value"].startswith("2024-03-1") and talks["published"] == "2024-03-12"
    claims = table[table["record"] == "claim"]
    assert (claims["value"] != "").any()
    assert lost["texts of articles are lost"] == len(SAMPLE)
    anchors = [link for line in SAMPLE for link in line["annotations"][0]["relations"] if link["type"] == "anchored_to"]
    assert lost["links that are not part of a record are lost"] == len(anchors)
    assert set(lost) <= {
        "articles without records are lost",
        "comments are lost",
        "fragments are written as text, with the start of the first and the end of the last",
        "links that are not part of a record are lost",
        "revision numbers are lost",
        "values of the parts of records other than entries and dates are lost",
        "reasons of waivers are lost",
        "spans that are not part of a record are lost",
        "texts of articles are lost",
        "cells that a spreadsheet would read as a formula start with an apostrophe",
        "the provenance of gold is lost",
    }


#: A cell, and what is written: OWASP's characters, and where another country's spreadsheet would begin a cell.
CELLS = {
    EVIL: "'" + EVIL,
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "＝1": "'＝1",
    "a;=1": "a;'=1",
    "a\n=1": "a\n'=1",
    'a;"=1': "a;\"'=1",
    "a | =1": "a | '=1",
    "He said = 1 - 2": "He said = 1 - 2",
    "“We go,” she said": "“We go,” she said",
    "": "",
}


@pytest.mark.parametrize("cell", CELLS)
def test_what_a_spreadsheet_would_run_is_led_by_an_apostrophe(cell: str) -> None:
    assert safe_cell(cell) == CELLS[cell]


@given(
    st.lists(st.text(st.sampled_from("=+-@\t\r\n;,|\"' a＝"), max_size=8), min_size=2, max_size=3),
    st.sampled_from(",;\t|"),
)
def test_no_cell_begins_a_formula_however_the_file_is_opened(cells: list[str], delimiter: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([safe_cell(cell) for cell in cells])
    if delimiter == ",":
        (found,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
        assert [cell.replace("'", "") for cell in found] == [cell.replace("'", "") for cell in cells]
        assert not any(cell.startswith(tuple("=+-@\t\r＝")) for cell in found)
    else:
        for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=delimiter):
            assert not any(cell.startswith(tuple("=+-@＝")) for cell in row)


def test_evil_words_in_an_article_do_not_reach_a_spreadsheet(tmp_path: Path) -> None:
    line = {**HARD["markup"], "title": EVIL, "outlet": "@SUM(1)"}
    table, lost = _written(tmp_path / "a.csv", line)
    assert set(table["title"]) == {f"'{EVIL}"} and set(table["outlet"]) == {"'@SUM(1)"}
    assert lost["cells that a spreadsheet would read as a formula start with an apostrophe"] == len(table)


def test_excel_is_told_that_it_is_utf_8_and_lines_end_as_the_standard_says(tmp_path: Path) -> None:
    _written(tmp_path / "a.csv", HARD["CJK"])
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf"article"') and raw.endswith(b'"\r\n')


def test_a_cell_longer_than_a_spreadsheet_shows_is_named(tmp_path: Path) -> None:
    line = HARD["plain"]
    _, lost = _written(tmp_path / "a.csv", {**line, "title": "a" * 32_768})
    assert lost["cells with more than 32,767 characters are cut off in spreadsheets"] > 0


def test_the_columns_follow_the_label_set(tmp_path: Path) -> None:
    losses = Losses()
    write([], tmp_path / "a.csv", schema.load(schema.SCHEMAS / "polnear.yaml"), losses)
    (header,) = csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig")))
    assert {"sources", "cues"} <= set(header) and len(set(header)) == len(header)


def test_records_are_written_and_not_read() -> None:
    assert FORMATS["csv"].read is None and FORMATS["csv"].several


def test_rows_of_sentences_say_where_these_stood(tmp_path: Path) -> None:
    line = SAMPLE[0]
    table, _ = _written(tmp_path / "a.csv", *windows(line, NEWS, Losses()))
    assert len(table)
    for _, row in table.iterrows():
        if " … " not in row["text"]:
            start = int(row["window_start"])
            assert _bare(line["text"][start + int(row["start"]) : start + int(row["end"])]) == _bare(row["text"])
            assert start + int(row["end"]) <= int(row["window_end"])
    assert "window_start" not in _written(tmp_path / "b.csv", line)[0].columns
