"""The comparison of benchmark runs: which figures it says got worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import compare
from benchmarks.figures import Figure


def run(*figures: Figure) -> dict[str, Any]:
    return {"machine": "", "parts": {"export": [each.as_json() for each in figures]}}


def lines(*seconds: float, raw: float | None = 1.0) -> list[dict[str, Any]]:
    """Return runs that took so many seconds."""
    return [run(Figure("lines", each, "s", raw=raw)) for each in seconds]


@pytest.mark.parametrize("raw", [1.0, None])
def test_a_figure_outside_the_spread_of_five_runs_is_named(raw: float | None) -> None:
    old = lines(2.0, 2.1, 2.2, 2.0, 2.1, raw=raw)
    [line] = compare.worse(old, lines(2.3, 2.4, 2.3, 2.5, 2.3, raw=raw))
    assert line == "export: lines: 1.10 times worse (2 to 2.2 before, 2.3 to 2.5 now)"
    assert compare.worse(old, lines(2.3, 2.4, 2.15, 2.5, 2.3, raw=raw)) == []
    assert compare.worse(old, lines(1.0, 1.0, 1.0, 1.0, 1.0, raw=raw)) == []


def test_a_slower_machine_is_not_worse_code() -> None:
    old = [run(Figure("lines", 2.0, "s", raw=1.0))] * 5
    assert compare.worse(old, [run(Figure("lines", 4.0, "s", raw=2.0))] * 5) == []


def test_of_what_is_done_in_a_second_less_is_worse() -> None:
    old, new = ([run(Figure("articles", value, "/s", raw=1000.0))] * 5 for value in (500.0, 400.0))
    assert "1.25 times worse" in compare.worse(old, new)[0]
    assert compare.worse(new, old) == []


def test_one_run_of_each_names_only_what_is_a_tenth_worse() -> None:
    assert compare.worse(lines(2.0), lines(2.1)) == []
    assert len(compare.worse(lines(2.0), lines(2.3))) == 1


def test_a_figure_that_is_missing_is_named() -> None:
    assert compare.worse(lines(2.0), [run()]) == ["export: lines: not measured any more"]


def test_the_command_says_what_got_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, [found] in (("old", lines(2.0)), ("new", lines(3.0))):
        (tmp_path / f"{name}.json").write_bytes(orjson.dumps(found))
    old, new = str(tmp_path / "old.json"), str(tmp_path / "new.json")
    assert compare.main([old, "--", new]) == 1
    assert "export: lines: 1.50 times worse" in capsys.readouterr().out
    assert compare.main([new, "--", old]) == 0
    assert "No figure got worse." in capsys.readouterr().out
    assert compare.main([old]) == 2
