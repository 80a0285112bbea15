"""The documentation says what is: generated parts are fresh, examples run, links lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from labeling import schema

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, block)
        for page in PAGES
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    ]


def test_generated_parts_are_fresh() -> None:
    sys.path.insert(0, str(ROOT / "docs"))
    import generate

    stale = [path.name for path, text in generate.generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"


@pytest.mark.parametrize(("page", "block"), _blocks("sh"))
def test_commands_in_the_documentation_run(page: str, block: str, tmp_path: Path) -> None:
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("“Yes,” she said.")
    (tmp_path / "wire.jsonl").write_text('{"text": "Two."}\n')
    saywhen = f'"{sys.executable}" -m labeling'
    if not block.startswith("saywhen new project.db"):
        block = f"saywhen new --sample\nsaywhen new --sample sample.db\n{block}"
    script = "set -e\n" + re.sub(r"^saywhen ", f"{saywhen} ", block, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(("page", "block"), _blocks("json"))
def test_lines_in_the_documentation_have_the_published_shape(page: str, block: str) -> None:
    text = block.replace("f0e1…", "0" * 16)
    line = json.loads(re.sub(r'("(?:id|from|to|span)": )"…"', r'\1"0000000000000000"', text))
    shape = json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(shape).validate(line)


@pytest.mark.parametrize(("page", "block"), _blocks("yaml"))
def test_label_sets_in_the_documentation_are_sound(page: str, block: str) -> None:
    assert yaml.safe_load(block)
    assert list(schema.check(block)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_documentation_names_every_command_and_the_readme_the_two_first() -> None:
    from labeling.commands.main import main

    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"## saywhen {name}\n" in commands for name in main.commands)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.index("make run") < readme.index("make test")
