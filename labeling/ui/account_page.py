"""One's own account: progress, password, sessions and tokens for scripts."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from labeling.accounts.scopes import Scope
from labeling.accounts.values import SignedIn
from labeling.errors import AccessError
from labeling.services.accounts import Administration
from labeling.ui.pages import column, other_projects, plain, progress_line
from labeling.ui.signed_in import signed_in
from labeling.web.server import open_accounts, open_door, open_store


def account_page() -> None:
    """Show someone's progress, and let them sign out, change their password, and end sessions and tokens."""
    asks, store = signed_in(), open_accounts()
    if asks is None or store is None or asks.annotator is None:
        return  # the session ended while the page was drawn; the next run leaves it
    managing = Administration(store, open_store(), asks)
    with column():
        st.title(plain(asks.name))
        st.write(progress_line(asks.annotator))
        if st.button("Sign out"):
            managing.end_session(asks.account, asks.session)
            st.rerun()
        other_projects()
        _password(asks)
        _sessions(managing, asks)
        _tokens(managing, asks)


def _password(asks: SignedIn) -> None:
    st.subheader("Password")
    with st.form("password", clear_on_submit=True, border=False):
        old = st.text_input("Old password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        if not st.form_submit_button("Change password"):
            return
    door = open_door()
    try:
        ended = door.change_password(asks, old, new, address=_address()) if door else 0
    except AccessError as fault:
        st.error(plain(str(fault)))
        return
    st.success(f"Your password has been changed. Other sessions ended: {ended}.")


def _sessions(managing: Administration, asks: SignedIn) -> None:
    st.subheader("Sessions")
    sessions = managing.sessions(asks.account)
    for each in sessions:
        left, right = st.columns([5, 1], vertical_alignment="center")
        here = " (this one)" if each.id == asks.session else ""
        left.write(
            plain(f"Since {_moment(each.created)}{here}, from {each.address or 'this machine'}: {each.agent[:80]}")
        )
        if not here and right.button("End", key=f"end-{each.id}"):
            managing.end_session(asks.account, each.id)
            st.rerun()
    if len(sessions) > 1 and st.button("End all other sessions"):
        managing.end_other_sessions(asks)
        st.rerun()


def _tokens(managing: Administration, asks: SignedIn) -> None:
    st.subheader("Tokens for scripts")
    for each in managing.tokens(asks.account):
        left, right = st.columns([5, 1], vertical_alignment="center")
        scopes = ", ".join(sorted(scope.value for scope in each.scopes))
        used = f"last used {_moment(each.used)}" if each.used else "never used"
        left.write(plain(f"{each.name}: {scopes}; until {_moment(each.expires)}; {used}"))
        if right.button("Revoke", key=f"revoke-{each.id}"):
            managing.revoke_token(asks.account, each.id)
            st.rerun()
    with st.form("token", clear_on_submit=True, border=False):
        name = st.text_input("Name", max_chars=60, placeholder="Nightly export")
        chosen = st.multiselect("Scopes", [scope.value for scope in Scope])
        days = st.number_input("Valid for (days)", min_value=1, max_value=366, value=90)
        if not st.form_submit_button("Create token"):
            return
    try:
        secret = managing.add_token(asks.account, name, chosen, float(days) * 86_400)
    except AccessError as fault:
        st.error(plain(str(fault)))
        return
    st.write("Copy the token now; it is not shown again.")
    st.code(secret, language=None)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _address() -> str:
    return st.context.ip_address or "127.0.0.1"
