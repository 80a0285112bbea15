"""From annotated articles to the page of their story, by keys and clicks that are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handmade import task_of
from marking import marked
from playwright.sync_api import Locator, Page, expect

from labeling.services import stories
from labeling.services.importing import import_files

from .conftest import Site
from .person import EYES
from .test_stories_page import picture

#: How many keys and clicks may lead from three annotated articles to the finished page of their story.
MOST = 60
#: A span of an article.
Place = tuple[str, str]


class Counted:
    """Someone whose keys and clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def click(self, what: Locator) -> None:
        self.actions += 1
        what.click()


def _groups(gold: dict[str, Any]) -> Iterator[set[tuple[str, str]]]:
    """Yield the quotes that are one utterance, and the dates of one event, each as (number of the file, id of the span)."""
    joined: list[set[str]] = []
    for each in gold["cross"]["quote_variants"]:
        members = set(each["members"])
        for group in [group for group in joined if group & members]:
            joined.remove(group)
            members |= group
        joined.append(members)
    for event in gold["cross"]["date_claims_by_event"].values():
        joined.append({claim["ref"] for claim in event["claims"]})
    for group in joined:
        yield {(number, id) for number, id in (member.split(":") for member in group)}


@pytest.fixture
def groups(shared: Path, fresh: Site) -> dict[Place, set[Place]]:
    """Ana's finished spans and links in the three articles, without utterances and events; and what belongs together."""
    gold = json.loads((shared / "articles" / "gold.json").read_text("utf-8"))
    paths = sorted((shared / "articles").glob("*.txt"))
    ids = {path.name[:3]: taken.article.id for path, taken in zip(paths, import_files(fresh.store, paths), strict=True)}
    fresh.store.sign_in("ana")
    keys: dict[str, str] = {}
    for each in gold["files"]:
        id = ids[each["file"][:3]]
        article = fresh.store.article(id)
        assert article is not None
        task = task_of(each, gold["entities"], article.text)
        for mark in task.marks.values():
            if "who" in mark.attributes:
                keys.setdefault(mark.attributes["who"], f"src{len(keys)}")
        spans = []
        for name, mark in task.marks.items():
            values = {key: value for key, value in mark.attributes.items() if key not in ("utterance", "event")}
            values |= {"who": keys[values["who"]]} if "who" in values else {}
            spans.append({"id": name, "label": mark.label, "fragments": mark.fragments, "attributes": values})
        relations = [
            {"id": f"r{number}", "type": kind, "from": source, "to": target}
            for number, (kind, source, target) in enumerate(task.links)
        ]
        work = {"spans": spans, "relations": relations}
        names = {"source": {id: name for name, id in keys.items()}}
        marked(fresh.store, "ana", {"id": id, "text": article.text, "entries": names, "annotations": [work]})
    places = [{(ids[number], span) for number, span in group} for group in _groups(gold)]
    return {place: group for group in places for place in group}


def _offered(page: Page) -> str:
    """Return the id of the span for which something is offered, once it is; empty where nothing is left to link."""
    offered = page.wait_for_function(
        """() => {
            if (document.querySelector(".sw-hint")?.textContent.startsWith("No more quotes or dates")) return "nothing";
            const shown = document.querySelector('[data-sw="versions"]:not([hidden])')?.dataset.of;
            return shown && shown === window.eyes.active() ? shown : false;
        }"""
    )
    span = str(offered.json_value())
    return "" if span == "nothing" else span


def _answer(page: Page, ana: Counted, right: set[Place]) -> None:
    """Take what is right of what is offered, rather with an entry than without one; else go on."""
    versions = page.locator('[data-sw="version"]')
    shown = [(str(each.get_attribute("data-article")), str(each.get_attribute("data-span"))) for each in versions.all()]
    fits = [at for at, place in enumerate(shown) if place in right]
    if not fits:
        return ana.press("Shift+j")
    at = min(fits, key=lambda at: not versions.nth(at).get_attribute("data-entry"))
    return ana.press("=") if at == 0 else ana.click(versions.nth(at).get_by_role("button", name="Same"))


def test_three_annotated_articles_become_a_finished_story_in_sixty_actions(
    fresh: Site, page: Page, groups: dict[Place, set[Place]]
) -> None:
    page.add_init_script(path=EYES)
    page.goto(f"{fresh.url}/stories?annotator=ana")
    ana = Counted(page)
    ana.click(page.get_by_role("button", name="Propose stories"))
    expect(page.get_by_text("1 story with 3 articles was added.")).to_be_visible()
    ana.click(page.get_by_role("link", name="Label", exact=True))
    for number in range(3):
        workspace = page.locator('[data-sw="workspace"][data-article]')
        workspace.wait_for()
        article = str(workspace.get_attribute("data-article"))
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        ana.press("Shift+j")
        while span := _offered(page):
            _answer(page, ana, groups.get((article, span), set()))
            page.wait_for_function(
                """(span) => window.eyes.active() !== span ||
                    document.querySelector(".sw-hint")?.textContent.startsWith("No more")""",
                arg=span,
            )
        if number == 0:
            picture(page, "linked")
        ana.press("Control+Enter")
        left = page.locator(f'[data-sw="workspace"]:not([data-article="{article}"])')
        expect(left.or_(page.locator(".sw-hint").get_by_text("missing")).first).to_be_visible()
        if not left.count():  # dates that can't be resolved
            ana.press("Control+Enter")
            left.wait_for()
    ana.click(page.get_by_role("link", name="Stories", exact=True))
    expect(page.locator(".sw-why li").first).to_contain_text("Only Thu 8 November 2018 is in both.")
    picture(page, "finished")
    assert ana.actions <= MOST
    _, story = stories.story(fresh.store, stories.all_stories(fresh.store)[0]["id"])
    utterances = [{(each.quote.version.article, each.quote.version.id) for each in row.versions} for row in story.utterances]  # fmt: skip
    events = [{(claim.article, claim.span) for claim in row.claims} for row in story.events]
    several = [group for group in set(map(frozenset, groups.values())) if len(group) > 1]
    said, dated = ([group for group in several if next(iter(group))[1][0] == kind] for kind in "qd")
    assert all(group in utterances for group in said) and len(said) == 9
    assert all(any(made <= group for group in several) for made in events), "no two events are joined"
    assert sum(map(len, events)) >= 0.7 * sum(map(len, dated))
