"""The shape of the house: the core is pure, imports point one way, files name nothing they must not."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: From the ground up: a module may import from its own layer's earlier entries and from layers below.
# fmt: off
LAYERS = [
    ["errors"],
    ["dates", "keys", "words"],
    ["article", "ops"],
    ["schema"],
    ["annotation"],
    ["changes"],
    ["dataset", "agreement", "adjudication", "assignment", "sample", "formats", "foreign", "drafting", "card"],
    ["rows", "migrations", "search", "session", "team", "decisions", "label_sets", "ready", "placements"],
    ["store"],
    ["drawing"],
    ["charts", "importing", "reviewing", "splitting", "exporting", "assigning", "agreeing", "stats", "datasette", "building",
     "proving", "checking", "access"],
    ["routes", "api"],
    ["server"],
    ["ui", "commands", "cli"],
]
CORE = {"errors", "dates", "keys", "words", "article", "ops", "schema", "annotation", "changes", "dataset", "agreement",
        "adjudication", "assignment", "foreign", "drafting", "card"}
# fmt: on
#: What does input and output, tells the time or draws lots. The label set is read from a file by `schema.load`.
IMPURE = {
    "streamlit",
    "sqlite3",
    "sqlite_utils",
    "fastapi",
    "starlette",
    "uvicorn",
    "time",
    "random",
    "secrets",
    "socket",
    "os",
    "subprocess",
    "click",
    "pandas",
    "requests",
    "urllib",
}  # fmt: skip


def _modules() -> list[Path]:
    return sorted((ROOT / "labeling").rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "labeling":
                found |= {f"labeling.{alias.name}" for alias in node.names}
    return found


def _top(path: Path) -> str:
    return path.relative_to(ROOT / "labeling").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    ranks = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
    own = _top(path)
    if own == "__init__":
        return
    assert own in ranks, f"{own} has no place among the layers; give it one"
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "labeling" and len(parts) > 1 and parts[1] in ranks and parts[1] != own:
            assert ranks[parts[1]] < ranks[own] or LAYERS[ranks[own]].index(parts[1]) < LAYERS[ranks[own]].index(own)


@pytest.mark.parametrize("path", [path for path in _modules() if _top(path) in CORE], ids=lambda path: path.stem)
def test_the_core_does_no_input_or_output(path: Path) -> None:
    assert not {name.split(".")[0] for name in _imports(path)} & IMPURE


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Put together here, so that this file does not name them either.
    folders = [f"/{name}/" for name in ("root", "work", "farm")]
    forbidden = re.compile("|".join([*folders, "python" + "hosted", "npm" + "js", "pypi" + r"\.org"]))
    named = [
        path.relative_to(ROOT)
        for path in _tracked()
        if path.suffix not in (".png", ".jpg") and forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_locked_requirements_pin_one_version_each_and_name_no_host() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
        assert lines
        assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+", line)] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
