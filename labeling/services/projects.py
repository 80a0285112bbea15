"""The projects in a folder: which there are, a new one with its first articles, and archiving one.

A project is called as its file is, without “.db”, and stays one portable file; accounts are beside them in `accounts.db`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from labeling import schema
from labeling.errors import NotFoundError, SayWhenError, StoreError
from labeling.services.importing import Tally, import_uploads
from labeling.store.accounts.database import accounts_path
from labeling.store.project import Store

#: What a project may be called: it stands in its address and is the name of its file.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
#: Addresses that the server has for itself.
_RESERVED = frozenset({"account", "accounts", "api", "exports", "healthz", "projects", "readyz", "sign-in", "sign-out"})
#: What a label set is called here if it is that of a project.
_OF_PROJECT = "project:"


class ListedProject(NamedTuple):
    """A project as it is listed."""

    name: str
    id: str
    #: The title of its label set.
    label_set: str
    articles: int
    archived: bool
    #: Why it can't be opened, "" if it can.
    fault: str = ""


class ProjectFolder:
    """The projects in a folder; `opened` returns the store of a file, opened once."""

    def __init__(self, folder: Path, opened: Callable[[Path], Store]) -> None:
        if not folder.is_dir():
            raise StoreError(f"{folder} is not a folder; create it with: mkdir {folder}")
        self.folder = folder
        self.accounts = accounts_path(folder / "any.db")
        self._opened = opened
        #: The first file that was seen of each project, by the project's id.
        self._files: dict[str, Path] = {}

    def names(self) -> list[str]:
        """Return the names of all projects, in order; a file with another kind of name is none."""
        return sorted(path.stem for path in self.folder.glob("*.db") if self._is_name(path.stem))

    def path(self, name: str) -> Path | None:
        """Return the file of a project, None if there is none of that name."""
        path = self.folder / f"{name}.db"
        return path if self._is_name(name) and path.is_file() else None

    def store(self, name: str) -> Store:
        """Return the store of a project; raises NotFoundError, and StoreError, also for a copy of a project in the folder."""
        path = self.path(name)
        if path is None:
            raise NotFoundError(f"there is no project called {name}")
        store = self._opened(path)
        # Browsers keep unsaved work by the project's id: that of one file would be saved to the other.
        first = self._files.setdefault(store.id, path)
        if first != path:
            if first.is_file():
                raise StoreError(
                    f"{name} is a copy of the project {first.stem}, and one server can't serve both. Move one of the two "
                    "files out of the folder"
                )
            self._files[store.id] = path
        return store

    def listed(self) -> list[ListedProject]:
        """Return all projects, in order; one that can't be opened says why."""
        return [self._listed(name) for name in self.names()]

    def is_archived(self, name: str) -> bool:
        """Whether a project is archived; raises NotFoundError, StoreError."""
        with self.store(name).reading() as project:
            return project.team.is_archived()

    def in_use(self) -> list[Store]:
        """Return the stores of the projects that aren't archived; one that can't be opened is omitted."""
        found = []
        for name in self.names():
            with suppress(SayWhenError):
                if not self.is_archived(name):
                    found.append(self.store(name))
        return found

    def label_sets(self, projects: Iterable[ListedProject]) -> dict[str, str]:
        """Return what a new project can have as its label set, `projects` being those listed: by a key, what to call it."""
        packaged = {name: f"{schema.load(path).title} ({name})" for name, path in schema.packaged().items()}
        copies = {
            _OF_PROJECT + each.name: f"A copy of {each.name}'s ({each.label_set})"
            for each in projects
            if not each.fault
        }
        return {**packaged, **copies}

    def create(self, name: str, label_set: str) -> Store:
        """Create a project with a label set, from `label_sets`; raises StoreError for a name that can't be used or is taken."""
        if not self._is_name(name):
            raise StoreError(
                f"“{name[:60]}” is not a valid name for a project; use up to 40 lowercase letters, digits and hyphens, such as "
                "climate-2026" + (". The server itself uses this name" if name in _RESERVED else "")
            )
        if self.path(name):
            raise StoreError(f"there is already a project called {name}; choose another name")
        if label_set.startswith(_OF_PROJECT):
            chosen = self.store(label_set.removeprefix(_OF_PROJECT)).schema
        elif label_set in (packaged := schema.packaged()):
            chosen = schema.load(packaged[label_set])
        else:
            raise NotFoundError("choose a label set from the list")
        Store.create(self.folder / f"{name}.db", chosen)
        return self.store(name)

    def fill(self, name: str, articles: Sequence[tuple[str, BinaryIO]], pasted: str, by: str) -> Tally:
        """Import articles into a project: files with their names, and a pasted text; raises SayWhenError."""
        given = [*articles, *([("pasted.txt", BytesIO(pasted.encode()))] if pasted.strip() else [])]
        return Tally.of(import_uploads(self.store(name), given, by=by))

    def archive(self, name: str, *, archived: bool, by: str) -> None:
        """Archive a project or take it out of the archive; nothing in it changes. Raises NotFoundError, StoreError."""
        with self.store(name).writing() as project:
            project.team.set_archived(archived, by)

    def _is_name(self, name: str) -> bool:
        return bool(_NAME.fullmatch(name)) and name not in _RESERVED and not name.startswith("sign-")

    def _listed(self, name: str) -> ListedProject:
        try:
            store = self.store(name)
            with store.reading() as project:
                if project.team.has_accounts() and not self.accounts.exists():
                    raise StoreError(f"{name} has accounts, but their file {self.accounts.name} is not in the folder")
                archived = project.team.is_archived()
            return ListedProject(name, store.id, store.schema.title, store.count(), archived)
        except SayWhenError as fault:
            return ListedProject(name, "", "", 0, False, str(fault))
