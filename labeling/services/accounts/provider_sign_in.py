"""Signing in with an identity provider: to whose account an identity belongs, who is admitted, and their roles."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from labeling.accounts.providers import Provider, Vouched, vouched
from labeling.accounts.values import Account, email_of
from labeling.assignment import Member
from labeling.audit import Event
from labeling.errors import AssignmentError, NotAllowedError
from labeling.services.accounts.administration import Administration, free_name
from labeling.services.accounts.sign_in import NO_PROJECT, SignIn
from labeling.store.accounts.database import AccountStore, AccountsUnit
from labeling.store.project import Store
from labeling.store.team import name_of


class ProviderSignIn:
    """Signs people in whom a provider vouches for: to a project, or without one to a server with several.

    Without a project, who is new gets an account, and belongs to the projects that their groups give roles in. `project_named`
    returns one of the several projects, None if there is none of that name.
    """

    def __init__(
        self,
        store: AccountStore,
        project: Store | None,
        clock: Callable[[], float] = time.time,
        project_named: Callable[[str], Store | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._project = project
        self._clock = clock
        self._project_named = project_named

    def sign_in(self, provider: Provider, claims: Mapping[str, Any], *, address: str, agent: str) -> str:
        """Begin a session for the person whom verified claims are about, and return its secret.

        Raises AccessError for incomplete claims, NotAllowedError for someone who isn't accepted, has no account, or whose
        account is deactivated.
        """
        found = vouched(provider, claims)
        account = self._linked(provider, found) or self._admitted(provider, found)
        if not account.active:
            raise NotAllowedError("your account has been deactivated; ask a lead")
        if self._project is None:
            self._give_projects(provider, account, found)
        elif (given := found.projects.get(self._project.path.stem, found.roles)) is not None:
            self._give_roles(provider, account, self._project, given)
        door = SignIn(self._store, self._project.id if self._project else NO_PROJECT, self._clock)
        secret = door.with_identity(found.issuer, found.subject, address=address, agent=agent)
        if secret is None:
            raise NotAllowedError("your account has been deactivated; ask a lead")
        return secret

    def _linked(self, provider: Provider, found: Vouched) -> Account | None:
        """Return the account of an identity; at the first sign-in, that of the e-mail, and link the two."""
        with self._store.writing() as unit:
            if account := unit.people.by_identity(found.issuer, found.subject):
                return account
            account = unit.people.by_email(found.email) if found.email else None
            if account is None or not account.active:
                return account
            # An address can be given to another person; who had it before keeps the account.
            if unit.people.has_identity(account.id, found.issuer):
                raise NotAllowedError(
                    f"the account with the e-mail {found.email} belongs to another person at {provider.title}; ask a lead"
                )
            unit.people.add_identity(account.id, found.issuer, found.subject)
            self._note(unit, Event.LINKED, account, provider)
            return account

    def _admitted(self, provider: Provider, found: Vouched) -> Account:
        """Make an account for someone new, if the provider's people are admitted."""
        if not provider.admit or found.email is None:
            known = found.email or f"you at {provider.title}, which gave no verified e-mail"
            raise NotAllowedError(f"there is no account for {known}; ask a lead to add you")
        if self._project:
            managing = Administration(self._store, self._project, clock=self._clock)
            name = free_name(found.name, self._project)
            by_groups = found.roles is not None or self._project.path.stem in found.projects
            account, _ = managing.add(name, found.email, annotates=not by_groups)
        with self._store.writing() as unit:
            if not self._project:
                account = unit.people.add(
                    name_of(found.name), email_of(found.email), administrator=False, now=self._clock()
                )
            unit.links.drop(account.id)  # they sign in with the provider, and need no link to join
            unit.people.add_identity(account.id, found.issuer, found.subject)
            self._note(unit, Event.ADMITTED, account, provider)
        return account

    def _give_projects(self, provider: Provider, account: Account, found: Vouched) -> None:
        """Give someone their roles in each project by itself, whatever another one refuses.

        Each refusal is noted in the audit log; afterwards, NotAllowedError is raised with all of them.
        """
        refusals = []
        for name, roles in found.projects.items():
            project = self._project_named(name)
            try:
                if project:
                    self._let_in_or_out(provider, account, project, roles)
            except NotAllowedError as refusal:
                refusals.append(str(refusal))
                with self._store.writing() as unit:
                    self._note(unit, Event.REFUSED_ROLES, account, provider, project.id if project else None)
        if refusals:
            raise NotAllowedError("; ".join(refusals))

    def _let_in_or_out(self, provider: Provider, account: Account, project: Store, roles: frozenset[str]) -> None:
        """Let someone into a project if their groups give them a role there, and take them out of it if they give none."""
        with self._store.reading() as unit:
            belongs = project.id in unit.memberships.of_account(account.id)
        managing = Administration(self._store, project, clock=self._clock)
        if roles and not belongs:
            managing.join(account)
        if roles:
            self._give_roles(provider, account, project, roles)
        elif belongs:
            self._give_roles(provider, account, project, roles)
            managing.end_membership(account.id)

    def _give_roles(self, provider: Provider, account: Account, project: Store, roles: frozenset[str]) -> None:
        """Set what someone does in a project; raises NotAllowedError if no one would lead it, though gold is hidden."""
        with self._store.reading() as unit:
            annotator = unit.memberships.of_account(account.id).get(project.id)
        if annotator is None:
            return
        wanted = Member(annotator, "annotator" in roles, "reviewer" in roles, "lead" in roles)
        try:
            with project.writing() as unit_of_work:
                if wanted not in unit_of_work.team.members():
                    unit_of_work.team.set_members([wanted], f"groups at {provider.title}")
        except AssignmentError:
            raise NotAllowedError(
                f"your groups at {provider.title} don't make you a lead of {project.path.stem} any more, but its hidden gold "
                "needs a lead; first someone else must be made one"
            ) from None

    def _note(
        self, unit: AccountsUnit, event: Event, account: Account, provider: Provider, project: str | None = None
    ) -> None:
        now = self._clock()
        unit.audit.note(event, by=account.id, about=account.id, now=now, detail=provider.title, project=project)
