"""Guards: what stands before a route, says who asks, and refuses those who may not do what the route does."""

# No postponed annotations here: FastAPI must see the types of the guard's arguments.
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header

from labeling.errors import AccessError
from labeling.permissions import Action, Person, Role, may
from labeling.store.contract import Store
from labeling.web.access import Access


@dataclass(frozen=True)
class Guards:
    """Makes the guards of a project's routes; `store` is asked for roles and must not wait for other writers."""

    store: Callable[[], Store]
    access: Callable[[], Access]

    def __call__(self, action: Action) -> "Guard":
        """Return the guard of a route that does an action."""
        return Guard(action, self)

    def signed_in(self, authorization: str) -> str:
        """Return the id of the person whose token a header carries; raises AccessError."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AccessError("not signed in: send the header Authorization: Bearer TOKEN")
        return self.access().annotator(token)

    def person(self, id: str) -> Person:
        """Return someone who has signed in, with their roles."""
        with self.store().reading() as project:
            return project.team.person(id)


@dataclass(frozen=True)
class Guard:
    """A dependency of a route: returns the id of the person who asks, "" for a visitor where visitors may ask.

    Raises AccessError without a sign-in, NotAllowedError for someone whose roles don't allow the action.
    """

    action: Action
    guards: Guards

    async def __call__(self, authorization: Annotated[str, Header()] = "") -> str:
        if may({Role.VISITOR}, self.action):
            return ""
        id = self.guards.signed_in(authorization)
        # Roles are looked up only where they matter: a save need not read the team.
        if not may({Role.ANNOTATOR}, self.action):
            self.guards.person(id).require(self.action)
        return id
