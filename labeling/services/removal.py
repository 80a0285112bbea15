"""Removing articles, people and registry entries for good: the preview, the removal, and where copies may remain."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import orjson

from labeling.errors import NotAllowedError, NotFoundError, StoreError
from labeling.quantities import many
from labeling.services.backup import FOLDER
from labeling.store.contract import Project, Store
from labeling.store.values import Removed, Tombstone

if TYPE_CHECKING:
    from labeling.store.accounts.database import AccountStore
    from labeling.store.mentions import LogMentions

#: Larger files aren't rewritten after a removal, because that would block everyone; `saywhen remove sweep` does it.
LARGEST_REWRITTEN = 256_000_000
#: How much of an export is searched at a time, in bytes.
_PART = 1 << 22
#: How much of a text an export is searched for: a file without ids has it, if it has the text.
_SAMPLE = 60


class _Undo(Exception):  # noqa: N818 (it is no error)
    """Ends a preview, so that nothing of it is saved."""


@dataclass(slots=True)
class Removal:
    """The outcome of a removal or its preview: what went, the exports and backups that may still hold it, and remarks."""

    went: Removed
    exports: list[Path] = field(default_factory=list)
    backups: list[Path] = field(default_factory=list)
    #: Further remarks, a sentence each.
    remarks: list[str] = field(default_factory=list)
    #: Whether the exports were deleted as well.
    exports_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes things from a project; `exports` is its folder of exports, `accounts` the accounts of its server, if it has any."""

    store: Store
    exports: Path
    accounts: AccountStore | None = None
    #: Whether the accounts of administrators may go as well: at the command line, and for administrators themselves.
    administrators: bool = True

    def articles(
        self, ids: Sequence[str], *, reason: str, by: str, dry_run: bool = False, delete_exports: bool = False
    ) -> Removal:
        """Remove articles with all work on them; raises NotFoundError."""
        with self.store.reading() as project:
            texts = project.articles.texts(ids)
            seen = project.removals.mentions(articles=ids)
        wanted = [each.encode() for id, text in texts.items() for each in (id, _in_json(text[:_SAMPLE]))]
        return self._do(
            lambda project: project.removals.remove_articles(ids, reason, by, seen),
            wanted,
            dry_run=dry_run,
            delete_exports=delete_exports,
        )

    def articles_of_import(self, id: int) -> list[str]:
        """Return the articles that an import brought and that are still there; raises NotFoundError."""
        with self.store.reading() as project:
            if all(each.id != id for each in project.imports.all()):
                raise NotFoundError(f"there is no import {id}; list them with: saywhen import --list")
            found = project.imports.articles(id)
        if not found:
            raise NotFoundError(f"import {id} has no articles left")
        return found

    def person(
        self,
        name: str,
        *,
        reason: str,
        by: str,
        with_work: bool = False,
        dry_run: bool = False,
        delete_exports: bool = False,
    ) -> Removal:
        """Remove a person's name, and their work with `with_work`; raises NotFoundError and NotAllowedError.

        Their account goes first, so that no one can sign in with it. If the program is killed at any point, the same removal
        finishes what is left when it is done again.
        """
        remarks: list[str] = []
        with self.store.reading() as project:
            seen = project.removals.mentions(person=name) if with_work else None

        def remove(project: Project) -> Removed:
            self._require_allowed(name)
            went = project.removals.remove_person(name, reason, by, with_work=with_work, seen=seen)
            if self.accounts and not dry_run:  # after what may refuse the removal, and before it is saved
                remarks.extend(self._leave(name, went.pseudonym))
            return went

        found = self._do(remove, [_in_json(name).encode()], dry_run=dry_run, delete_exports=delete_exports)
        found.remarks += remarks
        if found.went.mentions:
            found.remarks.append(
                f"{many(found.went.mentions, 'comment or note', 'comments or notes')} of others may contain the name; they "
                "were not changed."
            )
        return found

    def entry(
        self, registry: str, named: str, *, reason: str, by: str, dry_run: bool = False, delete_exports: bool = False
    ) -> Removal:
        """Remove a registry entry, given by its id or one of its names, with those merged into it; raises NotFoundError."""
        try:
            id, names, seen = self._found(registry, named)
        except NotFoundError:
            self._finish_earlier(dry_run=dry_run)
            raise
        return self._do(
            lambda project: project.removals.remove_entry(registry, id, reason, by, seen),
            [_in_json(name).encode() for name in names],
            dry_run=dry_run,
            delete_exports=delete_exports,
        )

    def sweep(self) -> list[str]:
        """Finish a removal that was cut off, and overwrite deleted data in the project file and the accounts.

        Returns what couldn't be done, a sentence each.
        """
        return self._delete_exports() + self._sweep(2**62)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _found(self, registry: str, named: str) -> tuple[str, set[str], LogMentions]:
        """Return the id of the one entry of that id or name, its names with those of merged ones, and where they are mentioned."""
        with self.store.reading() as project:
            there = {id: entry for (of, id), entry in project.registries.rows().items() if of == registry}
            named_so = [named] if named in there else [id for id, entry in there.items() if named in entry.names]
            ids = {project.registries.became(registry, id) for id in named_so}
            if len(ids) != 1:
                what = f"there are {len(ids)} entries called" if ids else "there is no entry"
                raise NotFoundError(f"{what} “{named}” in the registry “{registry}”; give its id")
            [id] = ids
            merged = [other for other in there if project.registries.became(registry, other) == id]
            names = {name for other in merged for name in there[other].names}
            return id, names, project.removals.mentions(entries=merged)

    def _do(
        self, remove: Callable[[Project], Removed], wanted: Sequence[bytes], *, dry_run: bool, delete_exports: bool
    ) -> Removal:
        """Remove in one transaction; with `dry_run`, do the same but save nothing, to find out what would be removed.

        `wanted` is what exports may contain of it. Those to delete are recorded in the transaction, so that a later removal
        or `sweep` finishes one that was killed after it.
        """
        doomed = exports_holding(self.exports, wanted) if delete_exports and not dry_run else []
        done: list[Removed] = []
        try:
            with self.store.writing() as project:
                done.append(remove(project))
                if dry_run:
                    raise _Undo
                _leave(project, doomed)
        except _Undo:
            pass
        except NotFoundError:  # perhaps removed by a program that was killed before it had finished
            self._finish_earlier(dry_run=dry_run)
            raise
        else:
            self.store.forget(done[0].keys)
        return self._finish(done[0], wanted, dry_run=dry_run, delete_exports=delete_exports)

    def _finish_earlier(self, *, dry_run: bool) -> None:
        """Do what is left of a removal whose program was killed after it had removed everything from the project."""
        if not dry_run:
            self._delete_exports()
            self._sweep(LARGEST_REWRITTEN)

    def _delete_exports(self) -> list[str]:
        """Delete the exports that were recorded to be deleted; return what couldn't be deleted, a sentence each."""
        with self.store.reading() as project:
            recorded = project.removals.exports_left()
        left, remarks = {}, []
        for name, known in recorded.items():
            path = self.exports / PurePath(name).name
            try:
                if [*_identity(path)] == known:  # else someone has put something else in its place
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            except FileNotFoundError:
                pass
            except OSError as fault:
                left[name] = known
                remarks.append(f"{path} couldn't be deleted ({fault.strerror or fault}); delete it yourself.")
        if recorded:
            with self.store.writing() as project:
                project.removals.set_exports_left(left)
        return remarks

    def _require_allowed(self, name: str) -> None:
        """Raise NotAllowedError for an administrator of the server, whom only administrators remove."""
        if self.accounts is None or self.administrators:
            return
        with self.accounts.reading() as unit:
            account = unit.memberships.of_project(self.store.id, also_former=True).get(name)
            if account is not None and unit.people.get(account).administrator:
                raise NotAllowedError("only administrators can remove an administrator of the server")

    def _leave(self, name: str, pseudonym: str) -> list[str]:
        assert self.accounts is not None
        with self.accounts.writing() as unit:
            left = unit.erasure.leave(self.store.id, name, pseudonym)
        if left is None:
            return []
        if left[1]:
            return [
                f"Their account stays, because it belongs to {many(left[1], 'other project')} of this server; remove the "
                "person there too."
            ]
        return ["Their account was erased: name, e-mail address, password, sessions and tokens."]

    def _sweep(self, largest: int) -> list[str]:
        journal, file = self.store.sweep(largest)
        accounts = self.accounts is None or self.accounts.sweep()
        return _unswept(journal and accounts, file)

    def _finish(self, went: Removed, wanted: Sequence[bytes], *, dry_run: bool, delete_exports: bool) -> Removal:
        found = Removal(went, exports_holding(self.exports, wanted), backups(self.store.path))
        if not dry_run:
            if delete_exports:
                with self.store.writing() as project:  # some may have been written since they were searched
                    _leave(project, found.exports)
                found.exports_deleted = True
            found.remarks += self._delete_exports()
            if delete_exports:
                found.exports = [path for path in found.exports if not os.path.lexists(path)]
            found.remarks += self._sweep(LARGEST_REWRITTEN)
        return found


