"""Suggestions for shards of articles: the same as in a project, the same after a kill, and never mixed with another run's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import invoke
from fsspec.implementations.local import LocalFileSystem
from test_learning import stored, text

from labeling import extras, schema
from labeling.annotation.article import make
from labeling.dataset.duplicates import sign
from labeling.dataset.fingerprints import pairs
from labeling.errors import BulkError, MissingExtraError, StoreError
from labeling.services.bulk import duplicates, suggesting
from labeling.services.bulk import running as bulk
from labeling.services.bulk.shards import Shard, read_shard, shards_at
from labeling.services.suggestions import running
from labeling.store.fingerprint_files import pairs_in
from labeling.store.project import Store

NEWS = schema.load(schema.find("news"))
ROOT = Path(__file__).parent.parent
SHARDS, EACH = 6, 8
#: A run that can be killed in the middle, since its suggester takes its time; or one whose suggester kills its process and
#: hangs, each once, or kills it always.
RUN = """
import os, signal, sys, time
from pathlib import Path
from labeling import schema
from labeling.services.bulk import suggesting, supervision
from labeling.services.suggestions import running
from labeling.services.suggestions.sources import RankerSource
SHARDS, OUT, MANNER = sys.argv[1:]
def first(what):
    try:
        Path(f"{OUT}-{what}").touch(exist_ok=False)
    except FileExistsError:
        return MANNER == "always"
    return True
