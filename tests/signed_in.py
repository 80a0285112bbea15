"""A server with accounts, and people who sign in to it as a browser does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from running import Server

from labeling.services.accounts import Administration
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store
from labeling.web.access import Access

PASSWORD = "correct horse battery"
#: What a browser says when it opens a page.
PAGE = {"Accept": "text/html,application/xhtml+xml"}


class Desk:
    """A project with accounts: Lea leads it, Rita reviews, Ana and Ben annotate.

    `served` says how its server is started, if not as usual (see `Server`).
    """

    def __init__(self, store: Store, **served: Any) -> None:
        self.store = store
        self.accounts = AccountStore.open(accounts_path(store.path), create=True)
        self.managing = Administration(self.accounts, store)
        self.links = {
            name: self.managing.add(name, f"{name.lower()}@example.org", **does)[1]
            for name, does in {
                "Lea": {"leads": True},
                "Rita": {"reviews": True},
                "Ana": {"annotates": True},
                "Ben": {"annotates": True},
            }.items()
        }
        self.access = Access(store.path, store.id)
        self.cookie = f"saywhen-{store.id[:12]}"
        self.server = Server(store.path, **served)

    def id(self, name: str) -> int:
        """Return the id of someone's account."""
        return self.managing.by_email(f"{name.lower()}@example.org").id

    def link(self, name: str) -> str:
        """Return the token of a link with which someone sets a password: the one they joined by, or a new one."""
        return self.links.pop(name, None) or self.managing.link(self.id(name))[0]

    def visitor(self) -> httpx.Client:
        """Return a browser of someone who has not signed in."""
        origin = "/".join(self.server.url.split("/")[:3])
        return httpx.Client(
            base_url=self.server.url, headers={"Origin": origin}, timeout=30, trust_env=False, verify=False
        )

    def signed_in(self, name: str) -> httpx.Client:
        """Return a browser of someone who has signed in, with the token of a page that was drawn for them."""
        client = self.visitor()
        if self.links.get(name):
            answer = client.post(f"/sign-in/link/{self.links.pop(name)}", data={"password": PASSWORD})
        else:
            answer = client.post("/sign-in", data={"email": f"{name.lower()}@example.org", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        client.headers["Authorization"] = f"Bearer {self.access.token(name)[0]}"
        return client


def make_desk(folder: Path, label_set: Any, **served: Any) -> Desk:
    """Make a project without articles, with its accounts, and serve it."""
    desk = Desk(Store.create(folder / "project.db", label_set), **served)
    desk.server.start()
    return desk
