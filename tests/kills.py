"""SIGKILLs at random moments while sixteen people save: of the server, within its jobs, and of commands beside it.

The same seed kills after the same pauses.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import forked
from sites import Site
from writers import run

from labeling.services.jobs import Jobs
from labeling.store.project import Store

#: How many articles an import has; they are committed in several transactions.
ARTICLES = 3_000


def kills_of_the_server(folder: Path, count: int, seed: int) -> str:
    """Kill the server `count` times."""
    with Site(folder / "server") as site:
        with site.crowd:
            kill_at_random(site, count, seed)
        return f"{count:,} kills of the server: {site.sound()}"


def kill_at_random(site: Site, count: int, seed: int) -> None:
    """Kill the server so often, and start it again each time; raises AssertionError if people can't save afterwards."""
    chance = random.Random(seed)
    for _ in range(count):
        time.sleep(chance.uniform(0, 0.4))
        site.restart()
    site.crowd.wait_for(1)


def kills_within_jobs(folder: Path, count: int, seed: int) -> str:
    """Kill the server `count` times within an import that it runs as a job, then `count` times within a dataset."""
    chance, said = random.Random(seed), []
    with Site(folder / "jobs") as site:
        requests: dict[str, Callable[[int], tuple[str, bytes]]] = {
            "import": lambda number: (f"/api/import?name={number}.jsonl", _articles(number)),
            "dataset": lambda _: ("/api/datasets", json.dumps({"source": "all"}).encode()),
        }
        with site.crowd:
            for name, request in requests.items():
                began, answered = time.monotonic(), threading.Event()
                _post(site, *request(0), answered)
                longest = time.monotonic() - began
                assert answered.is_set(), name
                within = 0
                for number in range(1, count + 1):
                    answered.clear()
                    asking = threading.Thread(target=_post, args=(site, *request(number), answered))
                    asking.start()
                    time.sleep(chance.uniform(0, longest))
                    within += not answered.is_set()
                    site.restart()
                    asking.join()
                assert within, f"no kill came while {name} ran"
                said.append(f"{within} within {name}")
            site.crowd.wait_for(1)
        _require_whole(site.folder / "exports", site.path)
        sound = site.sound()
        with contextlib.closing(Store.open(site.path)) as store:
            states = Counter(job.state for job in Jobs(store).ended(2 * count + 1))
        assert set(states) <= {"done", "interrupted"}, states
        return f"kills within jobs ({', '.join(said)}; {states['interrupted']} recorded as interrupted): {sound}"


def kills_of_commands(folder: Path, count: int, seed: int) -> str:
    """Kill each long command `count` times; what it leaves is whole or absent, and the same command succeeds."""
    chance, said = random.Random(seed), []
    with Site(folder / "commands") as site:
        home, out = site.folder, site.folder / "out"
        files = [home / f"{number}.jsonl" for number in range(count + 1)]
        for number, file in enumerate(files):
            file.write_bytes(_articles(number))
        commands: dict[str, Callable[[int], list[object]]] = {
            "import": lambda number: ["import", files[number]],
            "export": lambda _: ["export", "--to", out],
            "dataset": lambda _: ["export", "--dataset", "--from", "all", "--to", out],
            "backup": lambda number: ["backup", out / f"{number}.db"],
            "agreement": lambda _: ["agreement", "--all"],
            "remove": lambda number: ["remove", "article", "--import", number + 1, "--reason", "soak", "--yes"],
        }
        with site.crowd:
            for name, arguments in commands.items():
                out.mkdir(exist_ok=True)
                began = time.monotonic()
                done = run(*arguments(0), "--project", site.path)
                longest = time.monotonic() - began
                assert done.returncode == 0, f"{name}: {done.stderr}"
                _require_whole(out, site.path)
                within = 0
                for number in range(1, count + 1):
                    words = [*map(str, arguments(number)), "--project", str(site.path)]
                    command = forked.Command(words, folder=home, stdout=home / "said", stderr=home / "said")
                    time.sleep(chance.uniform(0, longest))
                    within += command.poll() is None
                    command.kill()
                    command.wait(60)
                    _require_whole(out, site.path)
                again = run(*arguments(count), "--project", site.path)
                # The last killed removal may have been saved; then there is nothing left to remove.
                gone = name == "remove" and f"import {count + 1} has no articles left" in again.stderr
                assert again.returncode == 0 or gone, f"{name}: {again.stderr}"
                assert within, f"no kill came while {name} ran"
                said.append(f"{within} within {name}")
            site.crowd.wait_for(0)
        return f"kills of commands ({', '.join(said)}): {site.sound()}"


def _require_whole(folder: Path, project: Path) -> None:
    """Raise AssertionError if something has its name before it is complete; then empty the folder."""
    for each in sorted(folder.glob("[!.]*")):
        if each.is_dir():
            manifest = json.loads((each / "manifest.json").read_bytes())
            assert all((each / file["path"]).stat().st_size == file["bytes"] for file in manifest["files"]), each
        elif each.suffix == ".db":
            checked = run("check", "--project", each)
            assert checked.returncode == 0, checked.stderr
        else:
            for line in each.read_bytes().splitlines():
                json.loads(line)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _articles(of: int) -> bytes:
    """Return the lines of an import, which differ from those of the others; so large that the server makes it a job."""
    words = "“Yes, we will go on Thursday,” said Ann Lee, and the others agreed with her. " * 6
    return "".join(f'{{"text": "Article {number} of import {of}. {words}"}}\n' for number in range(ARTICLES)).encode()


def _post(site: Site, address: str, body: bytes, answered: threading.Event) -> None:
    """Send a request as the first writer; it has no answer if the server is killed."""
    connection = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=120)
    try:
        connection.request(
            "POST",
            address,
            body,
            {"Authorization": f"Bearer {site.crowd.writers[0].token}", "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        words = answer.read()
        assert answer.status in (200, 503), words
        answered.set()
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()
