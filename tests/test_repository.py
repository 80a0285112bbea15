"""What people expect in a repository is there, and its parts agree with each other."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import yaml

from labeling import __version__

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_license_is_apache_2_and_names_the_authors() -> None:
    words = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    assert "END OF TERMS AND CONDITIONS" in words
    assert "Copyright 2026 The SayWhen authors" in words
    assert "Copyright 2026 The SayWhen authors" in (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_the_citation_agrees_with_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] == [{"name": "The SayWhen authors"}]
    assert citation["version"] == __version__ == PROJECT["version"]
    assert {"message", "title", "type", "license"} <= citation.keys()


def test_hooks_before_a_commit_run_pinned_tools_and_fetch_nothing() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [each["repo"] for each in hooks["repos"]] == ["local"]
    pinned = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").lower().replace("-", "_")
    for hook in hooks["repos"][0]["hooks"]:
        python, flag, module = hook["entry"].split()[:3]
        assert (python, flag, hook["language"]) == (".venv/bin/python", "-m", "system")
        assert f"\n{module}" in pinned, f"{module} has no pin"


def test_every_tracked_text_file_ends_its_lines_as_editorconfig_says() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name and not name.endswith(".png")]
    assert [
        path.relative_to(ROOT)
        for path in paths
        if path.is_file() and (b"\r\n" in (text := path.read_bytes()) or (text and not text.endswith(b"\n")))
    ] == []
