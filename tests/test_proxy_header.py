"""Signing in by a header of a trusted proxy, as oauth2-proxy and Authelia set it: from no one else is it believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import forked
import httpx
import pytest
from signed_in import PAGE, Desk, make_desk

from labeling.errors import AccessError
from labeling.schema import Schema
from labeling.web.reach import Reach

PUBLIC = "https://desk.example"
HEADER = "X-Forwarded-Email"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """A server that believes its proxy who asks."""
    options = ["--public-url", PUBLIC, "--trusted-proxy", "127.0.0.1", "--proxy-header", HEADER]
    desk = make_desk(tmp_path_factory.mktemp("desk"), news, options=options)
    yield desk
    desk.server.stop()


def behind(desk: Desk, email: str = "") -> httpx.Client:
    """Return a browser behind the proxy; `email` is whom the proxy has signed in."""
    headers = {"Host": "desk.example", "Origin": PUBLIC, "X-Forwarded-Proto": "https", **PAGE}
    if email:
        headers[HEADER] = email
    return httpx.Client(base_url=desk.server.url, headers=headers, timeout=30, trust_env=False)


def with_session(desk: Desk, email: str) -> tuple[httpx.Client, dict[str, str]]:
    """Return a browser that the proxy has signed in, and the cookie that the server gave it."""
    client = behind(desk, email)
    answer = client.get("/team?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/team?x=1")
    return client, {"Cookie": answer.headers["set-cookie"].split(";")[0]}


def test_whom_the_proxy_names_is_signed_in_and_comes_to_the_page_they_asked_for(desk: Desk) -> None:
    client, cookie = with_session(desk, "LEA@Example.org")
    assert client.get("/team", headers=cookie).status_code == 200
    token = {"Authorization": f"Bearer {desk.access.token('Lea')[0]}", "Accept": "*/*"}
    assert client.get("/api/team", headers={**cookie, **token}).status_code == 200
    assert client.get("/api/team", headers=token).status_code == 401
    assert client.get("/sign-in?next=%2Fstats", headers={}).headers["location"] == "/stats"


def test_a_session_counts_only_while_the_proxy_names_the_same_person(desk: Desk) -> None:
    _, cookie = with_session(desk, "lea@example.org")
    for email in ("", "ana@example.org", "nobody@example.org"):
        other = behind(desk, email)
        assert other.get("/team", headers=cookie).status_code != 200
        assert other.get("/sign-in/ping", headers={**cookie, "Accept": "*/*"}).status_code == 401
    ana = behind(desk, "ana@example.org").get("/", headers=cookie)
    assert ana.status_code == 303
    assert cookie["Cookie"] not in ana.headers["set-cookie"]


@pytest.mark.parametrize(("email", "status"), [("", 401), ("nobody@example.org", 403), ("x" * 5_000, 403)])
def test_who_has_no_account_is_refused_with_a_page(desk: Desk, email: str, status: int) -> None:
    answer = behind(desk, email).get("/")
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


def test_a_header_that_stands_there_twice_names_no_one(desk: Desk) -> None:
    twice: Any = [(HEADER, "ana@example.org"), (HEADER, "lea@example.org")]
    assert behind(desk).get("/", headers=twice).status_code == 401


def test_a_deactivated_person_is_refused(desk: Desk) -> None:
    client, cookie = with_session(desk, "ben@example.org")
    desk.managing.deactivate(desk.id("Ben"))
    try:
        answer = client.get("/", headers=cookie)
        assert answer.status_code == 403
        assert "no active account for ben@example.org" in answer.text
    finally:
        desk.managing.activate(desk.id("Ben"))


def test_a_token_for_scripts_needs_no_header(desk: Desk) -> None:
    token = desk.managing.add_token(desk.id("Lea"), "script", ["read"])
    answer = behind(desk).get("/api/schema", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.slow
def test_a_header_from_elsewhere_is_not_believed(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> None:
    for options in (
        ["--public-url", PUBLIC, "--trusted-proxy", "192.0.2.1", "--proxy-header", HEADER],
        ["--public-url", PUBLIC, "--trusted-proxy", "127.0.0.1"],
    ):
        desk = make_desk(tmp_path_factory.mktemp("other"), news, options=options)
        try:
            answer = behind(desk, "lea@example.org").get("/")
            assert answer.status_code in (303, 403)
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
            assert "set-cookie" not in answer.headers
        finally:
            desk.server.stop()


def test_the_header_needs_a_trusted_proxy_and_a_name_of_its_own() -> None:
    with pytest.raises(AccessError, match="--proxy-header needs --trusted-proxy"):
        Reach("127.0.0.1", header="x-forwarded-email").require_safe(accounts=True)
    for wrong in ("Authorization", "cookie", "a b", "x:y"):
        done = forked.run("serve", "--trusted-proxy", "127.0.0.1", "--proxy-header", wrong)
        assert done.returncode == 2
        assert b"can't be used" in done.stderr
