"""Links by mail, through a real mail server on this machine; and printed where there is none, or where it refuses."""

from __future__ import annotations

import email
import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import forked
import httpx
import pytest
from command_line import invoke
from signed_in import PASSWORD, Desk
from streamlit.testing.v1 import AppTest

from labeling.accounts.mail import MailServer
from labeling.accounts.values import Account, LinkKind, SignedIn
from labeling.errors import NotAllowedError, StoreError
from labeling.schema import Schema
from labeling.services.accounts import Administration
from labeling.services.accounts.mailing import send_link
from labeling.store.project import Store
from labeling.ui import people_page
from labeling.web import location, server
from labeling.web.settings import read


class Postbox(socketserver.ThreadingTCPServer):
    """A mail server (RFC 5321) that keeps what it is given, and refuses mail for one address."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages: list[bytes] = []

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Postbox

    def handle(self) -> None:
        self.say("220 postbox")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word.startswith("RCPT") and "REFUSED@" in word:
                self.say("550 no such person")
            elif word == "DATA":
                self.say("354 go on")
                parts = []
                while (part := self.rfile.readline()) != b".\r\n":
                    parts.append(part)
                self.server.messages.append(b"".join(parts))
                self.say("250 kept")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A running mail server."""
    with Postbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def desk(tmp_path: Path, news: Schema) -> Desk:
    """A project with accounts."""
    return Desk(Store.create(tmp_path / "project.db", news))


def settings(folder: Path, port: int, more: str = "") -> Path:
    """Write settings with a mail server on this machine."""
    file = folder / "server.toml"
    file.write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "SayWhen <saywhen@example.org>"\n{more}'
    )
    return file


