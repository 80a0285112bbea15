"""Fetching from the web: politely, from public addresses only, and with an outcome for each address."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from labeling.commands.main import main
from labeling.errors import ArticleError, FetchError
from labeling.formats.feeds import addresses_in, addresses_in_list, is_feed
from labeling.services.fetching import Limits, fetch, reaching
from labeling.services.fetching.fetch import version_pieces
from labeling.services.fetching.visiting import Visitor
from labeling.store.project import Store
from labeling.web import location, server

STORY = (
    "The bridge will open on Friday, the minister said in the harbor on Monday evening, after the divers had reported. "
)


def page(text: str, title: str = "The bridge") -> bytes:
    paragraphs = "".join(f"<p>{text} Part {number} of the report follows here.</p>" for number in range(4))
    return f"<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>".encode()


class Web:
    """A small web on this machine: what it answers by path, and which paths were asked for, in order."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                status, headers, body = web.answers.get(self.path, (404, {}, b"nothing"))
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.path == "/slow":
                    for _ in range(20):
                        self.wfile.write(b"<p>still")
                        self.wfile.flush()
                        time.sleep(0.05)
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def has(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.answers[path] = status, {name.replace("_", "-"): value for name, value in headers.items()}, body


@pytest.fixture(scope="module")
def served() -> Iterator[Web]:
    web = Web()
    yield web
    web.server.shutdown()
    web.server.server_close()


@pytest.fixture
def web(served: Web) -> Web:
    served.answers.clear()
    served.asked.clear()
    return served


HERE = Limits(pause=0, allow_private=True)


# --- which addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
        "2001:0:a00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_on_the_public_internet_is_none(address: str) -> None:
    assert not reaching.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_public_addresses_are_public(address: str) -> None:
    assert reaching.is_public(address)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org/a", "https://", "javascript:alert(1)", "http://user:word@example.org/",
     "http://example.org:0/", "http://example.org:99999/", "http://[::1/", "example.org/a"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    with pytest.raises(FetchError):
        reaching.split_address(address)


def test_private_addresses_are_refused_unless_they_are_allowed(web: Web) -> None:
    web.has("/a", page(STORY))
    with pytest.raises(FetchError, match="is not on the public internet"):
        Visitor(Limits(pause=0)).fetch(f"{web.url}/a")
    assert web.asked == []
    assert Visitor(HERE).fetch(f"{web.url}/a").data == page(STORY)


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def private(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("93.184.215.14", "10.0.0.8")]

    monkeypatch.setattr(socket, "getaddrinfo", private)
    with pytest.raises(FetchError, match=r"harmless\.example is not on the public internet \(10\.0\.0\.8\)"):
        Visitor(Limits(pause=0)).fetch("http://harmless.example/")


def test_a_redirect_to_a_private_address_is_refused_too(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "is_public", lambda address: address == "127.0.0.1")
    web.has("/away", b"", 302, Location=web.url.replace("127.0.0.1", "127.0.0.2") + "/secret")
    web.has("/secret", page(STORY))
    with pytest.raises(FetchError, match=r"127\.0\.0\.2 is not on the public internet"):
        Visitor(Limits(pause=0)).fetch(f"{web.url}/away")
    assert "/secret" not in web.asked


# --- politely -----------------------------------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_fetched_and_where_it_cannot_be_read_nothing_is(web: Web) -> None:
    web.has("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    web.has("/private/a", page(STORY))
    web.has("/a", page(STORY))
    with pytest.raises(FetchError, match=r"robots\.txt"):
        Visitor(HERE).fetch(f"{web.url}/private/a")
    Visitor(HERE).fetch(f"{web.url}/a")
    assert web.asked == ["/robots.txt", "/robots.txt", "/a"]
    web.has("/robots.txt", b"", 500)
    with pytest.raises(FetchError, match=r"robots\.txt"):
        Visitor(HERE).fetch(f"{web.url}/a")


def test_a_host_is_asked_again_after_a_pause_and_after_the_one_that_it_asks_for(web: Web) -> None:
    web.has("/robots.txt", b"User-agent: *\nCrawl-delay: 7\n")
    web.has("/a", page(STORY))
    waits: list[float] = []
    visitor = Visitor(Limits(pause=2, allow_private=True), waits.append)
    visitor.fetch(f"{web.url}/a")
    visitor.fetch(f"{web.url}/a")
    assert [round(each) for each in waits] == [7, 7]
    waits.clear()
    web.has("/robots.txt", b"")
    visitor = Visitor(Limits(pause=2, allow_private=True), waits.append)
    visitor.fetch(f"{web.url}/a")
    assert [round(each) for each in waits] == [2]


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_that_is_too_large_is_refused_packed_or_not(web: Web, packed: bool) -> None:
    body = b"x" * 200_000
    web.has("/big", gzip.compress(body) if packed else body, **({"Content_Encoding": "gzip"} if packed else {}))
    with pytest.raises(FetchError, match="larger than 100,000 bytes"):
        Visitor(HERE._replace(bytes=100_000)).fetch(f"{web.url}/big")
    assert Visitor(HERE._replace(bytes=200_000)).fetch(f"{web.url}/big").data == body


def test_a_server_that_drips_is_left_after_the_time_that_a_page_has(web: Web) -> None:
    web.has("/slow", b"")
    with pytest.raises(FetchError, match="took more than"):
        Visitor(HERE._replace(seconds=0.2)).fetch(f"{web.url}/slow")


def test_redirects_are_followed_but_not_in_circles(web: Web) -> None:
    web.has("/old", b"", 301, Location="/a")
    web.has("/a", page(STORY))
    web.has("/round", b"", 302, Location="/round")
    assert Visitor(HERE).fetch(f"{web.url}/old").address == f"{web.url}/a"
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        Visitor(HERE).fetch(f"{web.url}/round")
    with pytest.raises(FetchError, match="404 Not Found"):
        Visitor(HERE).fetch(f"{web.url}/nowhere")


# --- feeds --------------------------------------------------------------------------------------------------------------

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><link>https://x.example/</link>
<item><title>A</title><link> https://x.example/a </link></item><item><link>/b</link></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://x.example/feed"/>
<entry><link rel="edit" href="https://x.example/edit"/><link href="https://x.example/a"/></entry></feed>"""
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://x.example/a</loc></url><url><loc>https://x.example/a</loc></url></urlset>"""
INDEX = SITEMAP.replace(b"urlset", b"sitemapindex").replace(b"<url>", b"<sitemap>").replace(b"</url>", b"</sitemap>")


@pytest.mark.parametrize(
    ("data", "articles", "sitemaps"),
    [
        (RSS, ["https://x.example/a", "https://x.example/b"], []),
        (ATOM, ["https://x.example/a"], []),
        (SITEMAP, ["https://x.example/a"], []),
        (INDEX, [], ["https://x.example/a"]),
    ],
)
def test_feeds_and_sitemaps_name_their_articles_each_once(
    data: bytes, articles: list[str], sitemaps: list[str]
) -> None:
    assert is_feed(data)
    assert addresses_in(data, "https://x.example/feed") == (articles, sitemaps)


def test_a_page_is_no_feed_and_a_feed_with_entities_is_refused() -> None:
    assert not is_feed(page(STORY))
    assert not is_feed(b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>')
    with pytest.raises(ArticleError, match="security risk"):
        addresses_in(b'<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS, "https://x.example/")


def test_a_list_is_one_address_a_line() -> None:
    assert addresses_in_list("# ours\nhttps://x.example/a\n\n https://x.example/b \nhttps://x.example/a\n") == [
        "https://x.example/a",
        "https://x.example/b",
    ]
    with pytest.raises(ArticleError, match="line 2"):
        addresses_in_list("https://x.example/a\nx.example/b\n")


# --- what becomes of it -------------------------------------------------------------------------------------------------


def test_a_feed_becomes_articles_and_each_address_has_an_outcome(web: Web, store: Store) -> None:
    links = "".join(f"<item><link>{web.url}/{name}</link></item>" for name in ("a", "again", "gone", "photo", "empty"))
    web.has(
        "/feed",
        f'<?xml version="1.0"?><rss><channel>{links}</channel></rss>'.encode(),
        Content_Type="application/rss+xml",
    )
    web.has("/a", page(STORY))
    web.has("/again", page(STORY))
    web.has("/photo", b"\xff\xd8", Content_Type="image/jpeg")
    web.has("/empty", b"<html><body><p>Hi</p></body></html>")
    seen: list[tuple[int, int, str]] = []
    report = fetch(store, [f"{web.url}/feed"], by="lea", limits=HERE, tick=lambda *each: seen.append(each))
    tally = report.tally
    assert (tally.new, [source for _, source in tally.known]) == (1, [f"{web.url}/again"])
    assert [(fault.file.rpartition("/")[2], fault.reason[:19]) for fault in tally.faults] == [
        ("gone", "the server answered"), ("photo", "it isn't a web page"), ("empty", "no article was foun"),
    ]  # fmt: skip
    assert seen[-1] == (6, 6, f"{web.url}/empty")
    with store.reading() as project:
        [made] = [project.articles.get(id) for id in project.articles.ids()[2:]]
        [record] = project.imports.all()
    assert made and (made.url, made.title) == (f"{web.url}/a", "The bridge")
    assert (record.by, record.articles) == ("lea", 1)


def test_another_text_at_the_same_address_is_a_version_of_the_first_shown_word_by_word(web: Web, store: Store) -> None:
    web.has("/a", page(STORY))
    fetch(store, [f"{web.url}/a"], by="lea", limits=HERE)
    assert fetch(store, [f"{web.url}/a"], by="lea", limits=HERE).versions == []
    web.has("/a", page(STORY.replace("Friday", "Saturday morning")))
    report = fetch(store, [f"{web.url}/a#part"], by="lea", limits=HERE)
    [version] = report.versions
    assert report.tally.new == 1
    one, two = version_pieces(store, version)
    assert {piece.text.strip(" ,") for piece in one if piece.differs} == {"Friday"}
    assert {piece.text.strip(" ,") for piece in two if piece.differs} == {"Saturday morning"}


def test_a_preview_saves_nothing_and_no_more_than_the_limit_is_fetched(web: Web, store: Store) -> None:
    for name in "abc":
        web.has(f"/{name}", page(STORY + name))
    report = fetch(store, [f"{web.url}/{name}" for name in "abc"], by="lea", limits=HERE, most=2, dry_run=True)
    assert (report.tally.new, store.count()) == (2, 2)
    assert "only 2 are fetched at a time" in report.tally.faults[0].reason
    assert "/c" not in web.asked


def test_the_command_reports_each_address_and_what_differs_in_a_new_version(
    web: Web, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    web.has("/a", page(STORY))
    (tmp_path / "list.txt").write_text(f"# ours\n{web.url}/a\n{web.url}/gone\n")
    asked = ["fetch", "--list", str(tmp_path / "list.txt"), "--pause", "0"]
    refused = CliRunner().invoke(main, asked)
    assert (refused.exit_code, refused.output.count("private addresses aren't fetched")) == (1, 2)
    done = CliRunner().invoke(main, [*asked, "--allow-private"])
    assert done.exit_code == 1
    assert (
        "the server answered 404 Not Found" in done.output and "1 imported, 0 duplicates, 1 not imported" in done.output
    )
    web.has("/a", page(STORY.replace("Friday", "Sunday")))
    again = CliRunner().invoke(main, ["fetch", f"{web.url}/a", "--pause", "0", "--allow-private"])
    assert again.exit_code == 0
    assert "new version: " in again.output and "  - Friday," in again.output and "  + Sunday," in again.output


def test_the_import_page_fetches_and_shows_a_new_version_beside_the_first(
    web: Web, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    monkeypatch.setenv("SAYWHEN_FETCH_PRIVATE", "1")
    server.forget()
    script = """
import streamlit as st
st.session_state["annotator"] = "ana"
from labeling.ui.import_page import import_articles
import_articles()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    for words in ("Friday", "Sunday"):
        web.has("/a", page(STORY.replace("Friday", words)))
        app.text_area(key="addresses").set_value(f"{web.url}/a")
        next(button for button in app.button if button.label == "Fetch").click().run()
        job = server.open_jobs().newest("fetch")
        if not any("imported" in each.value for each in app.success):  # it took more than a second
            assert job and job.wait(30)
            app.run()
        assert not app.exception
        assert any("1 imported, 0 duplicates, 0 not imported" in each.value for each in app.success)
    assert any("New versions (1)" in each.value for each in app.subheader)
    recorded = server.open_jobs().ended(2)
    assert [(each.kind, each.title, each.by) for each in recorded] == [("fetch", "Fetching 1 address", "ana")] * 2
    assert recorded[0].report == ["1 imported, 0 duplicates, 0 not imported."]
    shown = "".join(each.proto.body for each in app.get("html"))
    assert "<del>Friday, </del>" in shown and "<ins>Sunday, </ins>" in shown


def test_fetching_that_is_stopped_imports_the_pages_that_were_fetched(web: Web, store: Store) -> None:
    for name in "abc":
        web.has(f"/{name}", page(STORY.replace("Friday", name)))
    fetched: list[int] = []
    report = fetch(
        store, [f"{web.url}/{name}" for name in "abc"], by="lea", limits=HERE,
        tick=lambda done, total, address: fetched.append(done), stopped=lambda: len(fetched) == 2,
    )  # fmt: skip
    assert (report.tally.new, fetched) == (2, [1, 2])
    assert store.count() == 4  # two were there