def _leave(project: Project, exports: Sequence[Path]) -> None:
    """Record exports that are yet to be deleted, besides those recorded before."""
    if exports:
        left = {path.name: [*_identity(path)] for path in exports}
        project.removals.set_exports_left({**project.removals.exports_left(), **left})


def _identity(path: Path) -> tuple[int, int]:
    """Return what distinguishes an export from a later one of its name: its inode and, of a file, when it was changed, in nanoseconds.

    A folder changes while it is deleted, and must be known after a kill in the middle.
    """
    about = path.lstat()
    return about.st_ino, 0 if path.is_dir() else about.st_mtime_ns


def removals(store: Store) -> list[Tombstone]:
    """Return what was removed from a project, oldest first."""
    with store.reading() as project:
        return project.removals.all()


def allow_again(store: Store, id: int, by: str) -> Tombstone:
    """Allow something removed to be imported or created again; raises NotFoundError."""
    with store.writing() as project:
        return project.removals.lift(id, by)


def exports_holding(folder: Path, wanted: Collection[bytes]) -> list[Path]:
    """Return the exports in a folder, files and folders of datasets, that contain one of these strings."""
    if not folder.is_dir() or not wanted:
        return []
    try:
        return [each for each in sorted(folder.iterdir()) if any(_holds(file, wanted) for file in _files(each))]
    except OSError as fault:
        raise StoreError(f"can't read the exports in {folder} ({fault.strerror}); check your permissions") from None


