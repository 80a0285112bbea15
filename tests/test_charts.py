"""Charts: read without color, seen on either ground, the same bytes again, whatever is counted."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rendering

from labeling import schema
from labeling.charts import vega

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
SPANS = {"train": {"quote": 1220, "cue": 3}, "dev": {"quote": 80, "gone": 2}, "test": {}}
OUTLETS = {"train": {"新华社": 3, "": 1, **{f"outlet {n}": 2 for n in range(40)}}, "test": {"新华社": 4}}
MONTHS = {"train": {"2018-11": 3, "": 2}, "test": {"2019-02": 1}}


def _rows(chart: vega.Chart) -> list[dict[str, Any]]:
    """Return all rows that a chart shows, whichever of its layers they belong to."""
    found = chart.to_dict()
    inline = [layer.get("data", {}).get("values", []) for layer in (found, *found.get("layer", []))]
    return [row for rows in (*inline, *found.get("datasets", {}).values()) for row in rows]


CHARTS = {
    "labels": vega.spans_by_label(SPANS, NEWS),
    "outlets": vega.articles_by_outlet(OUTLETS),
    "dates": vega.dates(MONTHS),
    "no split": vega.spans_by_label({}, NEWS),
    "no outlet": vega.articles_by_outlet({"all": {}}),
    "no date": vega.dates({"all": {"": 4}}),
    "claimed": vega.claimed(
        [
            {
                "who": "Ann, The Post",
                "value": "2018",
                "modality": "hoped",
                "by": "quote",
                "first": "2018-01-01",
                "last": "2018-12-31",
            }
        ]
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _as_the_program_draws() -> Iterator[None]:
    with rendering.in_a_process_of_its_own():
        yield


@pytest.fixture(scope="module")
def drawn_twice() -> dict[str, tuple[bytes, bytes]]:
    """Every chart as two processes draw it, the second in the other order."""
    first = vega.png(*CHARTS.values())
    second = reversed(vega.png(*reversed(CHARTS.values())))
    return dict(zip(CHARTS, zip(first, second, strict=True), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_png_of_the_same_bytes_each_time(drawn_twice: dict[str, tuple[bytes, bytes]], name: str) -> None:
    one, two = drawn_twice[name]
    assert one.startswith(b"\x89PNG")
    assert one == two


@pytest.mark.slow
def test_another_process_draws_the_same_bytes() -> None:
    told = f"""
import hashlib
from labeling.charts import vega
print(hashlib.sha256(vega.png(vega.articles_by_outlet({OUTLETS!r}))[0]).hexdigest())"""
    drawn = hashlib.sha256(vega.png(vega.articles_by_outlet(OUTLETS))[0]).hexdigest()
    other = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    assert other.stdout.strip() == drawn


@pytest.mark.slow
def test_nothing_is_imported_from_the_folder_the_program_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base64.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert vega.png(vega.dates(MONTHS))[0].startswith(b"\x89PNG")


def test_each_split_has_a_bar_for_each_label_and_those_the_label_set_lost() -> None:
    rows = _rows(vega.spans_by_label(SPANS, NEWS))
    assert {row["Label"] for row in rows} == {"Quote", "Cue", "Speaker", "Date", "gone"}
    assert sum(row["Spans"] for row in rows) == 1305


def test_outlets_beyond_two_dozen_stand_together_and_none_is_omitted() -> None:
    rows = [row for row in _rows(vega.articles_by_outlet(OUTLETS)) if "Split" in row]
    assert len({row["Outlet"] for row in rows}) == 25
    assert "18 more outlets" in {row["Outlet"] for row in rows}
    assert sum(row["Articles"] for row in rows) == sum(n for each in OUTLETS.values() for n in each.values())


def test_months_without_articles_keep_their_place_and_many_months_become_years() -> None:
    axis = vega.dates(MONTHS).to_dict()["encoding"]["x"]["scale"]["domain"]
    assert axis == ["2018-11", "2018-12", "2019-01", "2019-02"]
    years = vega.dates({"all": {"2001-01": 1, "2009-03": 2}}).to_dict()
    assert years["encoding"]["x"]["scale"]["domain"] == [str(year) for year in range(2001, 2010)]
    assert sum(row["Articles"] for row in _rows(vega.dates(MONTHS))) == 4
    assert vega.dates(MONTHS).to_dict()["title"] == "2 without a date"


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#ffff00", "#0000ff", "#00ff00", *vega.SPLIT_COLORS])
def test_colors_stand_out_on_white_and_on_the_dark_ground(color: str) -> None:
    grounds = [vega.luminance(bytes.fromhex(ground)) for ground in ("0e1117", "ffffff")]
    seen = vega.luminance(bytes.fromhex(vega.shown(color)[1:]))
    dark, light = ((bright + 0.05) / (dim + 0.05) for dim, bright in pairwise((grounds[0], seen, grounds[1])))
    assert min(dark, light) >= 3


def test_a_color_that_can_be_seen_on_both_grounds_stays_as_it_is() -> None:
    assert [vega.shown(each) for each in vega.SPLIT_COLORS] == list(vega.SPLIT_COLORS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("days", "named"),
    [(("2024-02-02", "2024-02-02"), ["2024-02-02", "2024-02-03"]), (("1974-01-01", "2024-12-31"), None)],
)
def test_the_axis_of_claimed_dates_names_whole_days_with_their_year(days: tuple[str, str], named: Any) -> None:
    row = {"who": "she", "value": "", "by": "quote", "modality": "asserted", "first": days[0], "last": days[1]}
    chart = vega.claimed([row])
    axis = chart.to_dict()["encoding"]["x"]["axis"]
    assert axis["format"] == "%Y-%m-%d"
    told = [f"{each['year']}-{each['month']:02}-{each['date']:02}" for each in axis.get("values", ())]
    assert (told or None) == named and vega.png(chart)[0].startswith(b"\x89PNG")
