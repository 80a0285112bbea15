"""Draws Vega-Lite as PNG in a process of its own: the renderer takes some 80 MB, which a server would never get back.

As a program it reads specifications from its input and writes the pictures to its output, both as JSON.
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from labeling import extras
from labeling.errors import DatasetError


def drawn(specifications: Sequence[dict[str, Any]], version: str) -> list[bytes]:
    """Return each specification as a PNG of twice its size in pixels; the same one gives the same bytes.

    `version` is that of Vega-Lite, as “6.1”. No host is asked for anything. Raises DatasetError if it cannot be drawn,
    MissingExtraError without the renderer.
    """
    extras.require("charts", "a chart as PNG")
    # Nothing is imported from the folder that the program was started in: -P, and no empty part in the path.
    where = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    run = subprocess.run(  # noqa: S603 (ourselves, with nothing from outside among the arguments)
        [sys.executable, "-P", "-m", __name__],
        input=orjson.dumps([version, specifications]),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": where},
    )
    if run.returncode:
        why = run.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DatasetError(f"can't draw the charts: {why or f'the renderer exited with status {run.returncode}'}")
    return [b64decode(each) for each in orjson.loads(run.stdout)]


def drawn_here(specifications: Sequence[dict[str, Any]], version: str) -> list[bytes]:
    """Return the result of `drawn`, with the renderer loaded into this process."""
    import vl_convert

    return [
        vl_convert.vegalite_to_png(each, vl_version=version, scale=2, allowed_base_urls=[]) for each in specifications
    ]


def _main() -> None:
    version, specifications = orjson.loads(sys.stdin.buffer.read())
    pictures = drawn_here(specifications, version)
    sys.stdout.buffer.write(orjson.dumps([b64encode(each).decode() for each in pictures]))


if __name__ == "__main__":
    _main()
