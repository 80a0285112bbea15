"""What happens to a server in a year besides being killed, while sixteen people save.

The project file is moved or replaced, the disk is full, the clock jumps, the server stands still, and edits made offline
arrive all at once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from running import FRESH
from sites import Site
from writers import run

from labeling.store.project import Store
from labeling.web.access import Access

_DAY = 86_400
#: A library that moves the clock of a process by the seconds in a file.
_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(id, at);
    FILE *file = id == CLOCK_REALTIME ? fopen(getenv("SOAK_CLOCK"), "r") : NULL;
    long seconds = 0;
    if (file) { if (fscanf(file, "%ld", &seconds) == 1) at->tv_sec += seconds; fclose(file); }
    return failed;
}
"""


class Skipped(Exception):  # noqa: N818 (it is no error)
    """Raised where something can't be done on this machine; says why."""


def edits_offline(folder: Path) -> str:
    """Send a hundred edits that were made offline, twice, to a server that was killed meanwhile."""
    with Site(folder / "offline") as site:
        site.restart()
        send_offline_edits(site, 100)
        return f"100 edits made offline, sent twice: {site.sound()}"


def send_offline_edits(site: Site, edits: int) -> None:
    """Send so many new edits of the first writer as one message, twice: the first answer may have been lost on its way."""
    writer = site.crowd.writers[0]
    first = len(writer.acknowledged) + 1
    numbers = range(first, first + edits)
    ops = [{"number": n, "kind": "comment", "id": f"c{n}", "text": f"edit {n}"} for n in numbers]
    body = json.dumps({"client": writer.client, "revision": 0, "ops": ops})
    headers = {"Authorization": f"Bearer {writer.token}", "Content-Type": "application/json"}
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", f"/api/articles/{writer.article}/ops", body, headers)
            answer = json.loads(connection.getresponse().read())
        assert answer["confirmed"] == numbers[-1], answer
        assert not answer["refused"], answer
    writer.acknowledged.extend(numbers)


def standstill(folder: Path, seconds: float) -> str:
    """Stop the server with SIGSTOP for some seconds."""
    with Site(folder / "still") as site:
        with site.crowd:
            stand_still(site, seconds)
        return f"server stopped for {seconds:g} s: {site.sound()}{site.refusals()}"


def stand_still(site: Site, seconds: float) -> None:
    """Stop the server with SIGSTOP for some seconds; raises AssertionError if people can't save afterwards."""
    site.crowd.wait_for(1)
    os.kill(site.server.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(site.server.pid, signal.SIGCONT)
    site.crowd.wait_for(2)


def full_disk(folder: Path) -> str:
    """Fill the disk, then free it."""
    with mounted(folder / "disk") as disk, Site(disk / "full") as site:
        with site.crowd:
            fill_disk(site, disk)
        return f"full disk: {site.sound()}{site.refusals()}"


def fill_disk(site: Site, disk: Path) -> None:
    """Fill the site's disk, and free it once people were refused; raises AssertionError if they can't save afterwards."""
    site.crowd.wait_for(1)
    with contextlib.suppress(OSError), open(disk / "filling", "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    site.crowd.wait_for_refusals()
    (disk / "filling").unlink()
    site.crowd.wait_for(2)


def file_moved(folder: Path) -> str:
    """Move the project file away with the files beside it, and back."""
    with Site(folder / "moved") as site:
        there = [site.path.with_name(f"project.db{ending}") for ending in ("", "-wal", "-shm")]
        away = [each.with_name(f"away-{each.name}") for each in there]
        with site.crowd:
            site.crowd.wait_for(3)
            for old, new in zip(there, away, strict=True):
                old.rename(new)
            site.crowd.wait_for_refusals()
            for old, new in zip(there, away, strict=True):
                new.rename(old)
            site.crowd.wait_for(3)
        return f"file moved away and back: {site.sound()}{site.refusals()}"


def file_replaced(folder: Path) -> str:
    """Put an older copy in the place of the project file."""
    older = folder / "older.db"
    with Site(folder / "replaced") as site:
        with site.crowd:
            site.crowd.wait_for(3)
            assert run("backup", older, "--project", site.path).returncode == 0
            site.crowd.wait_for(3)
            older.replace(site.path)
            site.crowd.wait_for_refusals()
        site.server.stop()
        (kept,) = site.folder.glob("project.db.replaced-*")
        return f"file replaced: {site.sound(kept)}{site.refusals()}"


def clock_jumps(folder: Path) -> str:
    """Have the clock jump two days ahead and back, then two days behind and back."""
    if not (compiler := shutil.which("cc")):
        raise Skipped("clock jumps: there is no C compiler")
    library, seconds = folder / "clock.so", folder / "seconds"
    (folder / "clock.c").write_text(_CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "clock.c", "-ldl"], check=True)
    seconds.write_text("0")
    command = ("env", f"LD_PRELOAD={library}", f"SOAK_CLOCK={seconds}", *FRESH)
    with Site(folder / "clock", command) as site:
        with contextlib.closing(Store.open(site.path)) as store:
            access = Access(site.path, store.id)
        with site.crowd:
            for days in (2, 0, -2, 0):
                site.crowd.wait_for(3)
                draft = seconds.with_suffix(".draft")
                draft.write_text(str(days * _DAY))
                draft.rename(seconds)
                now = time.time() + days * _DAY
                with mock.patch("time.time", return_value=now):  # a page would get a new token
                    for writer in site.crowd.writers:
                        writer.token = access.token(writer.name)[0]
            site.crowd.wait_for(3)
        return f"clock two days ahead and back, then behind and back: {site.sound()}{site.refusals()}"


@contextlib.contextmanager
def mounted(point: Path) -> Iterator[Path]:
    """Mount a disk of 8 MB in a new folder, and yield the folder; raises Skipped."""
    point.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", point], capture_output=True, check=False)
    if done.returncode:
        raise Skipped("full disk: nothing can be mounted here; try it as root")
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", point], capture_output=True, check=False)
