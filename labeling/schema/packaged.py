"""The label sets that come with SayWhen, by name."""

from __future__ import annotations

import difflib
from pathlib import Path

from labeling.errors import SchemaError
from labeling.schema.faults import SCHEMAS

#: The label set of a project that names no other.
DEFAULT = "news"


def packaged() -> dict[str, Path]:
    """Return the paths of the label sets that come with SayWhen by their names, in alphabetical order."""
    return {path.stem: path for path in sorted(SCHEMAS.glob("*.yaml"))}


def find(name: str) -> Path:
    """Return the path of a label set, given as a path or as the name of one that comes with SayWhen.

    A file of that name wins. Raises SchemaError, which lists the names there are, for what is neither.
    """
    path, known = Path(name), packaged()
    if path.suffix or len(path.parts) != 1 or path.is_file():
        return path
    if name not in known:
        alike = difflib.get_close_matches(name, known, 1)
        meant = f" (did you mean “{alike[0]}”?)" if alike else ""
        raise SchemaError(
            f"there is no label set “{name}”{meant}; SayWhen has {' and '.join(known)}; for your own, give the path "
            "of its YAML file"
        )
    return known[name]
