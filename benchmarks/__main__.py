"""Runs the benchmark and prints its table: python -m benchmarks [--only PART …] [--json FILE]."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import orjson

from benchmarks.figures import Figure, table
from benchmarks.machine import described, load
from benchmarks.material import Bench

#: Each is a module here with `measure(bench) -> list[Figure]`; the order is that of the table.
PARTS = {
    "browser": "browser",
    "effort": "effort",
    "sight": "seeing",
    "suggestions": "accepting",
    "http": "serving",
    "language": "proposing",
    "import": "importing",
    "export": "exporting",
    "dataset": "building",
    "start": "starting",
    "reading": "reading",
    "splits": "splitting",
    "agreement": "agreeing",
    "adjudication": "adjudicating",
    "accounts": "signing_in",
    "disturbed": "disturbing",
}


def main() -> None:
    """Run the parts asked for; ends with 1 only if one of them cannot be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=" ".join(PARTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file")
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="in the project (10000)")
    parser.add_argument(
        "--seconds",
        type=float,
        default=30,
        metavar="N",
        help="how long “disturbed” works without and with disturbances (30)",
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the data goes (a temporary folder in it)")
    parser.add_argument(
        "--gold",
        type=Path,
        metavar="FILE",
        help="what “effort”, “sight” and “suggestions” label, as exported (the sample corpus)",
    )
    parser.add_argument(
        "--votes",
        type=Path,
        metavar="FILE",
        help="what “adjudication” resolves: an export with several annotators' work",
    )
    parser.add_argument(
        "--consensus",
        type=Path,
        metavar="FILE",
        help="what was decided on the articles of --votes: an export with one annotation per article",
    )
    parser.add_argument(
        "--label-set", type=Path, metavar="FILE", help="the label set (YAML) of --votes (the news label set)"
    )
    options = parser.parse_args()
    if options.label_set and not options.votes:
        parser.error("--label-set needs the annotators' work; give it with --votes FILE")
    if options.consensus and not options.votes:
        parser.error("--consensus needs the annotators' work; give it with --votes FILE")
    if options.articles < 100:
        parser.error("--articles takes 100 or more")
    # Also when it is asked to stop, servers end and the folder goes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parts: dict[str, list[Figure]] = {}
    failed = False
    with tempfile.TemporaryDirectory(prefix="saywhen-bench-", dir=options.folder) as name:
        folder = Path(name)
        machine = f"{described(folder)}; {load()} at the start"
        print(machine, flush=True)
        bench = Bench(
            folder, options.articles, options.gold, options.votes, options.consensus, options.label_set, options.seconds
        )
        for part in (part for part in PARTS if part in options.only):
            started = time.monotonic()
            print(f"{part} …", end=" ", flush=True, file=sys.stderr)
            try:
                parts[part] = importlib.import_module(f"benchmarks.{PARTS[part]}").measure(bench)
            except Exception:  # the other parts still have something to say
                failed = True
                traceback.print_exc()
            print(f"{time.monotonic() - started:.0f} s", flush=True, file=sys.stderr)
    machine += f", {load()} at the end"
    print(f"\n{table(parts)}\n\n{load()} at the end")
    if options.json:
        kept = {"machine": machine, "parts": {part: [each.as_json() for each in made] for part, made in parts.items()}}
        options.json.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.exit(failed)


if __name__ == "__main__":
    main()
