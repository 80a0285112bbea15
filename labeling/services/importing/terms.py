"""Terms: on what terms work is imported, and the names that options give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from labeling.errors import ArticleError


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms work is imported.

    `annotator` is whose it is where a file names no one; with `by_file` it is whose name the file has (ana.jsonl: ana),
    with `by_folder` whose name the folder has that it lies in (ana/a.ann: ana).
    `names` are what annotators of the files are called here, `renames` what labels, attributes, choices, relations and
    flags are (see `conversion.Converter`). `anyway` imports the rest where something is invalid.
    """

    annotator: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str | None] = field(default_factory=dict)
    anyway: bool = False
    by_file: bool = False
    by_folder: bool = False

    def __post_init__(self) -> None:
        """Raise ArticleError where two things are said of one."""
        if (self.by_file or self.by_folder) and self.annotator:
            raise ArticleError(f"the annotator is given twice, as {self.annotator} and by the files' names; choose one")
        if self.by_file and self.by_folder:
            raise ArticleError(
                "the annotator is given twice, by the files' names and by the folders' names; choose one"
            )


def pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Return what an option that was given as OLD=NEW says; raises ArticleError."""
    found: dict[str, str] = {}
    for each in given:
        old, sign, new = (part.strip() for part in each.rpartition("="))  # no name here has a =
        if not sign:
            raise ArticleError(f"{option} {each}: write it as OLD=NEW")
        if found.setdefault(old, new) != new:
            raise ArticleError(f"{option} has two values for “{old}”; keep one")
    return found


def renamed(option: str, given: Iterable[str]) -> dict[str, str | None]:
    """Return what names of the files are here, None for those to be omitted; raises ArticleError."""
    return {old: new or None for old, new in pairs(option, given).items()}
