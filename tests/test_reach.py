"""Away from loopback: when the server may be reached, by which name, over TLS, through which proxy, and below a path."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import forked
import httpx
import orjson
import pytest
from certificates import make_certificate
from conftest import TEXT
from hypothesis import given
from hypothesis import strategies as st
from signed_in import PAGE, PASSWORD, Desk, make_desk
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from labeling.annotation import article
from labeling.errors import AccessError, StoreError
from labeling.schema import Schema
from labeling.web.public_url import PublicUrl
from labeling.web.reach import Reach, certificate, network

PUBLIC = PublicUrl.read("https://desk.example/saywhen")
PLAIN = PublicUrl.read("http://desk.example")
PROXY = (network("127.0.0.1"),)


# --- when the server may be reached -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reach",
    [
        Reach("127.0.0.1"),
        Reach("::1"),
        Reach("127.0.0.1", PublicUrl.read("http://127.0.0.1:8501/saywhen")),
        Reach("localhost", PublicUrl.read("http://localhost")),
    ],
)
def test_on_loopback_nothing_is_asked_for(reach: Reach) -> None:
    reach.require_safe(accounts=False)
    assert not reach.away


@pytest.mark.parametrize(
    "reach",
    [
        Reach("0.0.0.0"),
        Reach("0.0.0.0", PUBLIC, certificate=(Path("c"), Path("k"))),
        Reach("127.0.0.1", PUBLIC, PROXY),
        Reach("127.0.0.1", PLAIN, insecure=True),
        Reach("127.0.0.1", None, PROXY),
        Reach(""),
    ],
)
def test_without_accounts_it_is_never_reached_from_elsewhere(reach: Reach) -> None:
    with pytest.raises(AccessError, match=r"sign in under any name.*saywhen accounts add"):
        reach.require_safe(accounts=False)


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach("0.0.0.0"), "without --public-url"),
        (Reach("127.0.0.1", None, PROXY), "without --public-url"),
        (Reach("0.0.0.0", PUBLIC), "needs TLS.*--tls-cert.*--trusted-proxy"),
        (Reach("127.0.0.1", PUBLIC), "needs TLS"),
        (Reach("0.0.0.0", PUBLIC, insecure=True), "needs TLS"),
        (Reach("0.0.0.0", PLAIN), "read passwords, sessions and work.*--insecure"),
        (Reach("127.0.0.1", PLAIN, PROXY), "--insecure"),
        (Reach("0.0.0.0", None, certificate=(Path("c"), Path("k"))), "--tls-cert needs --public-url"),
        (Reach("0.0.0.0", PLAIN, certificate=(Path("c"), Path("k"))), "must begin with https"),
    ],
)
def test_what_is_missing_for_being_reached_from_elsewhere_is_named(reach: Reach, why: str) -> None:
    with pytest.raises(AccessError, match=why):
        reach.require_safe(accounts=True)


@pytest.mark.parametrize(
    "reach",
    [
        Reach("0.0.0.0", PUBLIC, certificate=(Path("c"), Path("k"))),
        Reach("0.0.0.0", PUBLIC, PROXY),
        Reach("127.0.0.1", PUBLIC, PROXY),
        Reach("0.0.0.0", PLAIN, insecure=True),
        Reach("127.0.0.1", PublicUrl.read("http://127.0.0.1:8080"), PROXY),
    ],
)
def test_with_accounts_and_tls_it_may_be_reached_from_elsewhere(reach: Reach) -> None:
    reach.require_safe(accounts=True)
    assert reach.away


# --- how addresses are written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "origin", "path"),
    [
        ("https://desk.example", "https://desk.example", ""),
        ("https://Desk.Example:443/", "https://desk.example", ""),
        ("http://desk.example:80/a/b/", "http://desk.example", "/a/b"),
        ("https://desk.example:8443/say-when", "https://desk.example:8443", "/say-when"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", ""),
    ],
)
def test_a_public_address_is_read_as_browsers_write_it(written: str, origin: str, path: str) -> None:
    found = PublicUrl.read(written)
    assert (found.origin, found.path) == (origin, path)
    assert PublicUrl.read(str(found)) == found


@pytest.mark.parametrize(
    "written",
    ["desk.example", "ftp://desk.example", "https://", "https://desk.example?x=1", "https://a@desk.example",
     "https://desk.example/a b", "https://desk.example/../x", "https://desk.example/./x", "https://desk.example//x",
     "https://desk.example;", "https://desk.example\n", "https://desk.example:0"],
)  # fmt: skip
def test_what_is_no_public_address_is_refused(written: str) -> None:
    with pytest.raises(AccessError, match="is not a public address"):
        PublicUrl.read(written if written.strip() == written else f"x{written}")


@given(
    st.sampled_from(["https", "http"]),
    st.from_regex(r"[a-z0-9]{1,8}(\.[a-z]{2,6})?", fullmatch=True),
    st.integers(1, 65535),
)
def test_only_the_public_host_is_its_host(scheme: str, name: str, port: int) -> None:
    public = PublicUrl.read(f"{scheme}://{name}:{port}")
    assert public.is_host(f"{name.upper()}:{port}")
    assert public.is_host(name) == (port == {"http": 80, "https": 443}[scheme])
    assert not public.is_host(f"{name}.evil.example:{port}")
    assert not public.is_host(f"{name}:{port % 65535 + 1}")


def test_proxies_are_addresses_or_networks_also_as_ipv6_writes_them() -> None:
    reach = Reach("0.0.0.0", PUBLIC, (network("172.18.0.0/16"), network("::1")))
    for address in ("172.18.3.4", "::ffff:172.18.3.4", "::1"):
        assert reach.is_proxy(address)
    for address in ("172.19.0.1", "127.0.0.1", "", "unknown", "172.18.3.4:80"):
        assert not reach.is_proxy(address)
    assert network(" 10.0.0.1 ") == ipaddress.ip_network("10.0.0.1/32")
    for wrong in ("caddy", "10.0.0.1/8", "10.0.0.0/33", ""):
        with pytest.raises(AccessError, match="is not an address"):
            network(wrong)


def test_half_a_certificate_a_wrong_one_and_a_key_that_others_can_read_are_refused(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    assert certificate(None, None) is None
    assert certificate(cert, key) == (cert, key)
    with pytest.raises(AccessError, match="belong together"):
        certificate(cert, None)
    with pytest.raises(StoreError, match="can't use"):
        certificate(key, cert)
    with pytest.raises(StoreError, match="No such file"):
        certificate(cert, tmp_path / "none.pem")
    key.chmod(0o644)
    with pytest.raises(StoreError, match="chmod o="):
        certificate(cert, key)


# --- the server's own TLS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory, news: Schema, pair: tuple[Path, Path]) -> Iterator[Desk]:
    """A server with a certificate of its own."""
    options = ["--public-url", "https://127.0.0.1:{port}", "--tls-cert", str(pair[0]), "--tls-key", str(pair[1])]
    desk = make_desk(tmp_path_factory.mktemp("tls"), news, options=options, scheme="https")
    yield desk
    desk.server.stop()


@pytest.mark.slow
def test_over_tls_the_certificate_is_shown_and_the_cookie_is_for_this_host_alone(
    over_tls: Desk, pair: tuple[Path, Path]
) -> None:
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    answer = httpx.post(
        f"{over_tls.server.url}/sign-in/link/{over_tls.link('Ana')}",
        data={"password": PASSWORD}, headers={"Origin": over_tls.server.url}, verify=trusting, trust_env=False,
    )  # fmt: skip
    assert answer.status_code == 303
    name, *rest = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"__Host-{over_tls.cookie}=")
    assert {part.lower() for part in rest} >= {"secure", "httponly", "path=/", "samesite=lax"}
    page = httpx.get(f"{over_tls.server.url}/", headers={**PAGE, "Cookie": name}, verify=trusting, trust_env=False)
    assert page.status_code == 200
    assert "strict-transport-security" not in page.headers  # the name is this machine's own


def test_a_page_of_the_same_host_without_tls_is_another_site(over_tls: Desk) -> None:
    plain = over_tls.server.url.replace("https", "http")
    for origin, status in ((over_tls.server.url, 303), (plain, 403)):
        answer = over_tls.visitor().post("/sign-out", headers={"Origin": origin})
        assert answer.status_code == status


@pytest.mark.slow
def test_a_client_that_never_confirms_the_end_of_its_connection_holds_up_no_stop(
    over_tls: Desk, pair: tuple[Path, Path]
) -> None:
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    with socket.create_connection(("127.0.0.1", over_tls.server.port)) as raw:
        asleep = trusting.wrap_socket(raw, server_hostname="127.0.0.1")
        asleep.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{over_tls.server.port}\r\n\r\n".encode())
        assert asleep.recv(100).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        over_tls.server.stop()
        assert time.monotonic() - began < 5  # asyncio waits 30 seconds
    over_tls.server.start()


# --- a proxy in front -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """A server behind a proxy that terminates TLS, below a path."""
    options = ["--public-url", str(PUBLIC), "--trusted-proxy", "127.0.0.1", "--log-requests"]
    desk = make_desk(tmp_path_factory.mktemp("behind"), news, options=options)
    list(desk.store.add_articles([article.make(TEXT)]))
    yield desk
    desk.server.stop()


def through(desk: Desk, **headers: str) -> httpx.Client:
    """Return what a browser's requests look like when the proxy sends them on."""
    own = {
        "Host": "desk.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.7",
        "Origin": PUBLIC.origin,
    }
    found = {**own, **{name.replace("_", "-"): value for name, value in headers.items()}}
    base = f"{desk.server.url}{PUBLIC.path}"
    return httpx.Client(base_url=base, headers={k: v for k, v in found.items() if v}, timeout=30, trust_env=False)


