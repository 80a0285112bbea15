"""The webhook: what is sent and signed, tried again, given up, and never waited for."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from command_line import invoke
from conftest import TEXT, add, op
from running import Server
from test_permissions import ARTICLE, Site, make

from labeling.annotation import article
from labeling.errors import AccessError
from labeling.schema import Schema
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api
from labeling.web.webhook import PAUSES, Webhook, read_secret, require_url, signature

SECRET = b"a secret of sixteen or more"


class Receiver(ThreadingHTTPServer):
    """Another program that is notified; it answers with `answers`, the last one again and again."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers) or [200]
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                code = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def events(self, count: int, patience: float = 15.0) -> list[dict[str, object]]:
        """Wait for so many deliveries, and return their bodies."""
        until = time.monotonic() + patience
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.01)
        return [json.loads(body) for _, body in self.got]


@contextmanager
def receiving(*answers: int) -> Iterator[Receiver]:
    receiver = Receiver(*answers)
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()


def test_a_delivery_is_signed_over_its_time_and_body() -> None:
    with receiving() as receiver:
        hook = Webhook(receiver.url, SECRET, "project-1")
        hook.send("submit", article="a1", annotator="Zoé")
        [values] = receiver.events(1)
        hook.stop()
        [(headers, body)] = receiver.got
    assert values.pop("at")
    assert values == {"event": "submit", "project": "project-1", "article": "a1", "annotator": "Zoé"}
    assert headers["x-saywhen-event"] == "submit"
    expected = hmac.new(SECRET, f"{headers['x-saywhen-timestamp']}.".encode() + body, "sha256").hexdigest()
    assert headers["x-saywhen-signature"] == f"sha256={expected}"
    assert abs(int(headers["x-saywhen-timestamp"]) - time.time()) < 60
    assert signature(SECRET, "1", b"x") != signature(SECRET, "2", b"x")


def test_what_is_not_understood_is_tried_again_with_the_same_id_and_in_order() -> None:
    with receiving(500, 302, 404, 204) as receiver:
        hook = Webhook(receiver.url, SECRET, "p", pauses=(0.01, 0.01, 0.01, 0.01))
        hook.send("submit", article="first")
        hook.send("submit", article="second")
        assert [each["article"] for each in receiver.events(5)] == ["first"] * 4 + ["second"]
        assert len({headers["x-saywhen-delivery"] for headers, _ in receiver.got}) == 2
        hook.stop()


@pytest.mark.slow
def test_a_delivery_is_given_up_and_reported_and_the_next_one_goes_on() -> None:
    reports: list[str] = []
    with receiving(500, 500, 500, 200) as receiver:
        hook = Webhook(receiver.url, SECRET, "p", pauses=(0.01, 0.01), report=reports.append)
        hook.send("export", name="one")
        hook.send("export", name="two")
        assert [each["name"] for each in receiver.events(4)] == ["one", "one", "one", "two"]
        hook.stop()
    [words] = reports
    assert "was dropped after several attempts (the answer was 500)" in words
    assert list(PAUSES) == [2**power for power in range(9)]


def test_no_one_waits_for_a_program_that_does_not_answer() -> None:
    reports: list[str] = []
    hook = Webhook("http://127.0.0.1:9/", SECRET, "p", report=reports.append)
    started = time.process_time()
    for number in range(1_000):
        hook.send("submit", article=str(number))
    assert time.process_time() - started < 1.0
    hook._stopped.set()


@pytest.mark.parametrize(
    "written", ["http://example.org/hook", "ftp://127.0.0.1/", "example.org", "https://", "file:///etc/passwd", ""]
)
def test_an_address_without_tls_is_refused_but_on_this_machine(written: str) -> None:
    with pytest.raises(AccessError, match="is not the address of a webhook"):
        require_url(written)
    assert require_url("https://example.org/hook?x=1")
    assert require_url("http://127.0.0.1:8000/hook")


