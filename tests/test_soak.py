"""Short forms of `make soak`: a server that is disturbed loses nothing, and a clock that jumps changes no order."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest
from conftest import op
from disasters import Skipped, fill_disk, mounted, send_offline_edits, stand_still
from kills import kill_at_random
from sites import Site

from labeling.services.verify_project import verify
from labeling.store.project import Store


@pytest.mark.slow
def test_a_server_that_is_killed_and_stopped_on_a_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        disk = tmp_path / "disk"
        try:
            stack.enter_context(mounted(disk))
            fills = True
        except Skipped:  # only root can mount a disk; the rest is worth trying
            fills = False
        site = stack.enter_context(Site(disk / "project"))
        with site.crowd:
            kill_at_random(site, 2, seed=1)
            stand_still(site, 0.3)
            if fills:
                fill_disk(site, disk)
        send_offline_edits(site, 100)
        site.sound()


def test_a_clock_that_jumps_two_days_changes_neither_the_order_of_edits_nor_what_is_counted(store: Store) -> None:
    [article, _] = (each.id for each, _ in store.annotated())
    for number, days in enumerate((0, 2, 0, -2, 0), 1):
        at = datetime.now(UTC) + timedelta(days=days)
        with mock.patch("labeling.store.timestamps.datetime", **{"now.return_value": at}):
            edit = op(number, "comment", id=f"c{number}", text=f"{days}")
            answer = store.append("ana", article, "client-ana", 0, [edit])
        assert (answer.confirmed, answer.refused) == (number, [])
    log = store.log("ana", article)
    assert [each["number"] for each in log] == [1, 2, 3, 4, 5]
    assert [each["at"] for each in log] != sorted(each["at"] for each in log), "the clock did jump"
    assert not [verdict for verdict in verify(store) if verdict.difference]