@pytest.mark.slow
def test_behind_a_proxy_people_sign_in_below_the_path_and_the_cookie_stays_there(behind: Desk) -> None:
    client = through(behind)
    first = client.get("/team?x=1", headers=PAGE)
    assert (first.status_code, first.headers["location"]) == (303, "/saywhen/sign-in?next=%2Fteam%3Fx%3D1")
    assert first.headers["strict-transport-security"] == "max-age=31536000"
    assert 'action="/saywhen/sign-in"' in client.get("/sign-in").text
    answer = client.post(f"/sign-in/link/{behind.link('Lea')}", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/saywhen/")
    name, *rest = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"__Secure-{behind.cookie}=")
    assert {part.lower() for part in rest} >= {"secure", "httponly", "path=/saywhen", "samesite=lax"}
    signed_in = through(behind, Cookie=name)
    assert signed_in.get("/team", headers=PAGE).status_code == 200
    token = {"Authorization": f"Bearer {behind.access.token('Lea')[0]}"}
    assert signed_in.get("/api/team", headers=token).status_code == 200
    target = f"ws://127.0.0.1:{behind.server.port}{PUBLIC.path}/_stcore/stream"
    for path, status in ((target, 101), (target.replace("/saywhen", ""), 403)):
        raw = socket.create_connection(("127.0.0.1", behind.server.port))
        headers = {"Cookie": name, "X-Forwarded-Proto": "https"}
        try:
            with connect(
                path.replace(f"127.0.0.1:{behind.server.port}", "desk.example"),
                sock=raw,
                origin=PUBLIC.origin,
                additional_headers=headers,
            ):  # type: ignore[arg-type]
                assert status == 101
        except InvalidStatus as fault:
            assert fault.response.status_code == status
    assert behind.managing.sessions(behind.id("Lea"))[0].address == "203.0.113.7"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/saywhen", 308), ("/", 308), ("/team", 404), ("/saywhenx/", 404), ("//saywhen/", 404), ("/sign-in", 404),
     ("/api/next", 404), ("/saywhen/api/next", 401), ("/healthz", 200), ("/readyz", 200), ("/saywhen/healthz", 200)],
)  # fmt: skip
def test_outside_the_path_there_are_only_the_probes(behind: Desk, path: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", behind.server.port, timeout=30)
    connection.request("GET", path, headers={"Host": "desk.example", "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    assert answer.status == status
    assert answer.getheader("location") == ("/saywhen/" if status == 308 else None)


def test_a_trailing_slash_leads_back_below_the_path(behind: Desk) -> None:
    client = through(behind)
    token = behind.managing.add_token(behind.id("Lea"), "x", ["read"])
    answer = client.get("/api/team/", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["location"]) == (307, "https://desk.example/saywhen/api/team")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example", "X_Forwarded_Host": "desk.example"}, 403),
        ({"Host": "desk.example:443"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://desk.example"}, 403),
        ({"X_Forwarded_Proto": "http"}, 308),
        ({"X_Forwarded_Proto": "http", "Origin": ""}, 308),
    ],
)
def test_host_origin_and_scheme_are_the_public_address(behind: Desk, headers: dict[str, str], status: int) -> None:
    answer = through(behind, **headers).get("/sign-in?next=%2Fteam")
    assert answer.status_code == status
    if status == 308:
        assert answer.headers["location"] == "https://desk.example/saywhen/sign-in?next=%2Fteam"


def test_a_password_that_came_to_the_proxy_without_tls_is_not_read(behind: Desk) -> None:
    client = through(behind, X_Forwarded_Proto="http")
    answer = client.post("/sign-in", data={"email": "lea@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert "only answers over TLS" in answer.text


def addresses(desk: Desk, *forwarded: str) -> str:
    """Return from which address a request came, as the log of requests says."""
    with through(desk, X_Forwarded_For="") as client:
        id = client.get("/sign-in", headers=[("X-Forwarded-For", each) for each in forwarded]).headers["x-request-id"]
    deadline = time.monotonic() + 10
    while not (lines := [line for line in desk.server.log.read_text().splitlines() if id in line]):
        assert time.monotonic() < deadline  # the line follows the answer
        time.sleep(0.01)
    return str(orjson.loads(lines[0])["client"])


def test_the_client_is_the_last_address_that_no_trusted_proxy_has(behind: Desk) -> None:
    assert addresses(behind, "203.0.113.7") == "203.0.113.7"
    assert addresses(behind, "1.2.3.4, 203.0.113.7") == "203.0.113.7"
    assert addresses(behind, "1.2.3.4", "203.0.113.7, 127.0.0.1") == "203.0.113.7"
    assert addresses(behind, "127.0.0.1") == "127.0.0.1"
    assert addresses(behind) == "127.0.0.1"


@pytest.mark.slow
def test_who_is_not_the_proxy_is_refused_and_not_believed(tmp_path: Path, news: Schema) -> None:
    options = ["--public-url", str(PUBLIC), "--trusted-proxy", "192.0.2.1", "--log-requests"]
    desk = make_desk(tmp_path, news, options=options)
    try:
        answer = through(desk).get("/sign-in")
        assert answer.status_code == 403
        assert "only answers the proxy" in answer.text
        assert httpx.get(f"{desk.server.url}/healthz", trust_env=False).status_code == 200
        assert addresses(desk, "203.0.113.7") == "127.0.0.1"
    finally:
        desk.server.stop()


@pytest.mark.nightly
@pytest.mark.slow
def test_a_connection_stays_open_longer_than_proxies_keep_it(behind: Desk) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", behind.server.port, timeout=30)
    connection.connect()
    first = connection.sock
    for _ in range(2):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok"
        first.settimeout(6)
        with pytest.raises(TimeoutError):  # closed, it would return b""
            first.recv(1, socket.MSG_PEEK)
    assert connection.sock is first


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_without_tls_says_what_that_costs(tmp_path: Path, news: Schema) -> None:
    options = ["--host", "0.0.0.0", "--public-url", "http://desk.example:{port}", "--insecure"]
    desk = make_desk(tmp_path, news, options=options)
    try:
        said = desk.server.log.read_text()
        assert "Warning: Without TLS, anyone on the network can read passwords" in said
        own = {"Host": f"desk.example:{desk.server.port}"}
        answer = httpx.get(f"{desk.server.url}/sign-in", headers=own, trust_env=False)
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers
        assert httpx.get(f"{desk.server.url}/sign-in", trust_env=False).status_code == 403
    finally:
        desk.server.stop()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--public-url", "desk.example"], "is not a public address"),
        (["--trusted-proxy", "caddy"], "is not an address"),
        (["--tls-cert", "none.pem"], "belong together"),
        (["--public-url", "https://desk.example"], "saywhen accounts add"),
    ],
)
def test_wrong_options_are_refused_before_anything_happens(options: list[str], why: str, tmp_path: Path) -> None:
    done = forked.run("serve", "--project", tmp_path / "other.db", *options)
    assert done.returncode in (1, 2)
    assert why in " ".join(done.stderr.decode().split())
    assert not (tmp_path / "other.db").exists()


@pytest.mark.slow
def test_links_begin_with_the_public_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert forked.run("new", tmp_path / "p.db").returncode == 0
    monkeypatch.setenv("SAYWHEN_PUBLIC_URL", "https://desk.example/saywhen/")
    done: Any = forked.run(
        "accounts", "add", "Lea", "--project", tmp_path / "p.db", "--email", "lea@example.org", "--lead"
    )
    assert done.stdout.startswith(b"https://desk.example/saywhen/sign-in/link/")
