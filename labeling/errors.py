"""The exceptions of SayWhen, in one tree.

Each message names the place, the value and the remedy, so that it can be shown as it is.

    SayWhenError
    ├── ArticleError    an article that cannot be imported
    ├── DateError       a date value or expression that cannot be read
    ├── SchemaError     a label set with an error (knows file and line)
    ├── OpError         an operation that an annotation refuses
    ├── AssignmentError an assignment that the team is too small for
    ├── SplitError      a way of splitting articles that cannot be carried out
    ├── StoryError      a change that doesn't fit the stories
    ├── BulkError       a run over shards that can't begin or go on
    ├── DatasetError    a dataset that cannot be built, proved or filled with its texts
    │   └── RefusedError    a dataset with problems (knows which and where)
    ├── UndoRefusedError an import that can't be undone any more
    ├── NotFoundError   something asked for by name that the project does not hold
    │   └── RemovedError    an article or entry that was removed from the project
    ├── StoreError      a project file or an export that cannot be opened, read or written
    │   ├── MovedError      a project file that its path no longer names
    │   ├── EngineError     a project file that the database engine can't read or write
    │   │   └── StoreBusyError  a project file that another program is writing to
    │   └── MissingExtraError   an optional part that is not installed (knows the extra that brings it)
    ├── AccessError     a token, a name, a password or an address that is not let in
    │   └── TooManyAttemptsError    a sign-in too soon after wrong passwords (knows how long to wait)
    └── NotAllowedError an action that someone's roles in the project don't allow
"""

from __future__ import annotations


class SayWhenError(Exception):
    """Any refusal by SayWhen; the message is one sentence for a person, with the remedy."""


class _DetailedError(SayWhenError):
    """An exception that knows more than its message; both are its arguments, so that another process can receive it."""

    def __init__(self, message: str, detail: object) -> None:
        super().__init__(message, detail)

    def __str__(self) -> str:
        return str(self.args[0])


class ArticleError(SayWhenError, ValueError):
    """An article or a row that can't be imported."""


class DateError(SayWhenError, ValueError):
    """A date value or expression that can't be read."""


class SchemaError(SayWhenError, ValueError):
    """A label set with an error; `file` and `line` (1-based) say where, if known."""

    def __init__(self, reason: str, *, file: str | None = None, line: int | None = None) -> None:
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.file = file
        self.line = line


class OpError(SayWhenError, ValueError):
    """An operation that an annotation refuses."""


class AssignmentError(SayWhenError, ValueError):
    """An assignment that isn't possible with this team."""


class SplitError(SayWhenError, ValueError):
    """Splits that can't be made as asked."""


class StoryError(SayWhenError, ValueError):
    """A change that doesn't fit the stories of the project."""


class RegistryError(SayWhenError, ValueError):
    """A change that doesn't fit the registries of the project, or a list of entries that can't be read."""


class BulkError(SayWhenError):
    """A run over shards that can't begin or go on."""


class FetchError(SayWhenError, ValueError):
    """An address that can't be fetched, or may not be."""


class DatasetError(SayWhenError, ValueError):
    """A dataset that can't be built, checked or filled with its texts."""


class RefusedError(_DetailedError, DatasetError):
    """A dataset with problems; `reasons` holds (kind, article id, why)."""

    def __init__(self, message: str, reasons: list[tuple[str, str, str]]) -> None:
        super().__init__(message, reasons)
        self.reasons = reasons


class UndoRefusedError(SayWhenError, ValueError):
    """An import that can't be undone, because people have worked on its articles."""


class SuggestionError(SayWhenError, ValueError):
    """Something that can't be suggested, learned or measured: too little work, or a label set without quotes."""


class UnansweredError(SuggestionError):
    """No usable answer from a suggester for one article; another article, or another time, may get one."""


class NotFoundError(SayWhenError, LookupError):
    """Something asked for by name that the project doesn't have."""


class RemovedError(NotFoundError):
    """An article or a registry entry that was removed from the project for good."""


class StoreError(SayWhenError):
    """A project file or an export that can't be opened, read or written."""


class EngineError(StoreError):
    """A project file that the database engine can't read or write."""


class StoreBusyError(EngineError):
    """A project file that another program is writing to; the same may be tried again."""


class MissingExtraError(_DetailedError, StoreError):
    """An optional part that isn't installed; `extra` is the extra of the package to install."""

    def __init__(self, message: str, extra: str) -> None:
        super().__init__(message, extra)
        self.extra = extra


class MovedError(StoreError):
    """A project file that was replaced, moved or overwritten while it was open; nothing was saved."""


class AccessError(SayWhenError):
    """A token, a name, a password or an address that isn't accepted."""


class TooManyAttemptsError(_DetailedError, AccessError):
    """A sign-in too soon after wrong passwords; `seconds` says how long to wait."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message, seconds)
        self.seconds = seconds


class NotAllowedError(SayWhenError):
    """An action that the person's roles in the project don't allow."""
