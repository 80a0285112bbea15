"""The agreement page in a browser: nothing on it breaks a rule, and a figure leads to the article that lowers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from marking import marked
from playwright.sync_api import BrowserContext, expect
from running import Server

from labeling import sample
from labeling.annotation import article, ops
from labeling.schema import Schema

from .conftest import build
from .test_accessibility import AXE, broken


@pytest.mark.nightly
def test_a_figure_leads_to_the_article_that_lowers_it_and_no_part_breaks_a_rule(
    serve: Callable[..., Server], tmp_path: Path, news: Schema, window: Callable[..., BrowserContext]
) -> None:
    site = build(serve, tmp_path, news)
    line = json.loads(sample.gold_path().read_text(encoding="utf-8").splitlines()[0])
    gold = line["annotations"][0]
    site.add(article.make(line["text"], title=line["title"], outlet=line["outlet"]))
    for name in ("ana", "ben"):
        site.store.sign_in(name)
        marked(site.store, name, line)
        first = next(span["id"] for span in gold["spans"] if span["label"] == "cue")
        steps = [{"kind": "change", "id": first, "label": "speaker"}] if name == "ben" else []
        message = [ops.load({"number": at, **step}) for at, step in enumerate([*steps, {"kind": "submit"}], 1)]
        assert not site.store.append(name, line["id"], f"hand-in-{name}", 0, message).refused
    context = window(color_scheme="dark")
    context.add_init_script(path=AXE)
    page = context.new_page()
    page.goto(f"{site.url}/agreement?annotator=ana")
    page.get_by_role("button", name="Label", exact=True).click()
    expect(page.get_by_role("heading", name="Examples of Label")).to_be_visible()
    expect(page.get_by_text("no span there")).to_have_count(0)
    page.mouse.move(0, 0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert broken(page) == [], scheme
    page.locator("label").filter(has_text="Pairs").click()
    heat = page.get_by_test_id("stVegaLiteChart")
    expect(heat.locator("canvas, svg").first).to_be_visible()
    box = heat.bounding_box()
    assert box
    heat.click(position={"x": round(box["width"] * 0.8), "y": round(box["height"] * 0.4)})
    expect(page.get_by_text("Only: ana, ben")).to_be_visible()
    # Where there is no room beside the figures the examples stay visible below them.
    page.set_viewport_size({"width": 720, "height": 900})
    expect(page.get_by_role("heading", name="Examples of Exact F1")).to_be_in_viewport()
    page.locator("label").filter(has_text="Confusions").click()
    expect(page.get_by_role("combobox", name="Two values")).to_be_visible()
    assert broken(page) == []
    with context.expect_page() as opened:
        page.get_by_role("link", name=line["title"]).click()
    expect(opened.value.get_by_role("heading", name=line["title"])).to_be_visible()
