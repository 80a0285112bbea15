"""Asks whether the tests would notice: changes a core module at random, one change at a time, and runs that module's tests.

`make mutants` draws 60 changes; the same seed draws the same ones. A change that no test notices is listed with its file,
line, old and new code. Ends with 1 where fewer than `--least` percent were noticed. Works in copies of the tree only.
Ctrl+C stops it and reports on what has run. `mutants.toml` maps modules to tests, and names changes that change nothing.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.util
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent
CONFIG = Path(__file__).with_suffix(".toml")
#: What a copy of the tree omits: what tests make, and what is linked instead.
_NOT_COPIED = (".git", ".venv", "node_modules", "__pycache__", ".hypothesis", ".*_cache", "build", "dist", "*.egg-info")
#: A mutant may take so many times as long as the tests did without it, and so many seconds more.
_TIMES, _SECONDS = 4, 20

Outcome = Literal["killed", "timed out", "survived", "equivalent"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a module: the code `old` in line `line`, which stands at bytes [start, end) of the file, becomes `new`."""

    path: str
    kind: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        old, new = (" ".join(code.split()) for code in (self.old, self.new))
        return f"{self.path}:{self.line}  {old}  →  {new or '(removed)'}"

    def applied(self, source: bytes) -> bytes:
        """Return the module's source with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A change that changes no behavior: its file, the whole line without indentation, its new code, and the reason."""

    path: str
    code: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Config:
    """The test files of each core module, by path, and the changes known to change nothing."""

    modules: Mapping[str, Sequence[str]]
    equivalent: Sequence[Equivalent]

    def is_equivalent(self, mutant: Mutant, source: str) -> bool:
        """Whether a change is among those known to change nothing."""
        code = source.splitlines()[mutant.line - 1].strip()
        return any((mutant.path, code, mutant.new) == (each.path, each.code, each.new) for each in self.equivalent)


def load(path: Path = CONFIG) -> Config:
    """Return the configuration in a TOML file."""
    told = tomllib.loads(path.read_text("utf-8"))
    return Config(told["modules"], [Equivalent(**each) for each in told.get("equivalent", [])])


# --- changes ----------------------------------------------------------------------------------------------------------

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def mutants(path: str, source: str) -> list[Mutant]:
    """Return every change that may be drawn in a module, in the order of the source.

    Left alone are annotations, docstrings, decorators and error messages, which say how code reads, not what it does.
    """
    raw, starts = source.encode(), [0]
    for line in raw.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = []
    for node, kind, new in _changes(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        old = raw[start:end].decode()
        found.append(Mutant(path, kind, node.lineno, start, end, old, new))
    return sorted(found, key=lambda each: (each.start, each.end, each.new))


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    """Yield each node below this one that may be replaced, the kind of change, and the code that replaces it."""
    if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name) and node.returns.id == "bool":
        for each in ast.walk(node):
            if isinstance(each, ast.Return) and each.value is not None:
                yield each.value, "return", f"not ({ast.unparse(each.value)})"
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list") or isinstance(node, ast.Raise | ast.JoinedStr):
            continue  # places of what is within an f-string are wrong before Python 3.12
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.keyword) and child.arg == "strict":
                continue  # a check of the code by itself
            if isinstance(child, ast.expr):
                yield from ((child, *change) for change in _of_expression(child))
            elif isinstance(child, ast.stmt):
                yield from ((child, *change) for change in _of_statement(child))
            if isinstance(child, ast.AST):
                yield from _changes(child)


