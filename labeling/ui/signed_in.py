"""The person signed in to the page that is being drawn, if there are accounts; checked again at each run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from labeling.accounts.values import SignedIn
from labeling.web.location import PING, below
from labeling.web.server import open_door, session_cookie


def signed_in() -> SignedIn | None:
    """Return who has signed in, None if their session is over or they don't belong to the project."""
    door = open_door()
    assert door is not None, "only asked where there are accounts"
    # The cookie is the one that the websocket began with; whether its session lasts is asked of the accounts file.
    secret = st.context.cookies.get(session_cookie())
    asks = door.of_session(secret) if secret else None
    return asks if asks is not None and asks.annotator is not None else None


def watch(*, ended: bool) -> None:
    """Leave the page for the sign-in page, at once if the session has `ended`, else as soon as it does."""
    _mount()(key="watch", data={"ended": ended, "seconds": PING, "base": below("")})


@cache
def _mount() -> Any:
    return st.components.v2.component(
        "saywhen_watch", js=Path(__file__).with_name("watch.js").read_text(encoding="utf-8")
    )
