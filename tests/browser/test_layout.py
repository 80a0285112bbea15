"""Pages stay where they are while they are loaded, and every page is found, in a window of 1280 pixels and on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import PROFILE
from playwright.sync_api import BrowserContext, Page, expect
from running import Server

from labeling import sample
from labeling.project import Project
from labeling.schema import Schema
from labeling.services import stories
from labeling.ui.navigation import PAGES

from .conftest import Site, build, visit

#: The greatest cumulative layout shift that counts as good.
GOOD = 0.1
SIZES = {"1280": {"width": 1280, "height": 800}, "telephone": {"width": 390, "height": 844}}
_WATCH = """window.shifts = [];
new PerformanceObserver((list) => {
    for (const { value, startTime, hadRecentInput, sources } of list.getEntries()) {
        if (hadRecentInput) continue;
        const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round);
        const moved = sources.map(({ node, previousRect, currentRect }) => [
            (node?.closest?.("[data-testid]") ?? node?.parentElement?.closest("[data-testid]"))?.dataset.testid ?? node?.className ?? node?.nodeName,
            (node?.textContent ?? "").slice(0, 30), box(previousRect), box(currentRect)]);
        window.shifts.push({ value, at: Math.round(startTime), moved });
    }
}).observe({ type: "layout-shift", buffered: true });"""
#: What a page has once it is there.
_THERE = {"": '[data-sw="workspace"][data-article]', "review": '[data-sw="review"]'}
_TITLES = {each.url: each.title for each in PAGES if not each.accounts} | {"account": "ana"}


@pytest.fixture(scope="module")
def full(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Site]:
    """The sample with everything: the work of two annotators on it, stories, and a third who is assigned articles."""
    site = build(serve, tmp_path_factory.mktemp("layout"), news)
    for name in ("ana", "ben"):
        Project(site.store, writable=True).import_annotations(sample.gold_path(), names={"gold": name})
    stories.save(site.store, stories.propose(site.store), "ana")
    site.store.sign_in("cleo")
    yield site
    site.server.stop()


def opened(pages: dict[str, Page], site: Site) -> dict[str, list[dict[str, Any]]]:
    """Open pages beside each other, wait until nothing comes any more, and return what moved on the way of each."""
    for url, page in pages.items():
        page.goto(f"{site.url}/{url}?annotator={'cleo' if not url else 'ana'}", wait_until="commit")
    for url, page in pages.items():
        page.locator(_THERE.get(url, "h1")).first.wait_for()
        page.wait_for_function('() => !document.querySelector(\'[data-testid="stStatusWidget"], [data-stale="true"]\')')
        page.wait_for_load_state("networkidle")
    for page in pages.values():
        page.wait_for_timeout(700 / len(pages))
    return {url: page.evaluate("() => window.shifts") for url, page in pages.items()}


#: All pages are opened at night in both sizes, and every day those that moved most, in a window.
_MOVED = {"1280": ["", "stats", "team"]}
_SEEN = {size: [*_TITLES] for size in SIZES} if PROFILE == "nightly" else _MOVED
#: So many pages are opened beside each other: each waits for the server for most of the time.
_BESIDE = 3
_TOGETHER = [(size, urls[at : at + _BESIDE]) for size, urls in _SEEN.items() for at in range(0, len(urls), _BESIDE)]


@pytest.mark.parametrize(
    ("size", "urls"), _TOGETHER, ids=[f"{size}-{'-'.join(url or 'label' for url in urls)}" for size, urls in _TOGETHER]
)
def test_what_is_on_a_page_does_not_move_while_it_is_loaded(
    full: Site, window: Callable[..., BrowserContext], size: str, urls: list[str]
) -> None:
    touch = size == "telephone"
    pages = {}
    for url in urls:
        context = window(viewport=SIZES[size], has_touch=touch, is_mobile=touch)
        context.add_init_script(_WATCH)
        pages[url] = context.new_page()
    moved = []
    for url, found in opened(pages, full).items():
        score = sum(each["value"] for each in found)
        print(f"layout shift of {url or 'label'} at {size}: {score:.3f}")
        if score > GOOD:
            moved.append(f"{url or 'label'}: {score:.3f}")
            moved += [
                f"{each['value']:.3f} {each['at']} {each['moved'][:4]}" for each in found if each["value"] > 0.005
            ]
    assert not moved, "\n".join(moved)


@pytest.mark.nightly
def test_the_navigation_hides_nothing_at_1280_pixels_and_leads_to_every_page(
    full: Site, window: Callable[..., BrowserContext]
) -> None:
    page = window(viewport=SIZES["1280"]).new_page()
    page.goto(f"{full.url}/?annotator=ana")
    bar = page.get_by_test_id("stTopNav")
    for title in ("Label", "Review", "Stories", "ana"):
        expect(bar.get_by_role("link", name=title, exact=True)).to_be_visible()
    for menu in ("Project", "Team"):
        expect(bar.get_by_role("button", name=menu, exact=True)).to_be_visible()
    expect(bar.get_by_text("more")).to_have_count(0)
    for url, title in _TITLES.items():
        visit(page, title)
        page.wait_for_url(lambda address, url=url: address.partition("?")[0] == f"{full.url}/{url}")


def test_the_navigation_of_a_telephone_lists_every_page_below_the_name_of_its_menu(
    full: Site, window: Callable[..., BrowserContext]
) -> None:
    page = window(viewport=SIZES["telephone"], has_touch=True, is_mobile=True).new_page()
    page.goto(f"{full.url}/export?annotator=ana")
    expect(page.get_by_role("heading", name="Export", level=1)).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").tap()
    side = page.get_by_test_id("stSidebar")
    for title in _TITLES.values():
        expect(side.get_by_role("link", name=title, exact=True)).to_be_attached()
    for menu in ("Project", "Team"):
        expect(side.get_by_text(menu, exact=True)).to_be_visible()
    side.get_by_role("link", name="Overview", exact=True).tap()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
