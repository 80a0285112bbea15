"""Every format has what belongs to one: tests, and documentation whose examples work on a file as SayWhen writes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from lines import HARD, NEWS, SAMPLE

from labeling.formats import registry
from labeling.formats.marked import Losses, Marked
from labeling.formats.registry import FORMATS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(tmp_path: Path, example: str) -> None:
    for each in FORMATS.values():
        name = f"train{each.suffix}" if each.suffix else each.name
        if f'"{name}"' in example:
            each.write(SAMPLE, tmp_path / name, NEWS, Losses())
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, env=environment, check=True)


def test_every_module_that_defines_a_format_is_registered() -> None:
    folder = Path(registry.__file__).parent
    defining = {
        path.stem for path in folder.glob("*.py") if re.search(r"^FORMAT\b.*= Format\(", path.read_text("utf-8"), re.M)
    }
    assert defining == {each.write.__module__.rpartition(".")[2] for each in FORMATS.values()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_a_test_file_of_its_own_and_a_line_in_the_changelog(name: str) -> None:
    module = FORMATS[name].write.__module__.rpartition(".")[2]
    assert [*Path(__file__).parent.glob(f"test_{module}*.py")], f"tests/formats/test_{module}.py"
    word = re.split(r"[ (]", FORMATS[name].title)[0]
    changelog = (Path(__file__).parent.parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    assert word.lower() in changelog.lower(), f"“{word}” in CHANGELOG.md"


#: Parts of a line, each with a word of the loss that a format names if it leaves them out.
_PARTS = {"spans": "span", "relations": "link", "comments": "comment"}


@pytest.mark.parametrize("line", HARD)
@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.read])
def test_what_does_not_come_back_is_named_as_a_loss(tmp_path: Path, name: str, line: str) -> None:
    each, losses = FORMATS[name], Losses()
    path = tmp_path / f"a{each.suffix}"
    each.write([HARD[line]], path, NEWS, losses)
    assert each.read
    works = [list(marked.work.values()) for marked in each.read(path) if isinstance(marked, Marked)]
    told = " ".join(str(loss["what"]) for loss in losses.as_values())
    for part, word in _PARTS.items():
        written = sum(len(held[part]) for held in HARD[line]["annotations"])
        found = sum(len(held[part]) for held in chain.from_iterable(works))
        assert found >= written or word in told, f"{name} loses {part} and doesn't count them; losses: {told or 'none'}"
