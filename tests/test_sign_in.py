"""Signing in on a real server: who gets to which page, route and websocket, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import forked
import httpx
import pytest
from conftest import TEXT
from signed_in import PAGE, PASSWORD, Desk, make_desk
from test_permissions import PAGES, ROLES, ROUTES
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from labeling.annotation import article
from labeling.permissions import PAGE_ACTIONS
from labeling.schema import Schema
from labeling.ui import navigation
from labeling.web.location import PING

ARTICLE = article.make(TEXT)
WHO = {"a": "Ana", "r": "Rita", "l": "Lea"}
#: What is open before someone has signed in; all else is not, whatever it is.
OPEN = ["/sign-in", "/healthz", "/readyz"]
CLOSED = [
    "/", "/team", "/static/js/index.js", "/favicon.png", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics",
    "/_stcore/agent/openapi.json", "/media/x.png", "/component/x", "/api/openapi.json", "/api/next", "/api/schema",
    "/api/nothing", "/sign-in/../api/next", "//api/next", "/api//next", "/sign-inx",
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """A server with accounts; tests that end something use someone else."""
    desk = make_desk(tmp_path_factory.mktemp("desk"), news)
    list(desk.store.add_articles([ARTICLE]))
    yield desk
    desk.server.stop()


# --- before signing in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_the_sign_in_page_are_open(desk: Desk, path: str) -> None:
    assert desk.visitor().get(path).status_code == 200


def test_in_a_frame_of_another_site_the_sign_in_page_leads_to_a_tab_of_its_own(desk: Desk) -> None:
    """There, the browser would not send the cookie back."""
    framed = desk.visitor().get("/sign-in?next=%2Fteam", headers={"Sec-Fetch-Dest": "iframe"}).text
    assert '<a class="button" href="/" target="_blank"' in framed and "<form" not in framed
    assert "<form" in desk.visitor().get("/sign-in", headers={"Sec-Fetch-Dest": "document"}).text


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_is_closed(desk: Desk, path: str) -> None:
    assert desk.visitor().get(path).status_code == 401
    page = desk.visitor().get(path, headers=PAGE)
    assert page.status_code in (303, 401)
    if page.status_code == 303:
        assert page.headers["location"].startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_no_method_is_a_way_around(desk: Desk, method: str) -> None:
    for path in ("/", "/api/next", "/_stcore/upload_file/a/b"):
        assert desk.visitor().request(method, path).status_code in (401, 403)


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "%00", "é"])
def test_a_forged_cookie_opens_nothing(desk: Desk, cookie: str) -> None:
    raw = f"{desk.cookie}={cookie}".encode()
    assert desk.visitor().get("/api/next", headers=[(b"Cookie", raw)]).status_code == 401


def test_a_header_that_names_a_user_opens_nothing(desk: Desk) -> None:
    for name in ("X-SayWhen-User", "X-Forwarded-User", "Remote-User", "X-Forwarded-Email"):
        assert desk.visitor().get("/api/next", headers={name: "lea@example.org"}).status_code == 401


def test_a_token_of_a_page_opens_nothing_without_the_session(desk: Desk) -> None:
    token = desk.access.token("Lea")[0]
    answer = desk.visitor().get("/api/next", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


# --- signing in -------------------------------------------------------------------------------------------------------


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_the_way_leads_back(desk: Desk) -> None:
    desk.signed_in("Ana")
    client = desk.visitor()
    first = client.get("/stats?x=1", headers=PAGE)
    assert first.headers["location"] == "/sign-in?next=%2Fstats%3Fx%3D1"
    assert 'value="/stats?x=1"' in client.get(first.headers["location"]).text
    form = {"email": "Ana@example.org", "password": PASSWORD, "next": "/stats?x=1"}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/stats?x=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{desk.cookie}=")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"httponly", "path=/", "samesite=lax"}


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/sign-out", ""]
)
def test_signing_in_never_leads_to_another_site(desk: Desk, target: str) -> None:
    desk.signed_in("Ana")
    answer = desk.visitor().post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD, "next": target})
    assert answer.headers["location"] == "/"


def test_wrong_passwords_are_401_and_then_429_with_the_time_to_wait(desk: Desk) -> None:
    client = desk.visitor()
    form = {"email": "no.one@example.org", "password": "wrong"}
    answers = [client.post("/sign-in", data=form) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[3].headers["retry-after"] == "1" or answers[3].headers["retry-after"] == "2"
    assert "The e-mail or the password is wrong" in answers[0].text


def test_what_is_typed_shows_as_text(desk: Desk) -> None:
    page = (
        desk.visitor().post("/sign-in", data={"email": '"><script>x</script>', "password": "y", "next": '/"><b>'}).text
    )
    assert "<script" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("body", [b"", b"email", b"\xff\xfe=%zz", b"a=1&" * 10_000, b"email=" + b"x" * 19_000])
def test_a_form_that_is_none_is_refused_calmly(desk: Desk, body: bytes) -> None:
    assert desk.visitor().post("/sign-in", content=body).status_code in (401, 429)


def test_a_link_that_is_used_or_unknown_is_404_and_a_weak_password_422(desk: Desk) -> None:
    secret, _ = desk.managing.link(desk.id("Ben"))
    client = desk.visitor()
    assert "For Ben (ben@example.org)" in client.get(f"/sign-in/link/{secret}").text
    assert client.post(f"/sign-in/link/{secret}", data={"password": "password1234"}).status_code == 422
    assert client.post(f"/sign-in/link/{secret}", data={"password": PASSWORD}).status_code == 303
    assert client.post(f"/sign-in/link/{secret}", data={"password": PASSWORD}).status_code == 404
    assert client.get("/sign-in/link/unknown").status_code == 404
    desk.links.pop("Ben", None)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/api/token", "/_stcore/upload_file/a/b"])
def test_a_change_without_an_origin_or_from_another_is_refused(desk: Desk, path: str) -> None:
    client = desk.signed_in("Ana")
    for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert client.post(path, headers=origin).status_code == 403
    del client.headers["Origin"]
    assert client.post(path).status_code == 403
    assert client.get("/sign-in/ping").status_code == 204


# --- what roles open --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", WHO)
def test_each_page_is_403_for_those_who_may_not_open_it(desk: Desk, letter: str) -> None:
    client = desk.signed_in(WHO[letter])
    titles = {page.url: page.title for page in navigation.PAGES}
    assert titles.keys() | {"account"} == PAGE_ACTIONS.keys()
    for url, title in titles.items():
        answer = client.get(f"/{url}", headers=PAGE)
        allowed = "l" if title == "Import" else PAGES[title]  # only leads import where there are accounts
        assert answer.status_code == (200 if letter in allowed else 403), url
        if answer.status_code == 403:
            assert "a lead can change your role" in answer.text
    assert client.get("/account", headers=PAGE).status_code == 200


@pytest.mark.parametrize("letter", WHO)
def test_each_route_lets_the_roles_of_the_table_through(desk: Desk, letter: str) -> None:
    client, wrong = desk.signed_in(WHO[letter]), {}
    visitor = desk.visitor()
    for route, letters in ROUTES.items():
        if route.endswith("with work"):
            continue
        method, path = route.split(" ")
        target = "/api" + path.format(article="none", name="none", registry="source", id=1, story="none", entry="none")
        status = client.request(method, target, params={"ticket": desk.access.ticket("none")}).status_code
        assert status < 500, (route, status)
        allowed = "l" if route in ("GET /exports/{name}", "POST /import") else letters
        if (status != 403) != (letter in allowed):
            wrong[route] = status
        assert visitor.request(method, target, headers={}).status_code == 401, route
    assert wrong == {}
    assert set(WHO) < set(ROLES)


def test_a_lead_lets_everyone_import_and_takes_it_back(desk: Desk) -> None:
    lea, ana = desk.signed_in("Lea"), desk.signed_in("Ana")
    token = desk.managing.add_token(desk.id("Ana"), "nightly", ["import"])
    script = httpx.Client(base_url=desk.server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    def asked() -> list[int]:
        sent = {"params": {"name": "x.jsonl", "dry_run": "true"}, "content": b'{"text": "One."}\n'}
        answers = [client.post("/api/import", **sent) for client in (ana, script)]  # type: ignore[arg-type]
        with_work = {**sent, "params": {**sent["params"], "with_work": "true"}}  # type: ignore[dict-item]
        assert ana.post("/api/import", **with_work).status_code == 403  # type: ignore[arg-type]
        return [answer.status_code for answer in (*answers, ana.get("/import", headers=PAGE))]

    assert asked() == [403, 403, 403]
    assert ana.put("/api/imports", params={"everyone": "true"}).status_code == 403
    assert lea.put("/api/imports", params={"everyone": "true"}).json() == {"everyone": True}
    assert asked() == [200, 200, 200]
    assert lea.get("/api/imports").json()["everyone"] is True
    done = forked.run("assign", "imports", "leads", "--project", desk.store.path)
    assert done.stdout == b"Only leads can import articles.\n"
    assert asked() == [403, 403, 403]


@pytest.mark.slow
def test_no_one_is_a_founder_where_people_prove_who_they_are(tmp_path: Path, news: Schema) -> None:
    desk = make_desk(tmp_path, news)
    try:
        client = desk.signed_in("Ana")
        with desk.store.writing() as project:
            team = [member for member in project.team.members() if member.leads]
            project.team.set_members([type(each)(each.name) for each in team], "test")
        assert client.get("/api/team").status_code == 403
        assert client.get("/team", headers=PAGE).status_code == 403
    finally:
        desk.server.stop()


def test_the_name_in_the_address_and_in_a_page_counts_for_nothing(desk: Desk) -> None:
    client = desk.signed_in("Ana")
    client.headers["Authorization"] = f"Bearer {desk.access.token('Lea')[0]}"
    answer = client.get("/api/team", params={"annotator": "Lea"})
    assert answer.status_code == 401
    assert "someone else has signed in" in answer.json()["error"]
    del client.headers["Authorization"]
    assert client.get("/api/next").status_code == 401


def test_someone_outside_the_project_is_403(desk: Desk) -> None:
    client = desk.signed_in("Ana")
    account, secret = desk.managing.add("Kim", "kim@example.org")
    with desk.accounts.writing() as unit:
        unit.memberships.end(account.id, desk.store.id)
    stranger = desk.visitor()
    assert stranger.post(f"/sign-in/link/{secret}", data={"password": PASSWORD}).status_code == 303
    assert stranger.get("/", headers=PAGE).status_code == 403
    assert stranger.get("/api/schema", headers=client.headers).status_code == 403


# --- tokens for scripts -----------------------------------------------------------------------------------------------


def test_a_token_opens_what_its_scopes_and_its_owners_roles_allow(desk: Desk) -> None:
    def script(name: str, *scopes: str) -> httpx.Client:
        token = desk.managing.add_token(desk.id(name), "script", scopes)
        return httpx.Client(base_url=desk.server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    reads, exports, anas = script("Lea", "read"), script("Lea", "export"), script("Ana", "read", "export")
    assert reads.get("/api/team").status_code == 200
    assert reads.post("/api/exports").status_code == 403
    assert reads.post("/api/token").status_code == 403
    assert reads.put("/api/team/Ana", params={"leads": "true"}).status_code == 403
    link = exports.post("/api/exports").json()
    assert exports.get(link["url"]).status_code == 200
    assert reads.get(link["url"]).status_code == 403
    assert desk.visitor().get(link["url"]).status_code == 401
    assert anas.get("/api/team").status_code == 403
    assert anas.get(link["url"]).status_code == 403
    assert anas.get("/api/schema").status_code == 200
    assert anas.get("/").status_code == 403
    for token in desk.managing.tokens(desk.id("Ana")):
        desk.managing.revoke_token(desk.id("Ana"), token.id)
    assert anas.get("/api/schema").status_code == 401


def test_a_token_for_any_name_is_not_issued_any_more(desk: Desk) -> None:
    done = forked.run("token", "--project", desk.store.path, "--as", "Lea")
    assert done.returncode == 1
    assert b"use: saywhen accounts token" in done.stderr


# --- the end of a session ---------------------------------------------------------------------------------------------


def stream(desk: Desk, client: httpx.Client | None, origin: str | None = None) -> ClientConnection:
    """Open Streamlit's websocket as a page does."""
    cookie = f"{desk.cookie}={client.cookies[desk.cookie]}" if client else "other=1"
    return connect(
        f"ws://127.0.0.1:{desk.server.port}/_stcore/stream",
        origin=origin or desk.server.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
    )


