"""A year of a server in some minutes (`make soak`): nothing that was acknowledged is lost, and messages say what is wrong.

Sixteen people save all the time while each part does something to the server, the project file or the clock. After each,
every acknowledged op is in the file once, `saywhen check` finds nothing, and every refusal has a message. Ends with 1 if a
part failed. `make test` runs short forms of the parts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from disasters import Skipped, clock_jumps, edits_offline, file_moved, file_replaced, full_disk, standstill
from kills import kills_of_commands, kills_of_the_server, kills_within_jobs

#: A part runs in a folder of its own and returns what it found, in words; raises AssertionError and Skipped.
Part = Callable[[Path], str]


def parts(kills: int, seed: int) -> dict[str, Part]:
    """Return the parts by name, with so many kills of the server, and a fiftieth of them within each job and command."""
    few = max(1, kills // 50)
    return {
        "offline": edits_offline,
        "moved": file_moved,
        "replaced": file_replaced,
        "full-disk": full_disk,
        "clock": clock_jumps,
        "standstill": partial(standstill, seconds=60),
        "commands": partial(kills_of_commands, count=few, seed=seed),
        "jobs": partial(kills_within_jobs, count=few, seed=seed),
        "kills": partial(kills_of_the_server, count=kills, seed=seed),
    }


def main() -> None:
    """Run the parts and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000, help="how many kills of the server (1000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed kills after the same pauses (1)")
    parser.add_argument("--part", nargs="+", choices=parts(0, 0), help="only these parts")
    options = parser.parse_args()
    results: Counter[str] = Counter()
    for name, part in parts(options.kills, options.seed).items():
        if options.part and name not in options.part:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="saywhen-soak-") as folder:
            try:
                found, result = part(Path(folder)), "ok"
            except Skipped as reason:
                found, result = str(reason), "skipped"
            except Exception as fault:  # the other parts are still worth running
                found, result = f"{name}: {type(fault).__name__}: {fault}", "FAILED"
        results[result] += 1
        print(f"{result}  {found}  ({time.monotonic() - began:.0f} s)", flush=True)
    sys.exit(bool(results["FAILED"]))


if __name__ == "__main__":
    main()