def backups(project: Path) -> list[Path]:
    """Return the backups of a project in its backup folder, which may still contain what was removed since."""
    return sorted((project.parent / FOLDER).glob(f"{project.stem}-*.db"))


def in_words(found: Removal, *, done: bool = True) -> list[str]:
    """Return what a removal would remove, or did remove if it is `done`, a sentence each."""
    went = found.went
    counted = [
        many(number, *words)
        for number, words in (
            (went.articles, ("article",)),
            (went.annotations, ("annotation",)),
            (went.spans, ("span",)),
            (went.comments, ("comment",)),
            (went.decisions, ("reviewer's decision", "reviewers' decisions")),
            (went.hidden_gold, ("article of hidden gold", "articles of hidden gold")),
            (went.placements, ("place in splits", "places in splits")),
            (went.stories, ("change of stories", "changes of stories")),
            (went.suggestions, ("article's suggestions", "articles' suggestions")),
            (went.entries, ("registry entry", "registry entries")),
        )
        if number
    ]
    sentences = [f"{'Removed' if done else 'Would be removed'}: {', '.join(counted)}."] if counted else []
    if went.kind == "person":
        sentences.append(f"The name {'was' if done else 'would be'} replaced by “{went.pseudonym}”.")
        if went.kept_annotations:
            sentences.append(
                f"{many(went.kept_annotations, 'annotation')} {'is' if went.kept_annotations == 1 else 'are'} kept under it."
            )
    if went.kind == "entry" and went.uses:
        uses = many(went.uses, "value refers to it and keeps", "values refer to it and keep")
        sentences.append(f"{uses} a nameless reference.")
    if went.kind == "entry" and went.entries > 1:
        merged = went.entries - 1
        sentences.append(f"{merged:,} of these {'was' if merged == 1 else 'were'} merged into another one.")
    if went.entries_kept:
        sentences.append(
            "Registry entries that are kept because other work or a registry change names them: "
            f"{', '.join(went.entries_kept)}."
        )
    if went.rankers:
        versions = ", ".join(map(str, went.rankers))
        sentences.append(
            f"Learned rankers that may have been trained on it {'were' if done else 'would be'} deleted: {versions}. To "
            "train again, run: saywhen learn"
        )
    if found.exports:
        what = "Deleted exports that contained it" if found.exports_deleted else "Exports that contain it"
        sentences.append(f"{what}: {', '.join(str(path) for path in found.exports)}")
    if found.backups:
        sentences.append(f"Backups that may contain it: {', '.join(str(path) for path in found.backups)}")
    return sentences + found.remarks


def _unswept(journal: bool, file: bool) -> list[str]:
    found = []
    if not journal:
        found.append("A -wal file may contain it until all reads have ended; then run: saywhen remove sweep")
    if not file:
        found.append(
            "Unused parts of this file, from an earlier version of SayWhen, may contain remnants of it; stop the server and run: "
            "saywhen remove sweep"
        )
    return found


def _files(path: Path) -> Iterator[Path]:
    yield from (each for each in sorted(path.rglob("*")) if each.is_file()) if path.is_dir() else [path]


def _holds(path: Path, wanted: Collection[bytes]) -> bool:
    longest, before = max(map(len, wanted), default=0), b""
    with path.open("rb") as file:
        while part := file.read(_PART):
            whole = before + part
            if any(each in whole for each in wanted):
                return True
            before = whole[-longest:]
    return False


def _in_json(words: str) -> str:
    """Return words as a JSON file has them, without quotation marks around them."""
    return orjson.dumps(words).decode()[1:-1]
