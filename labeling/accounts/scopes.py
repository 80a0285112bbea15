"""What a token may be used for: scopes, each a set of actions. A token never allows more than its owner's roles do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum

from labeling.errors import AccessError
from labeling.permissions import Action


class Scope(Enum):
    """What a token may be used for; the value is its name on pages and in commands."""

    READ = "read"
    IMPORT = "import"
    ANNOTATE = "annotate"
    EXPORT = "export"


#: The actions of each scope. What is in none of them is done by people, not by scripts: reviewing, assigning, setting roles.
ACTIONS: dict[Scope, frozenset[Action]] = {
    Scope.READ: frozenset(
        {
            Action.READ_OWN_WORK,
            Action.READ_LABEL_SET,
            Action.READ_REGISTRIES,
            Action.READ_DATES,
            Action.READ_TEAM,
            Action.READ_AGREEMENT,
            Action.READ_STATISTICS,
            Action.READ_SPLITS,
            Action.READ_STORIES,
        }
    ),
    Scope.IMPORT: frozenset({Action.IMPORT_ARTICLES, Action.IMPORT_WORK}),
    Scope.ANNOTATE: frozenset(
        {
            Action.CHANGE_OWN_WORK,
            Action.READ_OWN_WORK,
            Action.READ_LABEL_SET,
            Action.READ_REGISTRIES,
            Action.READ_DATES,
        }
    ),
    Scope.EXPORT: frozenset({Action.EXPORT, Action.DOWNLOAD_EXPORT}),
}


def allows(scopes: Collection[Scope], action: Action) -> bool:
    """Whether one of the scopes of a token allows an action."""
    return any(action in ACTIONS[scope] for scope in scopes)


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """Return scopes by their names; raises AccessError for an unknown name, and if none is given."""
    found = set()
    for name in names:
        try:
            found.add(Scope(name))
        except ValueError:
            known = ", ".join(scope.value for scope in Scope)
            raise AccessError(f"there is no scope “{name}”; the scopes are: {known}") from None
    if not found:
        raise AccessError("a token needs at least one scope")
    return frozenset(found)
