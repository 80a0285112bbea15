"""Managing people: who belongs to a project under which name, links, deactivating, and tokens for scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import NamedTuple

from labeling.accounts import lifetimes
from labeling.accounts.scopes import scopes_of
from labeling.accounts.values import Account, ApiToken, LinkKind, OpenSession, Presence, SignedIn, email_of
from labeling.assignment import Member
from labeling.audit import OPERATOR, Event
from labeling.errors import AccessError, NotAllowedError, NotFoundError
from labeling.services.accounts.hashing import digest, new_secret
from labeling.services.accounts.sign_in import TOKEN_PREFIX
from labeling.store.accounts.database import AccountStore, AccountsUnit
from labeling.store.project import Store
from labeling.store.team import GOLD, MAX_NAME, is_pseudonym, name_of

#: The events of accounts that are about one project.
_OF_PROJECT = (Event.ADDED, Event.TAKEN_OUT, Event.MADE_TOKEN, Event.REVOKED_TOKEN)


def require_accounts(project: Store) -> None:
    """Let a project remember that it has accounts, so that it isn't open to everyone if their file is lost."""
    with project.reading() as unit:
        known = unit.team.has_accounts()
    if not known:
        with project.writing() as writing:
            writing.team.set_accounts(True)


class ProjectPerson(NamedTuple):
    """A person of a project: the account, the name their work is stored under, their roles there, and how present they are."""

    account: Account
    annotator: str
    roles: Member
    presence: Presence
    #: Whether whoever asks may change the account.
    manageable: bool

    @property
    def state(self) -> str:
        """How the account stands, in a word."""
        if not self.account.active:
            return "deactivated"
        return "active" if self.account.has_password or self.presence.seen else "invited"


def free_name(name: str, project: Store) -> str:
    """Return a name, or the name with a number, that stands for no one in a project yet and that it accepts."""
    taken = {GOLD, *project.annotators()}
    endings = (f" {number}" if number > 1 else "" for number in count(1))
    found = (f"{name[: MAX_NAME - len(ending)].rstrip()}{ending}" for ending in endings)
    return next(each for each in found if each not in taken and not is_pseudonym(each))


