"""The projects that are served: what pages and the API open of them, each opened once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from labeling import sample, schema
from labeling.accounts.mail import MailServer
from labeling.errors import StoreError
from labeling.permissions import Person
from labeling.services.accounts import SignIn
from labeling.services.jobs import Jobs
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store
from labeling.store.project_file import key_path
from labeling.web.access import Access
from labeling.web.location import project_path, public_url, served_project
from labeling.web.webhook import Webhook

#: The webhook, if there is one.
_WEBHOOK: list[Webhook] = []
#: The mail server, if there is one.
_MAIL: list[MailServer] = []


def open_store() -> Store:
    """Return the project's store for pages and commands, opened once; a writer waits its turn."""
    return store_of(project_path())


def open_access() -> Access:
    """Return the object that signs and checks the project's tokens."""
    return _access(project_path())


def open_accounts() -> AccountStore | None:
    """Return the accounts of the server, opened once; None where names are taken on trust."""
    return _accounts(project_path())


def open_door() -> SignIn | None:
    """Return what knows who asks by their session or token; None without accounts."""
    accounts = open_accounts()
    return SignIn(accounts, open_store().id) if accounts else None


def open_jobs() -> Jobs:
    """Return the jobs of the project on this server."""
    return _jobs(project_path())


def jobs_of(path: Path) -> Jobs:
    """Return the jobs of a project file on this server."""
    return _jobs(path)


def notify(event: str, **values: object) -> None:
    """Send an event to the webhook, if there is one; returns at once."""
    if _WEBHOOK:
        notifier()(event, **values)


def notifier() -> Callable[..., None]:
    """Return `notify` for the project of this page, to be called in a thread that belongs to no page."""
    project = open_store().id

    def send(event: str, **values: object) -> None:
        if _WEBHOOK:
            _WEBHOOK[0].send(event, project=project, **values)

    return send


def session_cookie() -> str:
    """Return the name of the cookie of a session; servers on one machine share cookies, so each has its own name.

    Under TLS, its prefix makes browsers refuse a cookie of that name that a page without TLS sets, or another host.
    """
    # Of several projects on one server the cookie is the same: people sign in once.
    return _cookie_name(
        sha256(str(project_path().parent).encode()).hexdigest() if served_project() else open_store().id
    )


def _cookie_name(id: str) -> str:
    public = public_url()
    prefix = "" if public is None or not public.secure else "__Secure-" if public.path else "__Host-"
    return f"{prefix}saywhen-{id[:12]}"


def send_events_to(webhook: Webhook) -> None:
    """Send events to a webhook from now on."""
    _WEBHOOK[:] = [webhook]


def person_of(annotator: str, store: Callable[[], Store] = open_store) -> Person:
    """Return someone who has signed in, with their roles."""
    with store().reading() as project:
        person = project.team.person(annotator)
    return person.proven() if open_accounts() else person


def open_impatient() -> Store:
    """Return the project's store for the event loop, where nothing may wait: a busy file is reported at once."""
    return _impatient(project_path())


def read_a_little() -> None:
    """Read a little of the project, waiting for no one; raises SayWhenError if that can't be done."""
    with open_impatient().reading() as project:
        project.team.policy()


def send_mail_by(server: MailServer | None) -> None:
    """Send links by a mail server from now on, or by none."""
    _MAIL[:] = [server] if server else []


def mail_server() -> MailServer | None:
    """Return the mail server that sends links, if there is one."""
    return _MAIL[0] if _MAIL else None


# By their path, so that whoever works on two projects in one process gets each.
@cache
def store_of(path: Path) -> Store:
    """Return the store of a project file, opened once; raises StoreError."""
    return Store.open(path)


@cache
def _jobs(path: Path) -> Jobs:
    return Jobs(store_of(path))


@cache
def _access(path: Path) -> Access:
    return Access(path, store_of(path).id)


@cache
def _account_store(path: Path) -> AccountStore:
    return AccountStore.open(path)


def accounts_at(path: Path) -> AccountStore | None:
    """Return the accounts in a file, which all projects in its folder share, opened once; None if there is no such file."""
    return _account_store(path) if path.exists() else None


@cache
def _accounts(path: Path) -> AccountStore | None:
    if accounts := accounts_at(found := accounts_path(path)):
        return accounts
    if path.exists():
        with store_of(path).reading() as project:
            if project.team.has_accounts():
                raise StoreError(
                    f"{path} has accounts, but their file {found.name} is not next to it. Put it back, or restore it from a "
                    "backup. To use the project without accounts, so that anyone who reaches the server can use any "
                    "name: saywhen accounts disable"
                )
    return None


@cache
def _impatient(path: Path) -> Store:
    # The API tries again. The file has been checked.
    return store_of(path).with_patience(0)


def forget() -> None:
    """Close the open projects, so that each is opened again on its next use."""
    for kept in (store_of, _jobs, _access, _account_store, _accounts, _impatient):
        kept.cache_clear()


def ensure_project(path: Path) -> bool:
    """Create the project with the default label set and the sample corpus if it doesn't exist; return whether it was created."""
    if path.exists():
        return False
    if (key := key_path(path)).exists():
        raise StoreError(
            f"there is no project at {path}, but its key is there ({key.name}). If the file was moved, move it back. To "
            f"restore a backup, use: saywhen restore FILE --project {path}. To start a new project: saywhen new {path}"
        )
    store = Store.create(path, schema.load(schema.find(schema.DEFAULT)))
    from labeling.services.importing import import_files

    for _ in import_files(store, [sample.articles_path()]):
        pass
    return True
