"""Mutants: each is one change that can be run, a draw is the same for a seed, and what is said of them is still there."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import mutants
import pytest
from mutants import Config, Equivalent, Mutant

CONFIG = mutants.load()
SOURCES = {path: (mutants.ROOT / path).read_text("utf-8") for path in CONFIG.modules}


def changed(source: str) -> set[str]:
    """Return what a piece of code can become, each on a line of its own."""
    return {each.applied(source.encode()).decode().strip() for each in mutants.mutants("x.py", source)}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = a < b", {"x = (a <= b)", "x = (a >= b)"}),
        ("x = a is None", {"x = (a is not None)"}),
        ("x = a == 1", {"x = (a != 1)", "x = a == 2", "x = a == (0)"}),
        ("x = a + b", {"x = (a - b)"}),
        ("x = a and not b", {"x = (a or not b)", "x = a and (b)"}),
        ("x = b if a else c", {"x = (b if not a else c)"}),
        ("x = True", {"x = False"}),
        ("x = 'é!' + 'open'", {"x = ('é!' - 'open')", "x = 'é!' + 'open_'"}),
        ("x = max(a)", {"x = min(a)"}),
        ("x = [a for a in b if a]", {"x = ([a for a in b])"}),
        ("f(a)", {"pass"}),
        ("self.a = b", {"pass"}),
        ("def f(): return a", {"def f(): return None"}),
        ("def f() -> bool: return a", {"def f() -> bool: return None", "def f() -> bool: return not (a)"}),
    ],
)
def test_a_change_is_one_comparison_operator_constant_return_or_statement(code: str, expected: set[str]) -> None:
    assert changed(code) == expected


@pytest.mark.parametrize(
    "code",
    ['"""A docstring."""', "x: int | None", "@dataclass(slots=True)\nclass A: ...", "x = f'{a + b}'", "return_ = zip(a, strict=True)"],
)  # fmt: skip
def test_annotations_docstrings_decorators_and_checks_of_the_code_itself_are_left_alone(code: str) -> None:
    assert changed(code) == set()


def test_an_error_may_not_be_raised_but_says_the_same() -> None:
    assert changed("raise OpError('open', 3)") == {"pass"}


@pytest.mark.parametrize("path", CONFIG.modules)
def test_every_mutant_of_a_core_module_can_be_compiled_and_differs(path: str) -> None:
    whole = ast.dump(ast.parse(SOURCES[path]))
    found = mutants.mutants(path, SOURCES[path])
    assert len(found) >= 8
    for each in found[:: len(found) // 8]:
        assert ast.dump(ast.parse(each.applied(SOURCES[path].encode()))) != whole, each


@pytest.mark.slow
def test_a_seed_draws_the_same_mutants_from_every_module_by_turns() -> None:
    one, same, other = (mutants.draw(CONFIG, 2 * len(CONFIG.modules), seed) for seed in (1, 1, 2))
    assert one == same != other
    assert len(set(one)) == len(one)
    paths = [each.path for each in one]
    assert {paths.count(path) for path in CONFIG.modules} == {2}


def test_the_tests_that_are_named_are_there() -> None:
    for path, tests in CONFIG.modules.items():
        for each in tests:
            file, _, name = each.removeprefix("--deselect=").partition("::")
            assert name in (mutants.ROOT / file).read_text("utf-8"), (path, each)


@pytest.mark.slow
def test_a_change_that_changes_nothing_is_still_a_change_of_its_line_and_has_a_reason() -> None:
    for each in CONFIG.equivalent:
        lines = SOURCES[each.path].splitlines()
        found = mutants.mutants(each.path, SOURCES[each.path])
        assert any(lines[mutant.line - 1].strip() == each.code and mutant.new == each.new for mutant in found), each
        assert len(each.reason.split()) > 4


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with a module, and tests of it that look at no boundary."""
    house = tmp_path / "house"
    house.mkdir()
    (house / "core.py").write_text("def over(a, b):\n    while a == 99:\n        pass\n    return a > b\n")
    (house / "test_core.py").write_text("import core\n\ndef test_over():\n    assert core.over(2, 1)\n")
    return house


@pytest.mark.nightly
@pytest.mark.slow
def test_what_tests_notice_is_killed_what_they_do_not_survives_and_the_tree_stays(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "_SECONDS", 1)
    before = {path: path.read_bytes() for path in house.iterdir()}
    config = Config({"core.py": ["test_core.py"]}, [Equivalent("core.py", "return a > b", "(a >= b)", "for this test")])
    expected = {
        "(a <= b)": "killed",
        "(a >= b)": "equivalent",
        "(a != 99)": "timed out",
        "100": "survived",
    }
    made = mutants.mutants("core.py", (house / "core.py").read_text())
    outcomes = mutants.run(config, [each for each in made if each.new in expected], 2, house)
    assert {each.new: outcome for each, outcome in outcomes.items()} == expected
    assert mutants.share(outcomes) == pytest.approx(200 / 3)
    assert {path: path.read_bytes() for path in house.iterdir()} == before


def test_nothing_drawn_is_nothing_missed() -> None:
    mutant = Mutant("x.py", "return", 1, 0, 1, "a", "b")
    assert mutants.share({}) == 100.0
    assert mutants.share({mutant: "equivalent"}) == 100.0
    assert mutants.share({mutant: "survived", dataclasses.replace(mutant, new="c"): "timed out"}) == 50.0
