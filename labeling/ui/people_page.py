"""The page for who leads a project with accounts: who can sign in, invitations, roles, links and sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import urlsplit

import streamlit as st

from labeling.accounts.values import Account, LinkKind
from labeling.errors import SayWhenError
from labeling.services.accounts import Administration
from labeling.services.accounts.administration import ProjectPerson
from labeling.services.accounts.mailing import passed_on
from labeling.ui.pages import column, plain
from labeling.ui.signed_in import signed_in
from labeling.web.location import below, public_url
from labeling.web.server import mail_server, open_accounts, open_store

_COLORS = {"active": "green", "invited": "orange", "deactivated": "gray"}
_LIFE = {LinkKind.INVITATION: "within 7 days", LinkKind.RESET: "within 24 hours"}


def people_page() -> None:
    """List the people of the project; invite them, change their names and roles, make links, and end access."""
    asks, store = signed_in(), open_accounts()
    if asks is None or store is None:
        return  # the session ended while the page was drawn; the next run leaves it
    managing = Administration(store, open_store(), asks)
    with column():
        st.title("People")
        _show_message()
        people = managing.roster()
        unclaimed = managing.unclaimed()
        for person in people:
            with st.container(border=True):
                _row(person, is_oneself=person.account.id == asks.account)
                if st.session_state.get("managing") == person.account.id:
                    _manage(
                        managing, person, administrator=asks.administrator, is_oneself=person.account.id == asks.account
                    )
        _invite(managing, unclaimed, administrator=asks.administrator)


def _row(person: ProjectPerson, *, is_oneself: bool) -> None:
    who, state, button = st.columns([6, 3, 1.6], vertical_alignment="center")
    account = person.account
    with who:
        st.markdown(f"**{plain(account.name)}**{' (you)' if is_oneself else ''}  \n{plain(account.email or '')}")
    with state:
        badge = f":{_COLORS[person.state]}-badge[{person.state.capitalize()}]"
        st.markdown(f"{badge}  \n:small[:gray[{plain(f'{_roles(person)}; {_seen(person)}')}]]")
    open_ = st.session_state.get("managing") == account.id
    if person.manageable and button.button("Close" if open_ else "Manage", key=f"manage-{account.id}", width="stretch"):
        st.session_state["managing"] = None if open_ else account.id
        st.rerun()


def _roles(person: ProjectPerson) -> str:
    does = person.roles
    named = (
        ("administrator", person.account.administrator),
        ("lead", does.leads),
        ("reviewer", does.reviews),
        ("annotator", does.annotates),
    )
    found = ", ".join(name for name, has in named if has)
    return (found or "no role").capitalize()


def _seen(person: ProjectPerson) -> str:
    return f"last seen {_moment(person.presence.seen)}" if person.presence.seen else "never signed in"


def _manage(managing: Administration, person: ProjectPerson, *, administrator: bool, is_oneself: bool) -> None:
    """Show what can be changed of someone."""
    account = person.account
    if person.annotator != account.name:
        st.caption(plain(f"Their work is stored under the name “{person.annotator}”, which doesn't change."))
    with st.form(f"person-{account.id}", border=False):
        name = st.text_input("Name", account.name, max_chars=60)
        roles = _role_boxes(person.roles.annotates, person.roles.reviews, person.roles.leads)
        runs = administrator and st.checkbox("Administers the server", account.administrator, help=_ADMINISTERS)
        if st.form_submit_button("Save", type="primary"):

            def save() -> None:
                managing.set_roles(account.id, annotates=roles[0], reviews=roles[1], leads=roles[2])
                managing.rename(account.id, name)
                if administrator:
                    managing.set_administrator(account.id, runs)

            _try(save, f"Saved {name}.")
    with st.container(horizontal=True):
        if account.active and st.button("Create a link to set a password", key=f"link-{account.id}"):
            _try_link(managing, person)
        if account.active and not is_oneself and st.button("Deactivate", key=f"deactivate-{account.id}"):
            _try(
                lambda: managing.deactivate(account.id),
                f"{account.name} can't sign in any more. Their sessions and tokens have ended; their work stays.",
            )
        if not is_oneself and st.button("Remove from the project", key=f"take-out-{account.id}", help=_TAKE_OUT):
            _try(
                lambda: managing.take_out(account.id),
                f"{account.name} can't open this project any more. Their account and their work stay; invite them to add them "
                "again.",
            )
        if not account.active and st.button("Reactivate", key=f"activate-{account.id}"):
            _try(lambda: managing.activate(account.id), f"{account.name} can sign in again.")
    _sessions(managing, person)


def _sessions(managing: Administration, person: ProjectPerson) -> None:
    found = managing.sessions_of(person.account.id)
    if not found:
        return
    st.markdown("**Sessions**")
    for each in found:
        where = each.address or "this machine"
        st.caption(
            plain(f"Since {_moment(each.created)}, last used {_moment(each.seen)}, from {where}: {each.agent[:80]}")
        )
    if st.button("End all their sessions", key=f"end-{person.account.id}"):
        _try(lambda: managing.end_sessions(person.account.id), f"All sessions of {person.account.name} have ended.")


def _invite(managing: Administration, unclaimed: list[str], *, administrator: bool) -> None:
    st.header("Invite someone")
    if unclaimed:
        st.write(
            plain(
                f"Names in this project without an account: {', '.join(unclaimed)}. Choose one below to give it, with its "
                "work, to the person you invite. Nothing is renamed."
            )
        )
    with st.form("invite", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", max_chars=60)
        email = right.text_input("E-mail", max_chars=254)
        claim = (
            st.selectbox("Takes over the work of", unclaimed, index=None, placeholder="No one: a new person")
            if unclaimed
            else None
        )
        roles = _role_boxes(not unclaimed, False, False)
        runs = administrator and st.checkbox("Administers the server", help=_ADMINISTERS)
        if not st.form_submit_button("Invite", type="primary"):
            return
    try:
        account, secret = managing.add(
            name or claim or "", email, claim=claim,
            annotates=roles[0], reviews=roles[1], leads=roles[2], administrator=runs,
        )  # fmt: skip
    except SayWhenError as fault:
        st.error(plain(_sentence(fault)))
        return
    if secret:
        _pass_on(f"{account.name} was added.", account, LinkKind.INVITATION, secret)
    else:
        _done(f"{account.name} was added and can sign in with the password they have.")


_TAKE_OUT = "They keep their account and its other projects."
_ADMINISTERS = "Can manage everyone's account on this server, in all projects."


def _role_boxes(annotates: bool, reviews: bool, leads: bool) -> tuple[bool, bool, bool]:
    with st.container(horizontal=True):
        return (
            st.checkbox("Annotates", annotates, help="Gets articles to annotate."),
            st.checkbox("Reviews", reviews, help="Reviews other people's annotations."),
            st.checkbox("Leads", leads, help="Sees everyone's work, assigns, exports and manages people."),
        )


def _try_link(managing: Administration, person: ProjectPerson) -> None:
    try:
        secret, kind = managing.link(person.account.id)
    except SayWhenError as fault:
        st.error(plain(_sentence(fault)))
        return
    _pass_on("Earlier links no longer work.", person.account, kind, secret)


def _try(action: Callable[[], object], words: str) -> None:
    try:
        action()
    except SayWhenError as fault:
        st.error(plain(_sentence(fault)))
    else:
        _done(words)


def _pass_on(words: str, account: Account, kind: LinkKind, secret: str) -> None:
    """Send a link to its person if there is a mail server, or show it to be passed on."""
    link = f"{_origin()}{below('/sign-in/link/')}{secret}"
    with st.spinner("Sending the link…"):
        sent, why = passed_on(mail_server(), account, kind, link)
    if sent:
        _done(f"{words} A link has been sent to {account.email}; it works once, {_LIFE[kind]}.")
    _done(" ".join(filter(None, (words, why, f"Send {account.name} this link; it works once, {_LIFE[kind]}."))), link)


def _done(words: str, link: str = "") -> NoReturn:
    """Show the page again with what was done, and a link that is shown only once."""
    st.session_state["people_message"] = words, link
    st.rerun()


def _show_message() -> None:
    words, link = st.session_state.pop("people_message", ("", ""))
    if words:
        st.success(plain(words))
    if link:
        st.code(link, language=None)


def _origin() -> str:
    """Return the origin of the address under which the server is reached."""
    reached = urlsplit(str(public_url() or st.context.url or ""))
    return f"{reached.scheme}://{reached.netloc}"


def _sentence(fault: SayWhenError) -> str:
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
