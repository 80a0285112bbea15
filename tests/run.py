"""Runs everything that `make test` stands for, the quick things first; ends with 1 if anything failed."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import tools

ROOT = Path(__file__).parent.parent
PYTHON = [sys.executable, "-m"]

SCRIPTS_AND_STYLES = [f"{folder}/**/*.{{js,css}}" for folder in ("benchmarks", "labeling", "tests")]

LINT = {
    "style (ruff)": [*PYTHON, "ruff", "check", "."],
    "format (ruff)": [*PYTHON, "ruff", "format", "--check", "."],
    "format (prettier)": [*tools.node(), "node_modules/prettier/bin/prettier.cjs", "--check", *SCRIPTS_AND_STYLES],
    "types (mypy)": [*PYTHON, "mypy"],
    "types of JavaScript (tsc)": [*tools.node(), "node_modules/typescript/bin/tsc", "--project", "jsconfig.json"],
}
TESTS = {
    "JavaScript (node --test)": [*tools.node(), "--test", "--test-reporter=dot", "tests/js/*.test.js"],
    "Python and browser (pytest)": [*PYTHON, "pytest", "--numprocesses", "2", "--dist", "worksteal"],
}


def main() -> None:
    """Run the steps and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "tests"])
    only = parser.parse_args().only
    steps = {**(LINT if only != "tests" else {}), **(TESTS if only != "lint" else {})}
    failed = []
    for name, command in steps.items():
        print(f"── {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        sys.exit("Failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
