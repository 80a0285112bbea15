"""The wheel holds everything that the program needs, and runs away from the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from running import Server

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("saywhen_labeling-*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_label_sets_sample_component_and_settings(unpacked: Path) -> None:
    for name in (
        "schemas/news.yaml", "schemas/label-set.schema.json", "schemas/saywhen-1.schema.json", "sample/gold.jsonl",
        "ui/component/workspace.js", "ui/component/workspace.css", "ui/.streamlit/config.toml",
    ):  # fmt: skip
        assert (unpacked / "labeling" / name).is_file(), name
    assert not [path for path in unpacked.rglob("*") if "tests" in path.parts or path.suffix == ".db"]


def test_the_wheel_serves_away_from_the_clone(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("running.ROOT", tmp_path)
    monkeypatch.setitem(os.environ, "PYTHONPATH", str(unpacked))
    server = Server(tmp_path / "project.db")
    server.start()
    server.stop()
    assert "made with the sample corpus" in server.log.read_text()