def _of_statement(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield what a statement may become: nothing, where that leaves no name without a value."""
    match node:
        case ast.Expr(value=ast.Constant()):
            pass
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Continue() | ast.Break():
            yield "removal", "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "removal", "pass"
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "return", "return None"


def _of_expression(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield what an expression may become."""

    def with_(**fields: object) -> str:
        new = copy.copy(node)
        for name, value in fields.items():
            setattr(new, name, value)
        code = ast.unparse(new)
        return code if isinstance(node, ast.Constant | ast.Name) else f"({code})"

    match node:
        case ast.Compare(ops=[*operators]):
            for at, operator in enumerate(operators):
                for other in _COMPARISONS[type(operator)]:
                    yield "comparison", with_(ops=[*operators[:at], other(), *operators[at + 1 :]])
        case ast.BoolOp(op=operator):
            yield "logic", with_(op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.BinOp(op=ast.BitOr(), right=right) if _is_none(right):
            pass  # a type
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            yield "arithmetic", with_(op=_OPERATORS[type(operator)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "logic", f"({ast.unparse(operand)})"
        case ast.IfExp(test=test):
            yield "logic", with_(test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool() as value):
            yield "constant", with_(value=not value)
        case ast.Constant(value=int() | float() as value):
            yield "constant", with_(value=value + 1)
            yield "constant", f"({value - 1})"
        case ast.Constant(value=str() as value) if value.isidentifier():
            yield "constant", with_(value=value + "_")
        case ast.Name(id=name, ctx=ast.Load()) if name in _FUNCTIONS:
            yield "function", _FUNCTIONS[name]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for at, part in enumerate(node.generators):
                if part.ifs:
                    without = copy.copy(part)
                    without.ifs = part.ifs[1:]
                    yield "filter", with_(generators=[*node.generators[:at], without, *node.generators[at + 1 :]])


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def draw(config: Config, count: int, seed: int, root: Path = ROOT) -> list[Mutant]:
    """Return so many changes, no two the same: by turns of each module, and in a module by turns of each kind of change."""
    random_ = random.Random(seed)

    def shuffled(made: list[Mutant]) -> list[Mutant]:
        kinds = [[each for each in made if each.kind == kind] for kind in sorted({each.kind for each in made})]
        for pile in (*kinds, kinds):
            random_.shuffle(pile)
        return _in_turn(kinds)

    piles = [shuffled(mutants(path, (root / path).read_text("utf-8"))) for path in sorted(config.modules)]
    random_.shuffle(piles)
    return _in_turn(piles)[:count]


def _in_turn(piles: Sequence[Sequence[Mutant]]) -> list[Mutant]:
    """Return the first of each pile, then the second of each, and so on."""
    return [each for row in zip_longest(*piles) for each in row if each is not None]


# --- running ----------------------------------------------------------------------------------------------------------

#: Plugins that other packages bring and no test uses: they take a second to load.
_UNUSED = ("-p", "no:anyio", "-p", "no:faker", "-p", "no:requests_mock")


class Trees:
    """Copies of the tree, one for each mutant that runs at the same time."""

    def __init__(self, folder: Path, count: int, root: Path = ROOT) -> None:
        self._root = root
        self._free: queue.Queue[Path] = queue.Queue()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False
        for number in range(count):
            tree = folder / str(number) / root.name
            shutil.copytree(root, tree, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
            for there in (root / ".venv", root / "node_modules", root.parent / "shared"):
                if there.exists():
                    (
                        tree / there.relative_to(root) if there.is_relative_to(root) else tree.parent / there.name
                    ).symlink_to(there.resolve())
            self._free.put(tree)

    def run(self, tests: Sequence[str], limit: float | None, mutant: Mutant | None = None) -> Outcome:
        """Run tests in a copy that is free, with a change or as it is, and return what became of it."""
        tree = self._free.get()
        try:
            if mutant is None:
                return self._tested(tree, tests, limit)
            path = tree / mutant.path
            whole = path.read_bytes()
            try:
                self._write(path, mutant.applied(whole))
                return self._tested(tree, tests, limit)
            finally:
                self._write(path, whole)
        finally:
            self._free.put(tree)

    def stop(self) -> None:
        """End the tests that are running, and start no more."""
        with self._lock:
            self._stopped = True
            running = [*self._running]
        for process in running:
            _kill(process)

    @staticmethod
    def _write(path: Path, source: bytes) -> None:
        path.write_bytes(source)
        # Python compiles a file again where its time in seconds or its size differs, and here neither need.
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)

    def _tested(self, tree: Path, tests: Sequence[str], limit: float | None) -> Outcome:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            *_UNUSED,
            "--hypothesis-seed=0",
            *tests,
        ]
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            process = subprocess.Popen(
                command,
                cwd=tree,
                env={**os.environ, "PYTHONPATH": str(tree)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._running.add(process)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            return "timed out"
        finally:
            _kill(process)
            with self._lock:
                self._running.discard(process)
        if self._stopped:
            raise KeyboardInterrupt
        return "killed" if code else "survived"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(config: Config, drawn: Sequence[Mutant], jobs: int, root: Path = ROOT) -> dict[Mutant, Outcome]:
    """Run the mutants, print what became of each, and return it; of those that ran, where it is stopped."""
    outcomes: dict[Mutant, Outcome] = {}
    sources = {path: (root / path).read_text("utf-8") for path in config.modules}
    waiting = []
    for mutant in drawn:
        if config.is_equivalent(mutant, sources[mutant.path]):
            outcomes[mutant] = "equivalent"
        else:
            waiting.append(mutant)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        trees = Trees(Path(folder), jobs, root)
        try:
            suites = sorted({tuple(config.modules[each.path]) for each in waiting})
            limits = dict(zip(suites, pool.map(lambda suite: _limit(trees, suite), suites), strict=True))
            begun = {}
            for each in waiting:
                suite = tuple(config.modules[each.path])
                begun[pool.submit(trees.run, suite, limits[suite], each)] = each
            for done, future in enumerate(as_completed(begun), 1):
                mutant = begun[future]
                outcomes[mutant] = future.result()
                print(f"{done:4} of {len(waiting)}  {outcomes[mutant]:9}  {mutant}", flush=True)
        except KeyboardInterrupt:
            print("Stopped.", flush=True)
        finally:
            trees.stop()
            pool.shutdown(cancel_futures=True)
    return outcomes


def _limit(trees: Trees, tests: Sequence[str]) -> float:
    """Return how many seconds a mutant may take that these tests look at; without one they must pass."""
    started = time.monotonic()
    if trees.run(tests, None) != "survived":
        raise SystemExit(f"These tests fail without any change: {' '.join(tests)}")
    took = time.monotonic() - started
    print(f"{took:7.1f} s  {' '.join(tests)}", flush=True)
    return _TIMES * took + _SECONDS


def share(outcomes: Mapping[Mutant, Outcome]) -> float:
    """Return the percentage of the mutants that change behavior and were noticed; 100 where there were none."""
    counted = [outcome for outcome in outcomes.values() if outcome != "equivalent"]
    return 100 * sum(outcome != "survived" for outcome in counted) / len(counted) if counted else 100.0


def main() -> None:
    """Draw mutants, run them and list the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="how many changes to draw (60)")
    parser.add_argument("--seed", type=int, default=1, help="which changes to draw (1)")
    parser.add_argument("--module", action="append", help="only modules whose path contains this; may be repeated")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many run at the same time (one a core)"
    )
    parser.add_argument("--least", type=float, default=95, help="the percentage that must be noticed (95)")
    options = parser.parse_args()
    config = load()
    if options.module:
        modules = {
            path: tests for path, tests in config.modules.items() if any(part in path for part in options.module)
        }
        config = Config(modules, config.equivalent)
    drawn = draw(config, options.count, options.seed)
    outcomes = run(config, drawn, options.jobs)
    for outcome in ("survived", "equivalent"):
        listed = [each for each in drawn if outcomes.get(each) == outcome]
        if listed:
            print(f"\n{outcome.capitalize()}:", *sorted(map(str, listed)), sep="\n  ")
    counted = sum(outcome != "equivalent" for outcome in outcomes.values())
    print(
        f"\n{share(outcomes):.1f} % of {counted} mutants were noticed (seed {options.seed}, {len(config.modules)} modules; "
        f"{len(outcomes) - counted} more change nothing)."
    )
    sys.exit(share(outcomes) < options.least or len(outcomes) < len(drawn))


if __name__ == "__main__":
    main()
