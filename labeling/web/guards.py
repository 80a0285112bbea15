"""Guards: what stands before a route, says who asks, and refuses those who may not do what the route does."""

# No postponed annotations here: FastAPI must see the types of the guard's arguments.
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request

from labeling import audit
from labeling.accounts.scopes import allows
from labeling.accounts.values import Script, SignedIn
from labeling.errors import AccessError, NotAllowedError
from labeling.permissions import Action, Person, Role, may
from labeling.store.contract import Store
from labeling.web.access import Access
from labeling.web.scope import KEY


@dataclass(frozen=True)
class Guards:
    """Makes the guards of a project's routes; `store` is asked for roles and must not wait for other writers.

    `accounts` says whether people prove who they are; without accounts, a token of the page names them.
    """

    store: Callable[[], Store]
    access: Callable[[], Access]
    accounts: bool = False

    def __call__(self, action: Action) -> "Guard":
        """Return the guard of a route that does an action."""
        return Guard(action, self)

    def signed_in(self, authorization: str, asks: SignedIn | Script | None, action: Action) -> str:
        """Return the id of the person who asks for an action; raises AccessError, NotAllowedError beyond a token's scopes.

        `authorization` is the header of the request, `asks` who a session or a token for scripts says it is.
        """
        if self.accounts and asks is None:
            raise AccessError("not signed in: sign in again, or send a token that is valid")
        if isinstance(asks, Script):
            if not allows(asks.scopes, action):
                raise NotAllowedError(f"this token's scopes don't allow it to {action.value}; create another token")
            return asks.annotator
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AccessError("not signed in: send the header Authorization: Bearer TOKEN")
        annotator = self.access().annotator(token)
        if self.accounts and (asks is None or asks.annotator != annotator):
            # The page was opened by one person, and another has signed in since: neither's work may become the other's.
            raise AccessError("someone else has signed in with this browser; reload the page")
        return annotator

    def person(self, id: str) -> Person:
        """Return someone who has signed in, with their roles."""
        with self.store().reading() as project:
            person = project.team.person(id)
        return person.proven() if self.accounts else person


@dataclass(frozen=True)
class Guard:
    """A dependency of a route: returns the id of the person who asks, "" for a visitor where visitors may ask.

    Raises AccessError without a sign-in, NotAllowedError for someone whose roles don't allow the action.
    """

    action: Action
    guards: Guards

    async def __call__(self, request: Request, authorization: Annotated[str, Header()] = "") -> str:
        asks: SignedIn | Script | None = request.scope.get(KEY)
        address = request.client.host if request.client else ""
        if may({Role.VISITOR}, self.action):
            id = self._with_a_link(asks)
            audit.asked_by(id, address)
            return id
        id = self.guards.signed_in(authorization, asks, self.action)
        audit.asked_by(id, address)
        # Roles are looked up only where they matter: a save need not read the team.
        if not may({Role.ANNOTATOR}, self.action):
            self.guards.person(id).require(self.action)
        return id

    def _with_a_link(self, asks: SignedIn | Script | None) -> str:
        """Return "" for a visitor with a link; where there are accounts, who opens it must be allowed to make one."""
        if not self.guards.accounts:
            return ""
        if asks is None or asks.annotator is None:
            raise AccessError("not signed in: sign in, then open the link again")
        if isinstance(asks, Script) and not allows(asks.scopes, self.action):
            raise NotAllowedError(f"this token's scopes don't allow it to {self.action.value}; create another token")
        self.guards.person(asks.annotator).require(Action.EXPORT)
        return asks.annotator
