"""Backups of a project: made while it is served, and put in its place again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from labeling.errors import StoreError
from labeling.services.verify_project import verify
from labeling.store.accounts.copies import accounts_copy, copy_accounts, end_access
from labeling.store.accounts.database import accounts_path
from labeling.store.copies import Contents, Missing, contents, copied, missing, require_own_journal, sync
from labeling.store.project import Store
from labeling.store.project_file import held_alone, key_path

#: The folder beside the project where a backup goes that is given no name.
FOLDER = "backups"
Tick = Callable[[str, int, int], None]


def silent(what: str, done: int, of: int) -> None:
    """Take progress, and show nothing of it."""


class Restored(NamedTuple):
    """The result of a restore: the contents of the project, the path of the previous file, and what only that file has.

    `differ` counts annotations whose tables differ from their log. `missing` is None where there was no file before, or
    it could not be read.
    """

    contents: Contents
    aside: Path | None
    missing: Missing | None
    differ: int
    #: How many accounts were restored, and where the accounts file before is; None if no accounts were restored.
    accounts: tuple[int, Path | None] | None = None


def back_up(store: Store, target: Path | None = None, *, tick: Tick = silent) -> tuple[Path, Contents]:
    """Copy an open project with its key and the server's accounts to new files, and return the project's path and contents.

    Others go on working; what they save meanwhile is not in it. `tick(what, done, of)` is called now and then; raising
    from it stops the copying and leaves nothing. Raises StoreError, also if the file exists, or if something was removed from
    the project meanwhile.
    """
    store.require_in_place()
    if target is None:
        target = store.path.parent / FOLDER / f"{store.path.stem}-{_moment()}.db"
        target.parent.mkdir(exist_ok=True)
    _require_folder(target)
    _require_free(target)
    accounts = accounts_path(store.path)
    for path in (
        accounts_copy(target),
        *(target.with_name(target.name + ending) for ending in ("-wal", "-shm")),
        key_path(target),
    ):
        _require_free(path)
    with store.reading() as project:
        removals = project.removals.count()
    with copied(store.path, target, lambda done, of: tick("copying", done, of)) as (draft, held):
        store.require_in_place()
        _copy_key(store.path, target)
        if accounts.exists():
            copy_accounts(accounts, accounts_copy(target))
        try:
            with store.writing() as project:  # so that a removal either is noticed here, or lists the backup
                project.removals.require_none_since(removals)
                os.link(draft, target)
        except BaseException as fault:
            key_path(target).unlink(missing_ok=True)
            accounts_copy(target).unlink(missing_ok=True)
            if isinstance(fault, OSError):
                reason = f"can't create {target} ({fault.strerror}); choose another name or folder"
                raise StoreError(reason) from None
            raise
    sync(target.parent)
    return target, held


def restore(source: Path, project: Path, *, accounts: bool = False, tick: Tick = silent) -> Restored:
    """Put a backup, with its key, in a project's place; the file that was there is kept under a dated name.

    Accounts belong to all projects in the folder: those of the backup are restored if there are none, or with `accounts`. The
    backup is copied and checked first and stays as it is. Raises StoreError, with nothing changed, for a backup that
    is no sound project, and while the project is in use. As root, the files belong to the owner of the file before, or of the
    folder.
    """
    # The key belongs to the name that the server is given, the files beside it to the file that this may link to.
    key_of, project = project, Path(os.path.realpath(project))
    if not source.is_file():
        raise StoreError(f"there is no backup at {source}")
    if project.exists() and source.samefile(project):
        raise StoreError(f"{source} is the project itself; name a backup of it")
    _require_folder(project)
    _require_unused(project)
    require_own_journal(source)
    with copied(source, project, lambda done, of: tick("copying", done, of)) as (draft, _):
        store = Store.open(draft)  # which upgrades a file of an earlier version
        differ = 0
        for done, verdict in enumerate(verify(store), 1):
            differ += bool(verdict.difference)
            tick("checking", done, done)
        store.close()
        held = contents(draft, name=str(source))
        sync(draft)
        aside = _exchanged(draft, project)
    _copy_key(source, key_of)
    people = _restored_accounts(accounts_copy(source), accounts_path(key_of), replace=accounts)
    lost = missing(aside, project) if aside else None
    _keep_owner(aside or project.parent, project, key_path(key_of), accounts_path(key_of))
    sync(project.parent)
    return Restored(held, aside, lost, differ, people)


def _keep_owner(example: Path, *files: Path) -> None:
    """As root, give files to the owner of another one: else a server that runs as that user can't open them."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    owner = example.stat()
    for file in files:
        for ending in ("", "-wal", "-shm"):
            path = file.with_name(file.name + ending)
            if path.exists():
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _restored_accounts(source: Path, target: Path, *, replace: bool) -> tuple[int, Path | None] | None:
    """Put a backup's accounts in place; return how many there are, and where the file before is now."""
    if not source.exists() or (target.exists() and not replace):
        return None
    draft = target.with_name(f"{target.name}.draft")
    draft.unlink(missing_ok=True)
    copy_accounts(source, draft)
    aside = target.with_name(f"{target.name}.before-restore-{_moment()}") if target.exists() else None
    try:
        people = end_access(draft, time.time())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    for ending in ("", "-wal", "-shm"):
        there = target.with_name(target.name + ending)
        if aside and there.exists():
            there.rename(aside.with_name(aside.name + ending))
    for ending in ("-wal", "-shm"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)
    draft.rename(target)
    return people, aside


def _exchanged(draft: Path, project: Path) -> Path | None:
    """Put a draft in a project's place and return where the file before is now."""
    aside = project.with_name(f"{project.name}.before-restore-{_moment()}")
    with held_alone(project) as alone:
        if not alone:
            raise _in_use(project)
        was_there = project.exists()
        # The file itself first: if this is cut off, no file stands here that would be taken for the project.
        for ending in ("", "-wal", "-shm"):
            path = project.with_name(project.name + ending)
            if path.exists():
                path.rename(aside.with_name(aside.name + ending))
        draft.rename(project)
        sync(project.parent)
    return aside if was_there else None


def _require_unused(project: Path) -> None:
    with held_alone(project) as alone:
        if not alone:
            raise _in_use(project)


def _in_use(project: Path) -> StoreError:
    return StoreError(
        f"{project} is in use; stop its server and any other program that has it open, then try again. "
        "Nothing was changed"
    )


def _require_free(path: Path) -> None:
    if os.path.lexists(path):
        raise StoreError(f"{path} already exists; choose another name")


def _require_folder(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise StoreError(f"the folder {path.absolute().parent} doesn't exist; create it first")


def _copy_key(source: Path, target: Path) -> None:
    """Give a copy the key of its original, if it has one; a different key that exists is kept beside."""
    original, copy = key_path(source), key_path(target)
    if not original.exists() or (copy.exists() and copy.read_bytes() == original.read_bytes()):
        return
    if copy.exists():
        copy.rename(copy.with_name(f"{copy.name}.before-restore-{_moment()}"))
    draft = copy.with_name(f"{copy.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with original.open("rb") as key:
            shutil.copyfileobj(key, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(copy)


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
