"""The optional parts of the package: whether one is installed, and what brings it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal, TypeAlias

from labeling.errors import MissingExtraError

Extra: TypeAlias = Literal["bulk", "charts", "learn", "llm", "oidc", "spacy"]
#: The module that each extra of `saywhen-labeling` brings, and what people call it.
_MODULES: dict[Extra, tuple[str, str]] = {
    "bulk": ("datatrove", "datatrove"),
    "charts": ("vl_convert", "the chart renderer"),
    "learn": ("scipy", "SciPy"),
    "llm": ("llm", "the library llm"),
    "oidc": ("authlib", "Authlib"),
    "spacy": ("spacy", "spaCy"),
}


def installed(extra: Extra) -> bool:
    """Return whether what an extra brings can be imported; nothing is loaded."""
    return find_spec(_MODULES[extra][0]) is not None


def command(extra: Extra) -> str:
    """Return the command that installs an extra."""
    return f"pip install 'saywhen-labeling[{extra}]'"


def require(extra: Extra, what: str) -> None:
    """Raise MissingExtraError, which says that `what` needs the extra and how to install it, unless it is installed."""
    if not installed(extra):
        raise MissingExtraError(f"{what} needs {_MODULES[extra][1]}; install it with: {command(extra)}", extra)
