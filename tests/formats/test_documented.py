"""What docs/formats.md shows about loading a file works on a file as SayWhen writes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lines import NEWS, SAMPLE

from labeling.formats.marked import Losses
from labeling.formats.registry import FORMATS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_runs(tmp_path: Path, example: str) -> None:
    for each in FORMATS.values():
        name = f"train{each.suffix}" if each.suffix else each.name
        if f'"{name}"' in example:
            each.write(SAMPLE, tmp_path / name, NEWS, Losses())
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, env=environment, check=True)
