"""What stands before pages and API: headers, hosts and origins, probes, ids and the log, files of one's own, a calm end."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import forked
import httpx
import orjson
import pytest
from running import Server
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from labeling.errors import AccessError
from labeling.store.project_file import key_path
from labeling.web.access import Access
from labeling.web.policy import content_security_policy

PATHS = ["/", "/team", "/api/next", "/api/nothing", "/_stcore/health", "/static/nothing.js", "/healthz", "/readyz"]


@pytest.fixture(scope="module")
def server(serve: Any) -> Server:
    """A server of the sample corpus."""
    found: Server = serve()
    return found


def ask(server: Server, path: str, headers: list[tuple[str, str]]) -> tuple[int, str]:
    """Return the status and the body of a GET with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


# --- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_every_response_carries_the_headers(server: Server, path: str) -> None:
    headers = httpx.get(server.url + path).headers
    assert headers["content-security-policy"] == content_security_policy()
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    assert "server" not in headers
    assert len(headers.get_list("content-security-policy")) == 1


def test_a_refusal_carries_the_headers_too(server: Server) -> None:
    answer = httpx.get(f"{server.url}/", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_the_policy_lets_no_other_host_and_no_unnamed_script_in() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy().split("; "))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert re.fullmatch(r"'self' blob:( 'sha256-[A-Za-z0-9+/]{43}=')+", policy["script-src"])
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "http" not in content_security_policy()


def test_an_operator_can_name_an_origin_that_may_frame(tmp_path: Path) -> None:
    port = Server(tmp_path / "p.db").port
    arguments = ["serve", "--project", str(tmp_path / "p.db"), "--port", str(port)]
    command = forked.Command([*arguments, "--allow-framing-by", "https://desk.example"], folder=tmp_path)
    try:
        headers = wait_for(f"http://127.0.0.1:{port}/healthz").headers
    finally:
        command.kill()
    assert "frame-ancestors https://desk.example" in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    refused = forked.run(*arguments, "--allow-framing-by", "https://a.example; script-src *")
    assert refused.returncode == 2
    assert b"is not an origin" in refused.stderr


# --- hosts and origins ------------------------------------------------------------------------------------------------


def refused(server: Server, *headers: tuple[str, str]) -> bool:
    """Whether a request with exactly these headers is refused."""
    return ask(server, "/api/openapi.json", [*headers])[0] == 403


def test_exactly_one_host_of_this_machine_is_answered(server: Server) -> None:
    own, evil = ("Host", f"127.0.0.1:{server.port}"), ("Host", "evil.example")
    assert not refused(server, own)
    assert refused(server, evil)
    assert refused(server, own, evil)
    assert refused(server, evil, own)
    assert refused(server, own, own)


def test_an_address_in_a_header_of_a_proxy_is_not_believed(server: Server) -> None:
    own = ("Host", f"127.0.0.1:{server.port}")
    assert not refused(server, own, ("X-Forwarded-For", "8.8.8.8"))
    assert refused(server, ("Host", "evil.example"), ("X-Forwarded-Host", "127.0.0.1"))


def test_a_page_of_another_origin_is_refused(server: Server) -> None:
    own = ("Host", f"127.0.0.1:{server.port}")
    assert not refused(server, own, ("Origin", server.url))
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{server.port + 1}", f"{server.url}.evil.example"):
        assert refused(server, own, ("Origin", origin))
    assert refused(server, own, ("Origin", server.url), ("Origin", "https://evil.example"))


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_a_websocket_of_another_origin_or_host_is_refused(server: Server, headers: dict[str, str]) -> None:
    target = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    with connect(target, origin=server.url):  # type: ignore[arg-type]
        pass
    with pytest.raises(InvalidStatus) as fault:
        if "Origin" in headers:
            connect(target, origin=headers["Origin"])  # type: ignore[arg-type]
        else:
            raw = socket.create_connection(("127.0.0.1", server.port))
            connect("ws://evil.example/_stcore/stream", sock=raw, origin=server.url)  # type: ignore[arg-type]
    assert fault.value.response.status_code == 403


