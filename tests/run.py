"""Runs what `make check`, `make test` and `make nightly` stand for, the quick things first; ends with 1 if anything failed.

The last line is the summary of pytest, as in “4,000 passed in 300 s”; how long each step before took stands below it.
"""

from __future__ import annotations

import argparse
import os
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
JAVASCRIPT = {"JavaScript (node --test)": [*tools.node(), "--test", "--test-reporter=dot", "tests/js/*.test.js"]}
PYTEST = [*PYTHON, "pytest", "--numprocesses", "2", "--dist", "worksteal"]
WITHOUT_BROWSER = {"Python (pytest)": [*PYTEST, "--ignore", "tests/browser"]}
WITH_BROWSER = {"Python and browser (pytest)": PYTEST}
#: What `--only` takes, with the steps that each runs; pytest is last, so that its closing line ends the output.
CHOICES = {
    "lint": LINT,
    "check": {**LINT, **JAVASCRIPT, **WITHOUT_BROWSER},
    "tests": {**JAVASCRIPT, **WITH_BROWSER},
    "all": {**LINT, **JAVASCRIPT, **WITH_BROWSER},
}


def main() -> None:
    """Run the steps, print how many seconds each took and which failed, and end with the output of the last one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CHOICES, default="all")
    parser.add_argument("--nightly", action="store_true", help="try ten times as many examples in each property test")
    options = parser.parse_args()
    environment = {**os.environ, **({"HYPOTHESIS_PROFILE": "nightly"} if options.nightly else {})}
    steps = CHOICES[options.only]
    failed: list[str] = []
    for number, (name, command) in enumerate(steps.items(), 1):
        if number == len(steps) and failed:
            print("Failed: " + ", ".join(failed), flush=True)
        print(f"── {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
        if "pytest" not in command:
            print(f"   {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
