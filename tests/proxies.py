"""nginx and Caddy as they are shipped under deploy/, with TLS, in front of a real server with accounts."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from certificates import make_certificate
from signed_in import Desk, make_desk

from labeling.annotation.article import Article
from labeling.schema import Schema

DEPLOY = Path(__file__).parent.parent / "deploy"


def free_port() -> int:
    """Return a port that no one uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx(folder: Path, port: int, server: int) -> list[str]:
    """Write the shipped configuration with this machine's names, and return the command that runs it."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    plain = free_port()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "server_name desk.example;": "server_name 127.0.0.1;",
        "/etc/letsencrypt/live/desk.example/fullchain.pem": str(folder / "cert.pem"),
        "/etc/letsencrypt/live/desk.example/privkey.pem": str(folder / "key.pem"),
        "http://127.0.0.1:8501;": f"http://127.0.0.1:{server};",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\ndaemon off;\nuser root;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, server: int) -> list[str]:
    """Likewise for Caddy; the certificate is the test's, since no authority vouches for 127.0.0.1."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    site = "{$SAYWHEN_HOST:desk.example} {"
    assert site in text
    text = text.replace(site, f"https://127.0.0.1:{port} {{\n\ttls {folder}/cert.pem {folder}/key.pem")
    text = text.replace("{$SAYWHEN_SERVER:127.0.0.1:8501}", f"127.0.0.1:{server}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{text}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


PROXIES: dict[str, tuple[Callable[[Path, int, int], list[str]], str]] = {
    "nginx": (nginx, "/saywhen"),
    "caddy": (caddy, ""),
}


class Site:
    """A server behind a proxy."""

    def __init__(self, desk: Desk, url: str, trusting: ssl.SSLContext) -> None:
        self.desk, self.url, self.trusting = desk, url, trusting
        self.origin = "/".join(url.split("/")[:3])

    def browser(self, **headers: str) -> httpx.Client:
        """Return a browser of someone who has not signed in."""
        return httpx.Client(
            base_url=self.url,
            headers={"Origin": self.origin, **headers},
            verify=self.trusting,
            timeout=60,
            trust_env=False,
        )


@contextmanager
def behind(proxy: str, folder: Path, label_set: Schema, *articles: Article) -> Iterator[Site]:
    """Run a proxy in front of a server with articles; skips, saying so, where the proxy isn't installed."""
    configure, path = PROXIES[proxy]
    if shutil.which(proxy) is None:
        pytest.skip(f"{proxy} is not installed; on Debian: apt-get install {proxy}")
    cert, _ = make_certificate(folder)
    port = free_port()
    url = f"https://127.0.0.1:{port}{path}"
    options = ["--public-url", url, "--trusted-proxy", "127.0.0.1", "--log-requests"]
    desk = make_desk(folder, label_set, options=options)
    list(desk.store.add_articles(articles))
    with open(folder / "proxy.log", "wb") as log:
        running = subprocess.Popen(configure(folder, port, desk.server.port), stdout=log, stderr=log, cwd=folder)
    found = Site(desk, url, ssl.create_default_context(cafile=str(cert)))
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                if found.browser().get("/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            said = "".join(each.read_text() for each in folder.glob("*.log"))
            assert running.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
        yield found
    finally:
        running.terminate()
        running.wait(10)
        desk.server.stop()
