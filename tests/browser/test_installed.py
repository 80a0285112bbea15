"""Whoever installs the wheel into an empty environment gets to the first label in an empty folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from installed import install
from playwright.sync_api import Page
from running import Server

from labeling import sample
from labeling.annotation import article

from .person import Keyboard


def test_the_wheel_serves_an_empty_folder_to_the_first_label(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = install(tmp_path / "installed")
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.delenv("PYTHONPATH", raising=False)
    server = Server(folder / "project.db", [str(installed.saywhen)], folder)
    server.start()
    try:
        text = json.loads(sample.articles_path().read_text(encoding="utf-8").splitlines()[0])["text"]
        ana = Keyboard(page, server.url, "ana")
        ana.sign_in()
        ana.arrive(id := article.id_of(text.encode()), text)
        start, end = text.index('"at the end'), text.index('" to agree') + 1
        quote = ana.mark("quote", (start, end))
        ana.wait_until_saved()
    finally:
        server.stop()
    log = installed.run(installed.saywhen, "ops", id, "--as", "ana", folder=folder)
    (saved,) = map(json.loads, log.splitlines())
    assert (saved["id"], saved["label"], saved["fragments"][0]["start"]) == (quote, "quote", start)