# --- probes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_answered_under_any_host_and_say_nothing_of_the_project(server: Server, path: str) -> None:
    status, body = ask(server, path, [("Host", "10.2.3.4")])
    assert (status, body) == (200, {"/healthz": "ok", "/readyz": "ready"}[path])


def test_a_server_whose_project_is_gone_runs_but_is_not_ready(serve: Any, tmp_path: Path) -> None:
    server: Server = serve(tmp_path / "project.db")
    server.project.rename(tmp_path / "elsewhere.db")
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert httpx.get(f"{server.url}/readyz").status_code == 503


# --- ids and the log --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_request_is_a_line_of_json_without_queries_tokens_or_bodies(tmp_path: Path) -> None:
    port = Server(tmp_path / "p.db").port
    log = tmp_path / "log"
    command = forked.Command(
        ["serve", "--project", str(tmp_path / "p.db"), "--port", str(port), "--log-requests"],
        folder=tmp_path, stderr=log,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz")
        secret = {"Authorization": "Bearer very-secret", "Cookie": "session=very-secret"}
        answer = httpx.get(f"{url}/api/exports/a.jsonl?ticket=very-secret", headers=secret)
        linked = httpx.get(f"{url}/sign-in/link/very-secret")
    finally:
        command.send_signal(signal.SIGINT)
        command.wait(10)
    lines = [orjson.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    found = {line["request"]: line for line in lines}
    line = found[answer.headers["x-request-id"]]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/exports/a.jsonl", 401)
    assert line["client"] == "127.0.0.1"
    assert found[linked.headers["x-request-id"]]["path"] == "/sign-in/link/…"
    assert "very-secret" not in log.read_text()


# --- files ------------------------------------------------------------------------------------------------------------


def test_project_key_exports_and_backups_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        project = tmp_path / "project.db"
        assert forked.run("new", project, "--sample").returncode == 0
        assert forked.run("token", "--project", project, "--as", "ana").returncode == 0
        assert forked.run("export", "--project", project, "--to", tmp_path / "exports").returncode == 0
        assert forked.run("backup", "--project", project, tmp_path / "backup.db").returncode == 0
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.suffix not in ("-wal", "-shm")]
    assert {path.name for path in files} >= {"project.db", ".project.db.key", "backup.db", "exports"}
    assert [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project.db"
    token, _ = Access(project, "id").token("ana")
    key_path(project).chmod(0o644)
    with pytest.raises(AccessError, match=r"others on this machine can read .* chmod 600"):
        Access(project, "id")
    key_path(project).chmod(0o600)
    assert Access(project, "id").annotator(token) == "ana"


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_stopped_finishes_what_has_begun(serve: Any, how: signal.Signals, tmp_path: Path) -> None:
    server: Server = serve(tmp_path / "project.db")
    token = forked.run("token", "--project", server.project, "--as", "ana").stdout.decode().strip()
    text = "A sentence that says who said what, and when. " * 1_000
    begun = threading.Event()
    answers: list[httpx.Response] = []

    lines = [orjson.dumps({"text": f"{number} {text}"}) + b"\n" for number in range(300)]

    def body() -> Iterator[bytes]:
        for number, line in enumerate(lines):
            yield line
            if number == 200:  # more than lies between two sockets: the server is reading
                begun.set()

    def send() -> None:
        answers.append(
            httpx.post(
                f"{server.url}/api/import?name=many.jsonl", content=body(), timeout=60,
                headers={"Authorization": f"Bearer {token}", "Content-Length": str(sum(map(len, lines)))},
            )
        )  # fmt: skip

    thread = threading.Thread(target=send)
    thread.start()
    assert begun.wait(60)
    os.kill(server.pid, how)
    thread.join(60)
    assert [answer.status_code for answer in answers] == [200]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/healthz")


def wait_for(url: str) -> httpx.Response:
    """Return the first answer of a server that starts."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Requests of these tests go straight to the server."""
    monkeypatch.setenv("NO_PROXY", "*")
    yield
