"""Signing in with an identity provider: to whose account an identity belongs, who is admitted, and their roles."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from labeling.accounts.providers import Provider, Vouched, vouched
from labeling.accounts.values import Account, email_of
from labeling.assignment import Member
from labeling.audit import Event
from labeling.errors import NotAllowedError
from labeling.services.accounts.administration import Administration
from labeling.services.accounts.sign_in import NO_PROJECT, SignIn
from labeling.store.accounts.database import AccountStore, AccountsUnit
from labeling.store.project import Store
from labeling.store.team import name_of


class ProviderSignIn:
    """Signs people in whom a provider vouches for: to a project, or without one to a server with several.

    Without a project, who is new gets an account and belongs to no project yet, and groups give no roles.
    """

    def __init__(self, store: AccountStore, project: Store | None, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._project = project
        self._clock = clock

    def sign_in(self, provider: Provider, claims: Mapping[str, Any], *, address: str, agent: str) -> str:
        """Begin a session for the person whom verified claims are about, and return its secret.

        Raises AccessError for incomplete claims, NotAllowedError for someone who isn't accepted, has no account, or whose
        account is deactivated.
        """
        found = vouched(provider, claims)
        account = self._linked(provider, found) or self._admitted(provider, found)
        if not account.active:
            raise NotAllowedError("your account has been deactivated; ask a lead")
        if found.roles is not None:
            self._give_roles(provider, account, found)
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
            name = self._free_name(found.name, self._project)
            account, _ = managing.add(name, found.email, annotates=found.roles is None)
        with self._store.writing() as unit:
            if not self._project:
                account = unit.people.add(
                    name_of(found.name), email_of(found.email), administrator=False, now=self._clock()
                )
            unit.links.drop(account.id)  # they sign in with the provider, and need no link to join
            unit.people.add_identity(account.id, found.issuer, found.subject)
            self._note(unit, Event.ADMITTED, account, provider)
        return account

    def _free_name(self, name: str, project: Store) -> str:
        taken = set(project.annotators())
        return next(each for n in count(1) if (each := name if n == 1 else f"{name} {n}") not in taken)

    def _give_roles(self, provider: Provider, account: Account, found: Vouched) -> None:
        if self._project is None:
            return
        with self._store.reading() as unit:
            annotator = unit.memberships.of_account(account.id).get(self._project.id)
        if annotator is None:
            return
        roles = found.roles or frozenset()
        wanted = Member(annotator, "annotator" in roles, "reviewer" in roles, "lead" in roles)
        with self._project.writing() as project:
            if wanted not in project.team.members():
                project.team.set_members([wanted], f"groups at {provider.title}")

    def _note(self, unit: AccountsUnit, event: Event, account: Account, provider: Provider) -> None:
        now = self._clock()
        unit.audit.note(event, by=account.id, about=account.id, now=now, detail=provider.title)