class Administration:
    """The people of a server, for one project; `by` is who manages them, None at the command line."""

    def __init__(
        self,
        store: AccountStore,
        project: Store,
        by: SignedIn | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._project = project
        self._by = by
        self._clock = clock

    # --- people -------------------------------------------------------------------------------------------------------

    def people(self) -> list[tuple[Account, str]]:
        """Return the accounts of the project with the names under which their work is stored, by those names."""
        with self._store.reading() as unit:
            return [
                (unit.people.get(account), annotator)
                for annotator, account in unit.memberships.of_project(self._project.id).items()
            ]

    def roster(self) -> list[ProjectPerson]:
        """Return the people of the project with their roles and presence, by name."""
        with self._project.reading() as project:
            roles = {member.name: member for member in project.team.members()}
        with self._store.reading() as unit:
            open_, sign_ins = unit.sessions.presence(self._clock()), unit.audit.sign_ins()
            found = []
            for annotator, id in unit.memberships.of_project(self._project.id).items():
                sessions, seen = open_.get(id, (0, None))
                times = [at for at in (seen, sign_ins.get(id)) if at is not None]
                presence = Presence(sessions, max(times, default=None))
                found.append(
                    ProjectPerson(
                        unit.people.get(id),
                        annotator,
                        roles.get(annotator, Member(annotator)),
                        presence,
                        self._may_manage(unit, id),
                    )
                )
        return sorted(found, key=lambda each: (each.account.name.casefold(), each.account.id))

    def unclaimed(self) -> list[str]:
        """Return the names in the project that belong to no account."""
        with self._store.reading() as unit:
            claimed = unit.memberships.of_project(self._project.id, also_former=True)
        return [name for name in self._project.annotators() if name not in claimed]

    def add(
        self,
        name: str,
        email: str,
        *,
        claim: str | None = None,
        reviews: bool = False,
        leads: bool = False,
        annotates: bool = False,
        administrator: bool = False,
    ) -> tuple[Account, str]:
        """Add someone to the project and return their account and the secret of a link by which they join.

        Who has an account already joins with that, and the secret is "". With `claim` they take over a name that the project
        has; nothing in its log changes. Who belonged to the project before gets the name that they had there. Raises
        AccessError, NotAllowedError if `by` may not make an administrator.
        """
        name, email, now = name_of(name), email_of(email), self._clock()
        if administrator and self._by is not None and not self._by.administrator:
            raise NotAllowedError("only administrators can make someone an administrator")
        with self._store.reading() as unit:
            former = self._former_name(unit, unit.people.by_email(email))
        annotator = former if former and claim is None else self._name_for(name, claim)
        with self._store.writing() as unit:
            known = unit.people.by_email(email)
            account = known or unit.people.add(name, email, administrator=administrator, now=now)
            if known and administrator:
                unit.people.set_administrator(known.id, True)
            unit.memberships.add(account.id, self._project.id, annotator)
            self._note(unit, Event.ADDED, account.id, f"as {annotator}")
            # Whoever has the link can do what the account may do.
            theirs = known is not None and (known.has_password or not self._may_manage(unit, known.id))
            secret = "" if theirs else self._link(unit, account, LinkKind.INVITATION)
        self._project.sign_in(annotator)
        require_accounts(self._project)
        if annotates or reviews or leads:
            with self._project.writing() as project:
                member = Member(annotator, annotates, reviews, leads)
                project.team.set_members([member], self._signature())
        return account, secret

    def join(self, account: Account) -> str:
        """Let someone with an account into the project and return the name under which their work is stored there."""
        with self._store.reading() as unit:
            annotator = self._former_name(unit, account) or free_name(account.name, self._project)
        self._project.sign_in(annotator)  # first: a name that the project refuses gets no membership
        with self._store.writing() as unit:
            unit.memberships.add(account.id, self._project.id, annotator)
            self._note(unit, Event.ADDED, account.id, f"as {annotator}")
        require_accounts(self._project)
        return annotator

    def take_out(self, account: int) -> None:
        """Take someone out of the project: they can't open it any more, and their account and their work stay.

        Whoever lets them in again gives them their work back. Raises NotFoundError, and NotAllowedError for oneself and if no
        one would lead.
        """
        if self._by is not None and account == self._by.account:
            raise NotAllowedError("you can't remove yourself; ask another lead or an administrator")
        self.set_roles(account, annotates=False, reviews=False, leads=False)
        self.end_membership(account)

    def end_membership(self, account: int) -> None:
        """Take someone out of the project whose roles there have ended already."""
        with self._store.writing() as unit:
            unit.memberships.end(account, self._project.id)
            unit.tokens.revoke_all(account, self._project.id)
            self._note(unit, Event.TAKEN_OUT, account)

    def link(self, account: int) -> tuple[str, LinkKind]:
        """Return the secret of a new link by which someone sets a password, and what kind it is; earlier ones stop working."""
        with self._store.writing() as unit:
            person = self._managed(unit, account)
            kind = LinkKind.RESET if person.has_password else LinkKind.INVITATION
            secret = self._link(unit, person, kind)
            self._note(unit, Event.MADE_LINK, account, kind.value)
        return secret, kind

    def rename(self, account: int, name: str) -> None:
        """Change the name that others see. What is logged keeps the name at the time, and work its own; raises AccessError."""
        name = name_of(name)
        with self._store.writing() as unit:
            if self._managed(unit, account).name != name:
                self._note(unit, Event.CHANGED_NAME, account, f"to {name}")
                unit.people.set_name(account, name)

    def set_roles(self, account: int, *, annotates: bool, reviews: bool, leads: bool) -> None:
        """Set what someone of the project does there; raises NotAllowedError if no one would lead it."""
        with self._store.reading() as unit:
            annotator = unit.memberships.of_account(account).get(self._project.id)
        if annotator is None:
            raise NotFoundError("this person doesn't belong to the project")
        with self._project.writing() as project:
            others = [member for member in project.team.members() if member.name != annotator]
            if not leads and not any(member.leads for member in others):
                raise NotAllowedError("a project needs a lead; first make someone else a lead")
            project.team.set_members([Member(annotator, annotates, reviews, leads)], self._signature())

    def set_administrator(self, account: int, administrator: bool) -> None:
        """Make someone an administrator of the server, or no longer one; raises NotAllowedError."""
        if self._by is not None and not self._by.administrator:
            raise NotAllowedError("only administrators can make someone an administrator")
        with self._store.writing() as unit:
            person = unit.people.get(account)
            if person.administrator == administrator:
                return
            if self._by is not None and account == self._by.account:
                raise NotAllowedError("you can't remove yourself as an administrator; ask another administrator")
            unit.people.set_administrator(account, administrator)
            self._note(unit, Event.MADE_ADMINISTRATOR if administrator else Event.NO_ADMINISTRATOR, account)

    def sessions_of(self, account: int) -> list[OpenSession]:
        """Return the sessions of someone whom `by` may manage, newest first; raises NotAllowedError."""
        with self._store.reading() as unit:
            self._managed(unit, account)
            return unit.sessions.of(account, self._clock())

    def end_sessions(self, account: int) -> int:
        """End all sessions of someone whom `by` may manage, and return how many there were; raises NotAllowedError."""
        with self._store.writing() as unit:
            self._managed(unit, account)
            ended = unit.sessions.end_all(account)
            self._note(unit, Event.ENDED_SESSIONS, account)
            return ended

    def deactivate(self, account: int) -> None:
        """Keep someone from signing in: sessions, links and tokens end at once, and their work stays."""
        with self._store.writing() as unit:
            self._managed(unit, account)
            if self._by is not None and account == self._by.account:
                raise NotAllowedError("you can't deactivate your own account; ask another lead or an administrator")
            unit.people.set_active(account, False)
            unit.sessions.end_all(account)
            unit.tokens.revoke_all(account)
            unit.links.drop(account)
            self._note(unit, Event.DEACTIVATED, account)

    def activate(self, account: int) -> None:
        """Let someone sign in again."""
        with self._store.writing() as unit:
            self._managed(unit, account)
            unit.people.set_active(account, True)
            self._note(unit, Event.ACTIVATED, account)

    def by_email(self, email: str) -> Account:
        """Return the account with an e-mail; raises NotFoundError."""
        with self._store.reading() as unit:
            account = unit.people.by_email(email_of(email))
        if account is None:
            raise NotFoundError(f"there is no account with the e-mail {email.strip()}; see: saywhen accounts list")
        return account

    def log(self, limit: int) -> list[tuple[float, str, str, str, str]]:
        """Return the newest lines of the audit log: when, by whom, what, about whom, and details."""
        with self._store.reading() as unit:
            return [
                (each.at, each.by_name or OPERATOR, each.what, each.about_name or "", each.detail or each.address)
                for each in unit.audit.newest(limit)
            ]

    # --- one's own sessions and tokens ----------------------------------------------------------------------------------

    def sessions(self, account: int) -> list[OpenSession]:
        """Return someone's sessions, newest first."""
        with self._store.reading() as unit:
            return unit.sessions.of(account, self._clock())

    def end_session(self, account: int, session: int) -> None:
        """End one of someone's sessions; nothing happens if it is over already."""
        with self._store.writing() as unit:
            if unit.sessions.end(account, session):
                unit.audit.note(Event.ENDED_SESSION, by=account, about=account, now=self._clock())

    def end_other_sessions(self, asks: SignedIn) -> int:
        """End all of someone's sessions but the one they ask with; returns how many there were."""
        with self._store.writing() as unit:
            ended = unit.sessions.end_all(asks.account, but=asks.session)
            unit.audit.note(Event.ENDED_OTHER_SESSIONS, by=asks.account, about=asks.account, now=self._clock())
            return ended

    def tokens(self, account: int) -> list[ApiToken]:
        """Return someone's tokens for the project, newest first."""
        with self._store.reading() as unit:
            return unit.tokens.of(account, self._project.id)

    def add_token(self, account: int, name: str, scopes: Iterable[str], life: float = lifetimes.TOKEN_LIFE) -> str:
        """Return a new token for scripts, which is shown only here; `life` in seconds. Raises AccessError."""
        name = name_of(name)
        if not 0 < life <= lifetimes.LONGEST_TOKEN_LIFE:
            raise AccessError(f"a token can last from 1 to {lifetimes.LONGEST_TOKEN_LIFE / 86400:.0f} days")
        wanted, now, secret = scopes_of(scopes), self._clock(), TOKEN_PREFIX + new_secret()
        with self._store.writing() as unit:
            if self._project.id not in unit.memberships.of_account(account):
                raise AccessError("this account doesn't belong to the project, so a token would allow nothing")
            unit.tokens.add(digest(secret), account, self._project.id, name, wanted, expires=now + life, now=now)
            self._note(unit, Event.MADE_TOKEN, account, f"{name}: {', '.join(sorted(scope.value for scope in wanted))}")
        return secret

    def revoke_token(self, account: int, token: int) -> None:
        """Revoke one of someone's tokens; nothing happens if it is gone already."""
        with self._store.writing() as unit:
            if unit.tokens.revoke(account, token):
                self._note(unit, Event.REVOKED_TOKEN, account)

    # --- inside -----------------------------------------------------------------------------------------------------------

    def _former_name(self, unit: AccountsUnit, account: Account | None) -> str | None:
        """Return the name of someone who belonged to the project before; None for everyone else."""
        return unit.memberships.former_name(account.id, self._project.id) if account else None

    def _name_for(self, name: str, claim: str | None) -> str:
        """Return the name under which someone's work is to be stored; raises AccessError."""
        known = self._project.annotators()
        if claim is not None:
            if claim not in known:
                raise AccessError(f"the project has no name “{claim}” to claim")
            return claim
        if name == GOLD:
            raise AccessError(f"“{name}” is reserved for hidden gold; choose another name")
        if name in known:
            raise AccessError(
                f"the project already has work by “{name}”; if this is the same person, let them claim it; otherwise choose "
                "another name"
            )
        return name

    def _managed(self, unit: AccountsUnit, account: int) -> Account:
        """Return an account that `by` may manage.

        A new password lets its owner do whatever the account may do. So a lead manages people of their own project only, and
        an administrator everyone.
        """
        person = unit.people.get(account)
        if self._by is None or self._by.administrator:
            return person
        if person.administrator or unit.memberships.of_account(account).keys() != {self._project.id}:
            raise NotAllowedError(
                "only administrators can do this for administrators, and for people of several projects"
            )
        return person

    def _may_manage(self, unit: AccountsUnit, account: int) -> bool:
        """Whether `by` may manage an account, as `_managed` says."""
        try:
            self._managed(unit, account)
        except NotAllowedError:
            return False
        return True

    def _signature(self) -> str:
        """Return who changes something, for the log of the team: the name under which their own work is stored."""
        return (self._by.annotator if self._by else None) or OPERATOR

    def _link(self, unit: AccountsUnit, account: Account, kind: LinkKind) -> str:
        secret = new_secret()
        life = lifetimes.INVITATION_LIFE if kind is LinkKind.INVITATION else lifetimes.RESET_LIFE
        unit.links.add(digest(secret), account.id, kind, expires=self._clock() + life)
        return secret

    def _note(self, unit: AccountsUnit, event: Event, about: int, detail: str = "") -> None:
        by = self._by.account if self._by else None
        project = self._project.id if event in _OF_PROJECT else None
        unit.audit.note(event, by=by, about=about, now=self._clock(), detail=detail, project=project)
