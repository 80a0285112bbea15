"""Commands that tests run in forked processes."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import forked
import pytest


def test_a_command_runs_whatever_the_main_module_of_the_tests_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ModuleType("__main__")
    page.__file__ = str(tmp_path / "page.py")
    (tmp_path / "page.py").write_text("raise SystemExit('the page ran')\n", "utf-8")
    monkeypatch.setitem(sys.modules, "__main__", page)
    ended = forked.run("--version", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert sys.modules["__main__"] is page
