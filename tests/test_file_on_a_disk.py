"""A project file on a disk that is unmounted, turns read-only or fills up: nothing acknowledged is lost."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from running import Server
from test_file_in_place import MOVED, copied, folder
from writers import crowd, made, ops_in

from labeling.errors import MovedError
from labeling.store.project import Store

__all__ = ["folder"]

pytestmark = pytest.mark.slow


def mounted(*arguments: str) -> None:
    """Mount; skips, saying so, where this is not permitted."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def mount_point(tmp_path: Path) -> Iterator[Path]:
    """An empty folder to mount on, unmounted at the end."""
    point = tmp_path / "disk"
    point.mkdir()
    yield point
    subprocess.run(["umount", "-l", point], capture_output=True, check=False)


def test_a_disk_that_is_unmounted_under_a_server_keeps_everything_acknowledged(
    folder: Path, mount_point: Path, tmp_path: Path
) -> None:
    mounted("--bind", str(folder), str(mount_point))
    server = Server(mount_point / "project.db")
    server.log = tmp_path / "server.log"
    server.start()
    try:
        with crowd(server) as writers:
            writers.wait_for(10)
            subprocess.run(["umount", "-l", mount_point], check=True)
            writers.wait_for_refusals()
            assert all(status == 503 and MOVED in message for status, message in writers.refusals)
    finally:
        server.stop()
    assert list(mount_point.iterdir()) == []
    assert set(ops_in(folder / "project.db")) >= writers.acknowledged


def test_a_disk_that_turns_read_only_under_a_server_acknowledges_nothing_more(
    mount_point: Path, tmp_path: Path
) -> None:
    image = tmp_path / "disk.img"
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    if subprocess.run(["mkfs.ext4", "-q", image], capture_output=True, check=False).returncode:
        pytest.skip("no ext4 file system can be made here")
    mounted("-o", "loop,errors=remount-ro", str(image), str(mount_point))
    made(mount_point / "project.db")
    server = Server(mount_point / "project.db")
    server.log = tmp_path / "server.log"
    server.start()
    try:
        with crowd(server) as writers:
            writers.wait_for(10)
            acknowledged = writers.acknowledged
            # What ext4 does by itself when its disk fails. A save in this very moment is as safe as the disk says it is.
            subprocess.run(["mount", "-o", "remount,abort", mount_point], check=True)
            writers.wait_for_refusals()
            before = writers.acknowledged
            writers.wait_for_refusals()
            assert writers.acknowledged == before
            assert {status for status, _ in writers.refusals} == {503}
    finally:
        server.kill()
    subprocess.run(["umount", mount_point], check=True)
    mounted("-o", "loop", str(image), str(mount_point))
    found = ops_in(mount_point / "project.db")
    assert set(found) >= acknowledged
    assert set(found.values()) == {1}


def test_what_a_full_disk_has_no_room_for_is_copied_once_there_is_room(mount_point: Path) -> None:
    mounted("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount_point))
    path = mount_point / "project.db"
    made(path)
    with closing(Store.open(path)) as store:
        copied(path, mount_point / "b.db")
        store.sign_in("late")
        filling = mount_point / "filling"
        with pytest.raises(OSError, match="No space"), open(filling, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        (mount_point / "b.db").rename(path)

        def until(said: str) -> None:
            deadline = time.monotonic() + 20
            with pytest.raises(MovedError) as refused:
                store.count()
            while said not in str(refused.value):
                assert time.monotonic() < deadline, refused.value
                time.sleep(0.1)
                with pytest.raises(MovedError) as refused:
                    store.count()

        until("can't be copied")
        assert not list(mount_point.glob("*replaced*"))
        filling.unlink()
        until("What had been saved is in")
    (kept,) = mount_point.glob("project.db.replaced-*")
    assert "late" in Store.open_read_only(kept).annotators()
