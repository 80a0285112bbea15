"""The package asks for what it imports, the locks hold what it asks for, and one version builds it."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any

import pytest
import trove_classifiers
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
#: Which lock pins which requirements; each lock omits what the ones before it pin.
LOCKS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-dev.txt": GROUPS["test"] + GROUPS["lint"],
    "requirements-witnesses.txt": GROUPS["witnesses"],
}
#: Comes with Python's venv, or is asked for by packages that work without it.
_UNPINNED = {"pip", "setuptools"}


def _names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def _closure(requirements: Iterable[str]) -> set[str]:
    """Return the names of all packages that requirements bring, as the installed packages say."""
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (canonicalize_name(wanted.name), extra)
            if key not in seen:
                seen.add(key)
                further = [Requirement(each) for each in distribution(wanted.name).requires or ()]
                waiting += [each for each in further if each.marker is None or each.marker.evaluate({"extra": extra})]
    return {name for name, _ in seen} - _UNPINNED


def _pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    parts = (line.partition("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, _, version in parts}


def _imported() -> Iterator[tuple[Path, str, bool]]:
    """Yield each import of a third party in the package: the file, the top name, and whether it runs with the module."""
    for path in sorted((ROOT / "labeling").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        at_once = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top != "labeling" and top not in sys.stdlib_module_names:
                    yield path.relative_to(ROOT), top, id(node) in at_once


def test_every_import_of_the_package_is_required_by_it() -> None:
    required = _names(PROJECT["dependencies"])
    optional = _names(line for lines in PROJECT["optional-dependencies"].values() for line in lines)
    homes = packages_distributions()
    unmet = []
    for path, top, at_once in _imported():
        owners = {canonicalize_name(each) for each in homes.get(top, ())}
        if not owners & (required if at_once else required | optional):
            unmet.append(f"{path}: {top}")
    assert unmet == []


def test_extras_are_never_required() -> None:
    extras = _names(line for lines in PROJECT["optional-dependencies"].values() for line in lines)
    assert extras & _closure(PROJECT["dependencies"]) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_its_requirements_bring_and_nothing_else(lock: str) -> None:
    before = list(LOCKS)[: list(LOCKS).index(lock)]
    expected = _closure(LOCKS[lock]).difference(*(_closure(LOCKS[each]) for each in before))
    assert set(_pins(lock)) == expected


@pytest.mark.parametrize("lock", LOCKS)
def test_pins_are_within_the_ranges_asked_for(lock: str) -> None:
    pins = {name: version for each in LOCKS for name, version in _pins(each).items()}
    outside = [
        line
        for line in LOCKS[lock]
        if not Requirement(line).specifier.contains(pins[canonicalize_name(Requirement(line).name)])
    ]
    assert outside == []


def test_one_version_of_hatchling_builds_the_package_everywhere() -> None:
    (build,) = PYPROJECT["build-system"]["requires"]
    assert build == f"hatchling=={_pins('requirements-dev.txt')['hatchling']}"
    assert build in GROUPS["test"]


def test_the_project_is_described_in_known_words() -> None:
    assert (PROJECT["name"], PROJECT["license"]) == ("saywhen-labeling", "Apache-2.0")
    assert [each for each in PROJECT["classifiers"] if each not in trove_classifiers.classifiers] == []
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])
    assert (ROOT / "labeling" / "py.typed").is_file()
