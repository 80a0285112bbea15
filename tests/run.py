"""Runs what `make check`, `make test` and `make nightly` stand for, the quick things first; ends with 1 if anything failed.

`make check` runs the tests beside the quick things and in three processes, to keep both cores of a small machine busy:
tests often wait for a server. With a browser they run afterwards and in two: three browsers take more than two cores, and
a page that has to wait is another test.

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

#: TypeScript looks again at what has changed since the last run, as mypy does.
REMEMBERED = ["--incremental", "--tsBuildInfoFile", "build/typescript.json"]
LINT = {
    "style (ruff)": [*PYTHON, "ruff", "check", "."],
    "format (ruff)": [*PYTHON, "ruff", "format", "--check", "."],
    "format (prettier)": [*tools.node(), "node_modules/prettier/bin/prettier.cjs", "--check", *SCRIPTS_AND_STYLES],
    "types (mypy)": [*PYTHON, "mypy"],
    "types of JavaScript (tsc)": [
        *tools.node(),
        "node_modules/typescript/bin/tsc",
        "--project",
        "jsconfig.json",
        *REMEMBERED,
    ],
}
JAVASCRIPT = {
    "JavaScript (node --test)": [
        *tools.node(),
        "--test",
        "--test-isolation=none",
        "--test-reporter=dot",
        "tests/js/*.test.js",
    ]
}
PYTEST = [*PYTHON, "pytest", "--dist", "worksteal", "--numprocesses"]
WITHOUT_BROWSER = {"Python (pytest)": [*PYTEST, "3", "--ignore", "tests/browser", "-m", "not slow"]}
WITH_BROWSER = {"Python and browser (pytest)": [*PYTEST, "2"]}
#: What `--only` takes, with the steps that each runs; pytest comes last, so that its closing line ends the output.
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
    parser.add_argument("--nightly", action="store_true", help="try 50 times as many examples in each property test")
    options = parser.parse_args()
    profile = "nightly" if options.nightly else "check" if options.only == "check" else None
    environment = {**os.environ, **({"HYPOTHESIS_PROFILE": profile} if profile else {})}
    # Else each of the processes that tests start compiles every module again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    steps = dict(CHOICES[options.only])
    tests = steps.popitem() if any("pytest" in command for command in steps.values()) else None
    beside = _started(tests[1], environment) if tests and options.only == "check" else None
    failed: list[str] = []
    for name, command in steps.items():
        print(f"── {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print("Failed: " + ", ".join(failed), flush=True)
    if tests:
        print(f"── {tests[0]}", flush=True)
        if _shown(beside or _started(tests[1], environment)):
            failed.append(tests[0])
    sys.exit(bool(failed))


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start pytest; what it prints waits in the pipe until it is shown."""
    command = [*command, "--color", "yes" if sys.stdout.isatty() else "no"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _shown(running: subprocess.Popen[bytes]) -> int:
    """Print what a process has printed and goes on to print; return its exit code."""
    assert running.stdout
    while printed := os.read(running.stdout.fileno(), 65536):
        sys.stdout.buffer.write(printed)
        sys.stdout.flush()
    return running.wait()


if __name__ == "__main__":
    main()
