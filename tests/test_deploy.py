"""What is under deploy/: nginx and Caddy as they are shipped, in front of a real server; and the files for Docker and systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
import yaml
from conftest import TEXT
from proxies import DEPLOY, Site, behind, free_port
from signed_in import PAGE, PASSWORD
from websockets.sync.client import connect

from labeling.annotation import article
from labeling.commands.main import main
from labeling.schema import Schema

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", params=["nginx", pytest.param("caddy", marks=pytest.mark.nightly)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Site]:
    """Each proxy, with TLS, in front of a server with accounts."""
    with behind(request.param, tmp_path_factory.mktemp(request.param), news, article.make(TEXT)) as found:
        yield found


def test_people_sign_in_through_the_proxy_and_their_address_is_not_theirs_to_choose(site: Site) -> None:
    client = site.browser(**{"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "http"})
    assert client.get("/team", headers=PAGE).headers["location"].endswith("/sign-in?next=%2Fteam")
    answer = client.post(f"/sign-in/link/{site.desk.links['Lea']}", data={"password": PASSWORD})
    assert answer.status_code == 303
    assert re.match(r"__(Host|Secure)-saywhen-", answer.headers["set-cookie"])
    assert client.get("/team", headers=PAGE).status_code == 200
    [session] = site.desk.managing.sessions(site.desk.id("Lea"))
    assert session.address == "127.0.0.1"


@pytest.mark.flaky(reruns=1)  # Caddy was once seen to answer no handshake, on a machine that was busy otherwise
def test_a_websocket_goes_through_and_stays_open_while_nothing_is_said(site: Site) -> None:
    client = site.browser()
    answer = client.post(f"/sign-in/link/{site.desk.links['Ana']}", data={"password": PASSWORD})
    cookie = {"Cookie": answer.headers["set-cookie"].split(";")[0]}
    target = f"{site.url.replace('https', 'wss')}/_stcore/stream"
    with connect(target, origin=site.origin, additional_headers=cookie, ssl=site.trusting) as page:  # type: ignore[arg-type]
        time.sleep(6)
        assert page.ping().wait(10)


@pytest.mark.parametrize("megabytes", [30, pytest.param(490, marks=pytest.mark.nightly)])
def test_a_large_import_goes_through_and_is_not_held_in_memory(site: Site, megabytes: int) -> None:
    """nginx accepts 1 MB unless it is set up for more; SayWhen's own limit is 500 MB."""
    token = site.desk.managing.add_token(site.desk.id("Lea"), f"import {megabytes}", ["import"])
    count = megabytes * 10
    known = site.desk.store.count()

    def lines() -> Iterator[bytes]:
        for number in range(count):
            text = " ".join(f"Sentence {megabytes}-{number}-{i}." for i in range(4_000))
            yield f'{{"text": "{text}"}}'.encode().ljust(99_999) + b"\n"

    before = peak(site.desk.server.pid)
    lead = site.browser(Authorization=f"Bearer {token}", **{"Content-Length": str(count * 100_000)})
    answer = lead.post("/api/import?name=many.jsonl", content=lines(), timeout=600)
    assert answer.status_code == 200, answer.text
    assert site.desk.store.count() == known + count
    assert peak(site.desk.server.pid) - before < 100_000_000


def peak(process: int) -> int:
    """Return the most memory that a process has had, in bytes."""
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return int(kilobytes) * 1024


# --- Docker, Compose, systemd -----------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with what follows them."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(words[0], words[1]) for words in lines if words[0].isupper()]


def test_the_image_copies_what_is_there_and_does_not_run_as_root() -> None:
    found = instructions()
    copied = [
        name for word, rest in found if word == "COPY" and not rest.startswith("--") for name in rest.split()[:-1]
    ]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} == {line for line in ignored if line.startswith("!")}
    assert [rest for word, rest in found if word == "USER"] == ["saywhen"]
    assert {"HEALTHCHECK", "VOLUME", "ENTRYPOINT"} <= {word for word, _ in found}


def parsed(command: str, arguments: list[str]) -> click.Context:
    """Return the arguments of a command as it reads them; it isn't run."""
    parent = click.Context(main, info_name="saywhen", **main.context_settings)
    return main.commands[command].make_context(command, arguments, parent=parent)


