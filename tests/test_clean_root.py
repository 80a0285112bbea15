"""The steps of the Dockerfile, in a clean Debian made by debootstrap: no Docker daemon is needed, but root and the network."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_deploy import ROOT, instructions

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1200)]

_MIRROR = "http://deb.debian.org/debian"
#: What the image of Python has besides Debian's smallest system.
_PYTHON = "python3,python3-venv,ca-certificates"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian with Python 3.11 and nothing else, as the image that the Dockerfile begins with."""
    if os.getuid() or not (debootstrap := shutil.which("debootstrap")):
        pytest.skip("needs root and debootstrap")
    root = tmp_path_factory.mktemp("clean") / "root"
    made = subprocess.run(
        [debootstrap, "--variant=minbase", f"--include={_PYTHON}", "bookworm", root, _MIRROR],
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    for file in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):  # a network of its own has its own authority
        shutil.copy(f"/{file}", root / file)
    yield root
    shutil.rmtree(root)


def inside(
    root: Path, command: list[str], user: str = "root", folder: str = "/", out: Any = subprocess.PIPE, **env: str
) -> subprocess.Popen[bytes]:
    """Start a command in a root of its own, with the settings that pip has here."""
    kept = {key: value for key, value in os.environ.items() if key.startswith("PIP_") or key.lower().endswith("_proxy")}
    path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    enter = [
        shutil.which("chroot") or "chroot",
        f"--userspec={user}",
        root,
        "/bin/sh",
        "-c",
        'cd "$0" && exec "$@"',
        folder,
        *command,
    ]
    environment = {"PATH": path, "HOME": "/tmp", "LANG": "C.UTF-8", **kept, **env}
    return subprocess.Popen(enter, env=environment, stdout=out, stderr=subprocess.STDOUT)


def test_the_steps_of_the_dockerfile_make_a_server_that_is_healthy_and_isnt_root(root: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder, user, env, start, health = "/", "root", dict[str, str](), list[str](), list[str]()
    for word, rest in instructions():
        match word:
            case "WORKDIR":
                folder = rest
                (root / rest[1:]).mkdir(parents=True, exist_ok=True)
            case "COPY" if not rest.startswith("--"):
                *names, into = rest.split()
                for name in names:
                    target = root / folder[1:] / ("" if into.startswith("./") and (ROOT / name).is_file() else into)
                    if (ROOT / name).is_dir():
                        shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
                    else:
                        shutil.copy(ROOT / name, target)
            case "RUN":
                ran = inside(root, ["/bin/sh", "-c", rest], folder=folder)
                said, _ = ran.communicate()
                assert ran.returncode == 0, said[-3000:]
            case "ENV":
                env |= {
                    key: value.replace("$PATH", "/usr/bin:/bin")
                    for key, value in (each.split("=", 1) for each in rest.split())
                }
            case "USER":
                user = rest
            case "ENTRYPOINT" | "CMD":
                start += json.loads(rest)
            case "HEALTHCHECK":
                health = json.loads(rest.split("CMD", 1)[1].replace("8501", str(port)))
    # As docs/deployment.md has it: without accounts, a server isn't reached from outside.
    lead = ["accounts", "add", "Lea", "--email", "lea@example.org", "--lead"]
    for command in (["new"], lead):
        done = inside(root, [start[0], *command], user, folder, **env)
        said, _ = done.communicate()
        assert done.returncode == 0, said[-2000:]
    public = ["--public-url", "https://desk.example", "--trusted-proxy", "127.0.0.1", "--port", str(port)]
    with open(root / "server.log", "wb") as log:
        server = inside(root, [*start, *public], user, folder, log, **env)
    try:
        deadline = time.monotonic() + 60
        while (check := inside(root, health, user, folder, **env)).wait():
            assert server.poll() is None, (root / "server.log").read_text()[-2000:]
            assert time.monotonic() < deadline, check.returncode
            time.sleep(0.5)
        assert (root / "data/project.db").stat().st_uid == 10001 == Path(f"/proc/{server.pid}").stat().st_uid
    finally:
        server.terminate()
        server.wait(30)