def test_a_secret_is_its_owners_alone_and_long_enough(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with pytest.raises(AccessError, match="openssl rand"):
        read_secret(path)
    path.write_text("a secret of sixteen or more\n")
    path.chmod(0o644)
    with pytest.raises(AccessError, match="chmod 600"):
        read_secret(path)
    path.chmod(0o600)
    assert read_secret(path) == SECRET
    path.write_text("short")
    with pytest.raises(AccessError, match="too short"):
        read_secret(path)


def test_an_address_without_a_secret_is_a_usage_error(tmp_path: Path) -> None:
    done = invoke("serve", "--webhook", "https://example.org/", "--project", tmp_path / "project.db")
    assert done.exit_code == 2
    assert "belong together" in done.stderr


def test_submissions_reviews_and_exports_are_sent_and_refused_ones_are_not(tmp_path: Path) -> None:
    sent: list[tuple[str, dict[str, object]]] = []
    store = make(tmp_path / "project.db", led=True)
    site = Site(store, tmp_path)
    notify: Callable[..., None] = lambda event, **values: sent.append((event, values))  # noqa: E731
    site.api = build_api(lambda: store, lambda: store, lambda: site.access, tmp_path, notify=notify)
    from fastapi.testclient import TestClient

    client = TestClient(site.api)

    def ask(name: str, path: str, **body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {site.access.token(name)[0]}"}
        answer = client.post(path, headers=headers, **body)
        assert answer.status_code == 200, answer.text
        return answer

    def save(*ops: dict[str, object]) -> dict[str, object]:
        message = {"client": "client-cleo-1", "revision": 0, "ops": list(ops)}
        found: dict[str, object] = ask("cleo", f"/articles/{ARTICLE.id}/ops", json=message).json()
        return found

    save({"number": 1, "kind": "comment", "id": "c", "text": "Hm."})
    assert sent == []
    save({"number": 2, "kind": "submit"})
    assert sent == [("submit", {"article": ARTICLE.id, "annotator": "cleo", "revision": 2})]
    save({"number": 3, "kind": "submit"}, {"number": 4, "kind": "reopen"})
    assert len(sent) == 1, "it is open again"
    decision = {"number": 1, "kind": "decide", "article": ARTICLE.id, "disagreement": site.disagreement, "take": "none"}
    ask("rita", "/review/steps", json={"client": "client-rita-1", "steps": [decision]})
    assert sent[1:] == [("review", {"article": ARTICLE.id, "reviewer": "rita"})]
    unknown = {**decision, "number": 2, "disagreement": "0" * 16}
    ask("rita", "/review/steps", json={"client": "client-rita-1", "steps": [unknown]})
    assert len(sent) == 2
    name = ask("lea", "/exports").json()["name"]
    assert sent[2:] == [("export", {"name": name, "by": "lea"})]


@pytest.mark.slow
def test_a_server_sends_a_submission_and_delivers_what_waits_when_it_stops(tmp_path: Path, news: Schema) -> None:
    store = Store.create(tmp_path / "project.db", news)
    made = article.make(TEXT)
    list(store.add_articles([made]))
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_bytes(SECRET)
    with receiving() as receiver:
        server = Server(store.path, options=["--webhook", receiver.url, "--webhook-secret", str(secret)])
        server.start()
        try:
            token = Access(store.path, store.id).token(store.sign_in("ana"))[0]
            ops = [add(1, "q", "quote", "On Friday."), op(2, "submit")]
            body = {"client": "client-ana-1", "revision": 0, "ops": [each.model_dump(by_alias=True) for each in ops]}
            with httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
                answer = client.post(f"{server.url}/api/articles/{made.id}/ops", json=body)
            assert answer.status_code == 200, answer.text
        finally:
            server.stop()
        [values] = receiver.events(1)
    assert (values["event"], values["article"], values["annotator"]) == ("submit", made.id, "ana")