def test_compose_serves_behind_caddy_in_a_network_that_it_trusts() -> None:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = found["services"]
    command = services["app"]["command"]
    network = found["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert command[command.index("--trusted-proxy") + 1] == network
    assert "ports" not in services["app"]
    assert services["caddy"]["networks"] == services["app"]["networks"] == ["inside"]
    context = parsed(command[0], [*command[1:], "--public-url", "https://desk.example"])
    assert context.params["host"] == "0.0.0.0"
    mounted = dict(each.split(":") for each in services["app"]["volumes"])
    assert mounted == {"data": "/data", "backups": str(context.params["folder"])}
    [made] = [rest for word, rest in instructions() if word == "RUN" and "install -d -o saywhen" in rest]
    assert {*mounted.values()} <= {*made.split()}  # else the volume is root's, and no backup is made
    assert mounted.keys() <= found["volumes"].keys()


@pytest.mark.nightly
def test_a_space_starts_with_a_project_a_lead_and_its_provider_and_starts_again(tmp_path: Path) -> None:
    """As Hugging Face starts it, but for the port, the folder and the proxy's address."""
    folder, port = DEPLOY / "huggingface", free_port()
    about = next(yaml.safe_load_all((folder / "README.md").read_text(encoding="utf-8")))
    dockerfile = (folder / "Dockerfile").read_text(encoding="utf-8")
    assert about["sdk"] == "docker" and f"EXPOSE {about['app_port']}" in dockerfile
    own = {
        "SPACE_HOST": "newsroom-saywhen.hf.space", "LEAD_EMAIL": "lea@example.org", "LEAD_NAME": "Lea Okafor",
        "OAUTH_CLIENT_ID": "abc", "OAUTH_CLIENT_SECRET": "secret", "SAYWHEN_PROJECT": str(tmp_path / "project.db"),
        "SAYWHEN_PROXY": "127.0.0.1", "PORT": str(port), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    headers = {"Host": own["SPACE_HOST"], "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    for start in ("first", "second"):
        with open(tmp_path / f"{start}.log", "wb") as log:
            running = subprocess.Popen([folder / "start.sh"], env=own, cwd=tmp_path, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while True:
                said = (tmp_path / f"{start}.log").read_text()
                try:
                    page = httpx.get(f"http://127.0.0.1:{port}/sign-in", headers=headers, trust_env=False)
                    break
                except httpx.TransportError:
                    assert running.poll() is None and time.monotonic() < deadline, said
                    time.sleep(0.05)
            assert "Sign in with Hugging Face" in page.text
            assert "frame-ancestors https://huggingface.co" in page.headers["content-security-policy"]
            invited = "https://newsroom-saywhen.hf.space/sign-in/link/" in said
            assert invited == (start == "first"), said
            while not [*tmp_path.glob("scheduled-backups/project-*.db")]:
                assert running.poll() is None and time.monotonic() < deadline, said
                time.sleep(0.05)
        finally:
            running.terminate()
            running.wait(30)
    assert tmp_path.joinpath("server.toml").stat().st_mode & 0o077 == 0


def test_the_unit_serves_and_can_write_to_the_project_and_its_backups() -> None:
    name = "saywhen.service"
    text = (DEPLOY / name).read_text(encoding="utf-8")
    [(command, arguments)] = re.findall(r"^ExecStart=\S*/saywhen (\S+) (.*)$", text, re.MULTILINE)
    context = parsed(command, arguments.split())
    [writable] = re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE)
    assert writable.split() == [str(context.params["project"].parent), str(context.params["folder"])]
    [made] = re.findall(r"^    install -d .* -m 700 (.*)$", (ROOT / "docs" / "deployment.md").read_text(), re.MULTILINE)
    assert made == writable
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", DEPLOY / name], capture_output=True, text=True)
        wrong = [line for line in done.stderr.splitlines() if name in line and "is not executable" not in line]
        assert wrong == []


def test_the_command_for_root_runs_as_the_service_does(tmp_path: Path) -> None:
    """Else root makes files that the server can't read, and links to an address that no one can open."""
    unit = (DEPLOY / "saywhen.service").read_text(encoding="utf-8")
    [user, folder, settings, program] = (
        re.findall(rf"^{key}=(\S+)", unit, re.MULTILINE)[0]
        for key in ("User", "WorkingDirectory", "EnvironmentFile", "ExecStart")
    )
    (tmp_path / "folder").mkdir()
    (tmp_path / "settings").write_text("SAYWHEN_PUBLIC_URL=https://desk.example/saywhen\nSECRET='a $b \"c'\n")
    (tmp_path / "runuser").write_text('#!/bin/sh\nprintf "%s|" "$PWD" "$SAYWHEN_PUBLIC_URL" "$SECRET" "$@"\n')
    (tmp_path / "runuser").chmod(0o700)
    script = (DEPLOY / "saywhen.sh").read_text(encoding="utf-8")
    for real, here in ((f"cd {folder}\n", f"cd {tmp_path}/folder\n"), (f". {settings}\n", f". {tmp_path}/settings\n")):
        assert script.count(real) == 1
        script = script.replace(real, here)
    done = subprocess.run(
        ["sh", "-c", script, "saywhen", "accounts", "add", "Lea Okafor"], capture_output=True, text=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )  # fmt: skip
    expected = [str(tmp_path / "folder"), "https://desk.example/saywhen", 'a $b "c']
    expected += ["-u", user, "--", program, "accounts", "add", "Lea Okafor", ""]
    assert done.stdout.split("|") == expected, done.stderr
