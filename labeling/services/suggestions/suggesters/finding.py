"""Suggesters by name, such as “spacy:en_core_web_sm”: three built-in ones, and those of other packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeAlias

from labeling.errors import NotFoundError, SayWhenError, SuggestionError
from labeling.suggestions import elsewhere, planting
from labeling.suggestions.proposals import Suggester, SuggesterContext

#: The group of entry points under which packages register suggesters: each makes one from what follows the colon in its
#: name, and from the context.
GROUP = "labeling.suggesters"
Maker: TypeAlias = Callable[[str, SuggesterContext], Suggester]

#: The built-in suggesters, as module and function.
_OURS = {
    "spacy": ("labeling.services.suggestions.suggesters.spacy", "spacy_suggester"),
    "llm": ("labeling.services.suggestions.suggesters.llm", "llm_suggester"),
    "file": ("labeling.services.suggestions.suggesters.file", "file_suggester"),
}
#: Names under which SayWhen itself suggests; `planting` also stores under names that begin with its own.
_RESERVED = ("default", "project", "rules", elsewhere.NAME, planting.NAME)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


def suggester_named(spec: str, context: SuggesterContext) -> Suggester:
    """Return the suggester with a name.

    Raises NotFoundError for an unknown one, and SuggestionError if it can't be made or its name or version isn't valid.
    """
    kind, _, argument = spec.partition(":")
    try:
        made = _maker(kind)(argument, context)
    except SayWhenError:
        raise
    except Exception as fault:
        raise SuggestionError(f"suggester {spec} can't be loaded ({told(fault)}); nothing was changed") from fault
    for what in ("name", "version"):
        value = getattr(made, what, None)
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise SuggestionError(
                f"suggester {spec} has the {what} “{value}”; it needs 1 to 64 letters, digits and “_.:-”, beginning with "
                "a letter or digit"
            )
    if made.name in _RESERVED or made.name.startswith(f"{planting.NAME}:"):
        raise SuggestionError(f"suggester {spec} has the name “{made.name}”, which is reserved by SayWhen")
    return made


def _maker(kind: str) -> Maker:
    if kind in _OURS:
        module, name = _OURS[kind]
        ours: Maker = getattr(import_module(module), name)
        return ours
    plugged = {each.name: each for each in entry_points(group=GROUP)}
    if kind not in plugged:
        known = ", ".join([*_OURS, *sorted(plugged)])
        raise NotFoundError(f"there is no suggester “{kind}”; the suggesters are {known} (docs/suggesters.md)")
    maker: Maker = plugged[kind].load()
    return maker


def told(fault: BaseException) -> str:
    """Return an error of someone else's code in one short line."""
    words = one_line(str(fault), 200)
    return f"{type(fault).__name__}: {words}" if words else type(fault).__name__


def one_line(words: str, most: int) -> str:
    """Return the beginning of someone else's words in one line, without characters that control a terminal.

    >>> one_line("\\x1b[2JNo\\n way", 20)
    '[2JNo way'
    """
    return " ".join("".join(each if each.isprintable() else " " for each in words[: most * 2]).split())[:most]


def clean_name(*parts: str) -> str:
    """Return a valid name for a suggester from its kind and any model's name.

    >>> clean_name("llm", "org/model v2")
    'llm:org-model-v2'
    """
    return ":".join(re.sub(r"[^A-Za-z0-9_.:-]+", "-", part).strip("-") for part in parts)[:64]


def number_option(options: Mapping[str, str], name: str, default: float) -> float:
    """Return an option that is a number of 0 or more; raises SuggestionError for anything else."""
    try:
        value = float(options.get(name, default))
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise SuggestionError(f"the option {name} is “{options[name]}”; give a number, such as {name}={default:g}")
    return value


def require_options(options: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise SuggestionError for an option that a suggester doesn't have."""
    for name in options:
        if name not in known:
            raise SuggestionError(f"there is no option “{name}”; the options are {', '.join(known) or 'none'}")