def test_a_websocket_needs_the_session_and_the_own_origin(desk: Desk) -> None:
    client = desk.signed_in("Ana")
    with stream(desk, client):
        pass
    for asks, origin in ((None, None), (client, "https://evil.example")):
        with pytest.raises(InvalidStatus) as fault:
            stream(desk, asks, origin)
        assert fault.value.response.status_code == 403


def test_a_session_that_ends_is_out_of_the_api_at_once_and_of_an_open_page_at_its_next_message(desk: Desk) -> None:
    client = desk.signed_in("Ana")
    assert client.get("/api/progress").status_code == 200
    with stream(desk, client) as open_page:
        desk.visitor().cookies.clear()
        assert client.post("/sign-out").status_code == 303
        client.cookies.set(desk.cookie, "ended")
        assert client.get("/api/progress").status_code == 401
        with pytest.raises(ConnectionClosed) as fault:
            open_page.send(b"\x00")
            while True:
                open_page.recv(timeout=5)
    assert fault.value.rcvd is not None
    assert fault.value.rcvd.code == 1008


@pytest.mark.slow
def test_an_idle_page_of_a_deactivated_person_is_closed_within_fifteen_seconds(desk: Desk) -> None:
    client = desk.signed_in("Ben")
    try:
        with stream(desk, client) as open_page:
            desk.managing.deactivate(desk.id("Ben"))
            began = time.monotonic()
            assert client.get("/api/progress").status_code == 401
            assert client.get("/", headers=PAGE).status_code == 303
            with pytest.raises(ConnectionClosed):
                while True:
                    open_page.recv(timeout=PING + 5)
            assert time.monotonic() - began < 15
    finally:
        desk.managing.activate(desk.id("Ben"))


@pytest.mark.slow
def test_a_new_address_of_the_project_keeps_sessions(desk: Desk) -> None:
    client = desk.signed_in("Ana")
    desk.server.stop()
    desk.server.start()
    assert client.get("/api/progress").status_code == 200


def test_streamlit_run_refuses_a_project_with_accounts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from labeling.errors import AccessError
    from labeling.web import launch

    monkeypatch.setenv("SAYWHEN_PROJECT", str(desk.store.path))
    with pytest.raises(AccessError, match="use: saywhen serve"):
        launch.build_app()