@pytest.mark.slow
def test_a_link_to_join_is_sent_to_the_person_and_works(desk: Desk, postbox: Postbox, tmp_path: Path) -> None:
    done = forked.run(
        "accounts", "add", "Zoé Ünal", "--email", "zoe@example.org", "--annotate", "--project", desk.store.path,
        "--settings", settings(tmp_path, postbox.port), "--url", desk.server.url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"sent to zoe@example.org" in done.stderr
    assert done.stdout == b""
    [sent] = postbox.messages
    message = email.message_from_bytes(sent)
    assert (message["From"], message["To"]) == ("SayWhen <saywhen@example.org>", "zoe@example.org")
    text = message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert text.startswith("Hello Zoé Ünal,")
    [link] = re.findall(r"^http://\S+/sign-in/link/\S+", text, re.MULTILINE)
    desk.server.start()
    try:
        answer = httpx.post(link, data={"password": PASSWORD}, headers={"Origin": desk.server.url}, trust_env=False)
        assert answer.status_code == 303
    finally:
        desk.server.stop()


@pytest.mark.slow
def test_a_link_for_a_new_password_is_sent(desk: Desk, postbox: Postbox, tmp_path: Path) -> None:
    ana = desk.id("Ana")
    with desk.accounts.writing() as unit:
        unit.people.set_password(ana, "x")
    done = forked.run(
        "accounts",
        "link",
        "ana@example.org",
        "--project",
        desk.store.path,
        "--settings",
        settings(tmp_path, postbox.port),
    )
    assert done.returncode == 0, done.stderr
    assert b"Set a new SayWhen password" in postbox.messages[0]


def test_a_link_that_cannot_be_sent_is_printed_with_the_reason(desk: Desk, postbox: Postbox, tmp_path: Path) -> None:
    for address, port in (("refused@example.org", postbox.port), ("other@example.org", 9)):
        file = settings(tmp_path, port)
        done = forked.run(
            "accounts",
            "add",
            address.split("@")[0],
            "--email",
            address,
            "--project",
            desk.store.path,
            "--settings",
            file,
        )
        assert done.returncode == 0
        assert b"/sign-in/link/" in done.stdout
        assert b"couldn't be sent: 127.0.0.1 didn't accept the message" in done.stderr
    assert postbox.messages == []


@pytest.fixture
def people(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The People page as Lea sees it."""
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(desk.store.path))
    monkeypatch.setattr(people_page, "signed_in", lambda: SignedIn(1, desk.id("Lea"), "Lea", False, "Lea"))
    server.forget()
    script = "from labeling.ui.people_page import people_page\npeople_page()"
    yield AppTest.from_string(script, default_timeout=60).run()
    server.send_mail_by(None)
    server.forget()


def test_the_people_page_sends_links_by_mail_and_shows_those_that_cannot_be_sent(
    people: AppTest, desk: Desk, postbox: Postbox, tmp_path: Path
) -> None:
    server.send_mail_by(read(settings(tmp_path, postbox.port)).mail)

    def said() -> str:
        assert not people.exception
        return people.success[0].value.replace("\\", "")

    def invite(name: str) -> None:
        people.text_input[0].input(name)
        people.text_input[1].input(f"{name.lower()}@example.org")
        next(each for each in people.button if each.label == "Invite").click().run()

    invite("Zoe")
    assert said() == "Zoe was added. A link has been sent to zoe@example.org; it works once, within 7 days."
    assert not people.code
    message = email.message_from_bytes(postbox.messages.pop())
    assert message["To"] == "zoe@example.org"
    assert "/sign-in/link/" in message.get_payload(decode=True).decode()  # type: ignore[union-attr]

    invite("Refused")
    assert "The link couldn't be sent" in said()
    assert said().endswith("Send Refused this link; it works once, within 7 days.")
    assert "/sign-in/link/" in people.code[0].value

    people.button(key=f"manage-{desk.id('Zoe')}").click().run()
    people.button(key=f"link-{desk.id('Zoe')}").click().run()
    assert "A link has been sent to zoe@example.org" in said()
    assert len(postbox.messages) == 1


def test_someone_is_removed_from_the_project_on_the_people_page_and_invited_again(people: AppTest, desk: Desk) -> None:
    ben = desk.id("Ben")
    people.button(key=f"manage-{ben}").click().run()
    people.button(key=f"take-out-{ben}").click().run()
    assert not people.exception
    assert "Ben can't open this project any more" in people.success[0].value
    assert "Ben" not in [person.annotator for person in desk.managing.roster()]
    assert desk.managing.unclaimed() == []
    desk.managing.add("Benjamin", "ben@example.org", annotates=True)
    assert [each.annotator for each in desk.managing.roster() if each.account.id == ben] == ["Ben"]
    lea = SignedIn(1, desk.id("Lea"), "Lea", False, "Lea")
    with pytest.raises(NotAllowedError, match="you can't remove yourself"):
        Administration(desk.accounts, desk.store, lea).take_out(desk.id("Lea"))
    with pytest.raises(NotAllowedError, match="a project needs a lead"):
        desk.managing.take_out(desk.id("Lea"))


def test_someone_is_removed_from_the_project_by_command(desk: Desk) -> None:
    for name, status in (("ana", 0), ("ana", 1), ("lea", 1)):
        done = invoke("accounts", "remove", f"{name}@example.org", "--project", desk.store.path)
        assert done.exit_code == status, done.output
    assert "a project needs a lead" in done.output
    assert "Ana" not in [person.annotator for person in desk.managing.roster()]
    assert desk.managing.by_email("ana@example.org").active


def test_without_a_mail_server_the_link_is_printed(desk: Desk) -> None:
    done = forked.run("accounts", "link", "ana@example.org", "--project", desk.store.path)
    assert b"/sign-in/link/" in done.stdout
    assert b"Give this link to Ana" in done.stderr


def test_a_mail_server_that_offers_no_encryption_gets_nothing(postbox: Postbox) -> None:
    server = MailServer("127.0.0.1", postbox.port, "starttls", "saywhen@example.org", "user", "password")
    with pytest.raises(StoreError, match="STARTTLS"):
        send_link(server, Account(1, "Ana", "ana@example.org"), LinkKind.RESET, "https://desk.example/x")
    assert postbox.messages == []


def test_a_name_can_add_no_lines_to_the_message(postbox: Postbox) -> None:
    server = MailServer("127.0.0.1", postbox.port, "none", "saywhen@example.org")
    send_link(
        server, Account(1, "Ana\r\nBcc: x@evil.example", "ana@example.org"), LinkKind.RESET, "https://desk.example/x"
    )
    assert email.message_from_bytes(postbox.messages[0])["Bcc"] is None
    with pytest.raises(StoreError, match="has no e-mail address"):
        send_link(server, Account(1, "Ana", None), LinkKind.RESET, "https://desk.example/x")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[mail]\nhost = "smtp.example.org"\n', "sender is missing"),
        (
            '[mail]\nhost = "smtp.example.org"\nsecurity = "none"\nsender = "x@y.z"\n',
            "only for a mail server on this machine",
        ),
        ('[mail]\nhost = "h"\nsecurity = "ssl"\nsender = "x@y.z"\n', "must be one of starttls, tls, none"),
        ('[mail]\nhost = "h"\nport = "25"\nsender = "x@y.z"\n', "port must be a whole number"),
        ('[mail]\nhost = "h"\npassword = "x"\n', "put it into password_env or password_file"),
    ],
)
def test_a_wrong_setting_of_the_mail_server_is_refused(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text(text)
    with pytest.raises(StoreError, match=why):
        read(tmp_path / "server.toml")