class Faulty(RankerSource):
    def of(self, row):
        if MANNER == "slow":
            time.sleep(0.02)
        elif "number 10 " in row.text and first("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif "number 11 " in row.text and first("hung"):
            time.sleep(600)
        return super().of(row)
if __name__ == "__main__":
    supervision.STALLED, supervision._GRACE, supervision._ATTEMPTS = 6, 0.3, 2
    news = schema.load(schema.find("news"))
    source = Faulty(running.outside_project("default", news).ranker, news)
    print(suggesting.suggest_in_bulk(SHARDS, OUT, source, news, workers=2, warn=print))
"""


def run_of(*arguments: object, folder: Path) -> subprocess.Popen[str]:
    """Start RUN in a session of its own."""
    (folder / "run.py").write_text(RUN)
    return subprocess.Popen(
        [sys.executable, folder / "run.py", *map(str, arguments)], start_new_session=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def bulk_suggest(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `saywhen bulk suggest` in a process of its own, as it starts others with the main module of its process."""
    return subprocess.run(
        [sys.executable, "-m", "labeling", "bulk", "suggest", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """A folder of shards: JSON lines and, in a folder below, Parquet; a row has no text."""
    folder = tmp_path / "shards"
    (folder / "more").mkdir(parents=True)
    for number in range(SHARDS):
        rows = [
            {"text": text(number * EACH + at), "title": f"Article {at}", "published": "2024-03-13", "language": "en"}
            for at in range(EACH)
        ]
        if number == SHARDS - 1:
            pq.write_table(pa.Table.from_pylist(rows), folder / "more" / f"{number}.parquet")
        else:
            lines = [json.dumps(row) for row in rows] + (['{"title": "No text"}'] if number == 0 else [])
            (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def predictions(folder: Path) -> dict[str, bytes]:
    """Return what a run has written, by path, without its notes on progress."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and bulk.PROGRESS not in path.parts
    }


def test_shards_are_found_in_folders_below_and_read_as_an_import_reads_them(shards: Path) -> None:
    found = shards_at(str(shards))
    assert [each.path for each in found] == [*(f"{number}.jsonl" for number in range(5)), "more/5.parquet"]
    assert found[-1].output("predictions", ".jsonl") == "more/5.parquet.jsonl"
    for shard, first in ((found[1], text(EACH)), (found[-1], text(5 * EACH))):
        article, *_ = rows = list(read_shard(str(shards), shard))
        assert len(rows) == EACH
        assert article.text == first and article.published.value == "2024-03-13" and article.language == "en"
    [one] = shards_at(str(shards / "0.jsonl"))
    assert one.output("predictions", ".jsonl") == "predictions.jsonl"
    assert len(list(read_shard(str(shards / "0.jsonl"), one))) == EACH + 1
    for address, reason in ((shards / "gone", "has no shards"), ("nowhere://x", "can't use the address")):
        with pytest.raises(StoreError, match=reason):
            shards_at(str(address))
    (shards / "torn.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(StoreError, match="can't read the shard"):
        list(read_shard(str(shards), Shard("torn.parquet", 1)))


def test_without_datatrove_its_extra_is_named(shards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'saywhen-labeling\[bulk\]'"):
        suggesting.suggest_in_bulk(str(shards), str(shards / "out"), running.outside_project("default", NEWS), NEWS)


@pytest.mark.parametrize("to", [".", "more"])
def test_articles_are_never_overwritten_by_predictions(shards: Path, to: str) -> None:
    """Predictions have the names of their shards."""
    address = shards / to
    (address / "2.jsonl").write_text((shards / "1.jsonl").read_text())
    (address / "mine.part").touch()
    before = predictions(shards)
    with pytest.raises(BulkError, match=r"2\.jsonl exists and would be overwritten|0\.jsonl exists"):
        suggesting.suggest_in_bulk(str(shards), str(address), running.outside_project("default", NEWS), NEWS)
    assert predictions(shards) == before


def test_only_unfinished_predictions_are_removed(tmp_path: Path) -> None:
    mine, left = tmp_path / "film.part", tmp_path / "more" / f"0.jsonl.{'0a' * 6}.part"
    left.parent.mkdir()
    mine.touch()
    left.touch()
    bulk.remove_drafts(str(tmp_path))
    assert mine.exists() and not left.exists()


@pytest.mark.slow
def test_a_killed_run_goes_on_at_the_shard_and_ends_as_an_unbroken_one(shards: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    said = bulk_suggest(shards, "--to", whole, "--workers", "2").stdout
    assert f"default 1: {SHARDS * EACH} articles in {SHARDS} shards, 1 invalid row" in said, said
    assert f"{SHARDS} shards, {SHARDS} remaining: about" in said
    child = run_of(shards, cut, "slow", folder=tmp_path)
    until = time.monotonic() + 60
    while not list(cut.glob("*.part")) or len(list(cut.glob(f"{bulk.PROGRESS}/completions/*"))) < 2:
        assert time.monotonic() < until
        time.sleep(0.005)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    left = predictions(cut)
    assert 2 <= len([path for path in left if path.endswith(".jsonl")]) < SHARDS
    assert any(path.endswith(".part") for path in left)
    done = {path: (cut / path).stat().st_mtime_ns for path in ("0.jsonl", "1.jsonl")}
    bulk_suggest(shards, "--to", cut).check_returncode()
    assert predictions(cut) == predictions(whole)
    assert {path: (cut / path).stat().st_mtime_ns for path in done} == done  # what was complete isn't done again


@pytest.mark.slow
def test_a_project_reads_the_predictions_which_are_those_of_its_own_run(shards: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    bulk_suggest(shards, "--to", out).check_returncode()
    store = Store.create(tmp_path / "project.db", NEWS)
    list(store.add_articles([make(text(n), published="2024-03-13", language="en") for n in range(SHARDS * EACH)]))
    running.run(store)
    own = {id: each.body for id, each in stored(store).items()}
    said = invoke("suggest", "--project", store.path, "--suggester", f"file:{out}")
    assert (
        "file:out" in said.output
        and f"{SHARDS * EACH} articles processed" in said.output
        and "dropped" not in said.output
    )
    with store.reading() as project:
        read = {id: {each.suggester: each.body for each in project.suggestions.of(id)} for id in own}
    assert {id: found["file:out"] for id, found in read.items()} == own


@pytest.mark.nightly
@pytest.mark.slow
def test_a_process_that_is_killed_or_hangs_is_replaced_and_no_shard_is_lost(shards: Path, tmp_path: Path) -> None:
    out, whole = tmp_path / "out", tmp_path / "whole"
    said, _ = run_of(shards, out, "once", folder=tmp_path).communicate(timeout=120)
    assert "a process of the run was killed (signal 9); starting again with the remaining" in said, said
    assert "the run did no article in 6 seconds; starting again with the remaining" in said
    assert f"BulkCounts(articles={SHARDS * EACH}, unreadable=1" in said
    bulk_suggest(shards, "--to", whole).check_returncode()
    assert predictions(out) == predictions(whole)


@pytest.mark.nightly
@pytest.mark.slow
def test_a_run_whose_processes_are_always_killed_stops_with_the_remedy(shards: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = run_of(shards, out, "always", folder=tmp_path)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "killed (signal 9), 2 times without completing a shard; run the same command again to resume" in said, said
    assert "leaked" not in said
    other = invoke("bulk", "suggest", shards, "--to", out, "--schema", "polnear")
    assert other.exit_code == 1 and "has the predictions of another run, with another label set; write" in other.output


def test_slurm_needs_the_time_and_the_partition(shards: Path, tmp_path: Path) -> None:
    with pytest.raises(BulkError, match="Slurm needs the time and the partition"):
        suggesting.suggest_in_bulk(
            str(shards), str(tmp_path / "slurm"), running.outside_project("default", NEWS), NEWS, engine="slurm"
        )


def copies() -> list[str]:
    """Return texts of which some are copies, or begin alike: by number one of its own, a shared one, or both."""
    return [text(number % 40) + (" " + text(number % 7 + 100) if number % 3 else "") for number in range(90)]


def test_the_candidates_are_the_pairs_that_are_found_in_memory(shards: Path, tmp_path: Path) -> None:
    texts, folder = copies(), tmp_path / "copies"
    folder.mkdir()
    for number in range(3):
        rows = [{"text": each} for each in texts[30 * number : 30 * (number + 1)]]
        if number == 1:
            pq.write_table(pa.Table.from_pylist(rows), folder / "1.parquet")
        else:
            (folder / f"{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "out"
    (out / "x").mkdir(parents=True)
    work = duplicates.FingerprintWork()
    for shard in shards_at(str(folder)):  # as a run does in processes of its own
        with (out / shard.output("", work.suffix)).open("wb") as file:
            rows = ((number, row) for number, row in enumerate(read_shard(str(folder), shard)))
            work.write(shard.path, rows, file, Counter())
    files = sorted(map(str, out.glob("*.parquet")))
    found = list(pairs_in(LocalFileSystem(), files, tmp_path))
    place = {
        (f"{number}.{'parquet' if number == 1 else 'jsonl'}", at): 30 * number + at
        for number in range(3)
        for at in range(30)
    }
    expected = pairs([sign(each).prints for each in texts]).tolist()
    assert len(expected) > 100
    assert sorted((place[a, b], place[c, d]) for a, b, _, c, d, *_ in found) == [
        (n >> 32, n & 0xFFFFFFFF) for n in expected
    ]


@pytest.mark.slow
def test_the_command_lists_copies_with_their_shards_and_what_they_share(shards: Path, tmp_path: Path) -> None:
    (shards / "copy.jsonl").write_text((shards / "2.jsonl").read_text())
    out = tmp_path / "out"
    for _ in range(2):  # the second time all shards are done, and the pairs are the same
        said = subprocess.run(
            [sys.executable, "-m", "labeling", "bulk", "duplicates", shards, "--to", out],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ).stdout  # fmt: skip
        lines = [json.loads(line) for line in (out / "candidates.jsonl").read_text().splitlines()]
        assert f"{len(lines)} pairs of {SHARDS * EACH + EACH} articles in {out}/candidates.jsonl, 1 invalid row" in said
    same = [line for line in lines if line["articles"][0]["id"] == line["articles"][1]["id"]]
    assert [line["articles"][0] | {"shard": "copy.jsonl"} for line in same] == [
        line["articles"][1] | {"shard": "copy.jsonl"} for line in same
    ]
    assert sorted(line["articles"][0]["row"] for line in same) == list(range(EACH))
    assert {line["share"] for line in same} == {1.0}
    again = invoke("bulk", "suggest", shards, "--to", out)
    assert again.exit_code == 1 and "has the fingerprints of another run; write to another folder" in again.output
