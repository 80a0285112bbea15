"""The examples learn from the sample as it is exported, and print what they score on stories they have not seen."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import forked
import pytest

from labeling import sample

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "reading.py")


def _saywhen(folder: Path, *arguments: str) -> None:
    forked.run(*arguments, folder=folder).check_returncode()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its gold, exported as a dataset."""
    folder = tmp_path_factory.mktemp("examples")
    _saywhen(folder, "new", "sample.db", "--sample")
    _saywhen(folder, "import", "-p", "sample.db", "--with-work", "--as", "gold=ana", str(sample.gold_path()))
    _saywhen(folder, "export", "-p", "sample.db", "--dataset", "--from", "ana", "--to", "datasets")
    (found,) = (folder / "datasets").iterdir()
    return found


@pytest.mark.slow  # spaCy learns for ten seconds
@pytest.mark.parametrize(
    ("name", "line", "least"),
    [
        pytest.param("spans", r"claimed_date .* F1 ([0-9.]+)", 0.3, marks=pytest.mark.nightly),
        pytest.param("tokens", r"cue .* F1 ([0-9.]+)", 0.3, marks=pytest.mark.nightly),
        ("dates", r"value exact +([0-9.]+)", 0.5),
    ],
)
def test_an_example_learns_from_one_story_and_scores_on_another(
    dataset: Path, name: str, line: str, least: float
) -> None:
    done = subprocess.run(
        [sys.executable, f"examples/{name}.py", str(dataset)], cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert "4 articles to learn from, 4 to be tested on (by story" in done.stdout
    found = re.search(line, done.stdout)
    assert found and float(found[1]) >= least, done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_says_what_it_requires(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 90 and lines[0].startswith("# requires: ")
