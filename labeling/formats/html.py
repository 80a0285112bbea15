"""HTML: a saved page becomes the article on it, without menus, advertisements and scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.reading import Fault, Source

#: The most tags a page may have; reading takes a second for some 10,000 of them.
MAX_TAGS = 200_000

#: The most attributes that one tag may have: the parser holds each against all before it.
MAX_ATTRIBUTES = 5_000

#: The largest page, in bytes: reading takes some 40 to 60 times as much memory, and an import shall do with 250 MB.
MAX_PAGE = 3_000_000

#: The shortest text that counts as an article, in code points: “Please switch on JavaScript” is none.
MIN_TEXT = 60

_TAG = re.compile(r"""<\w(?:[^>"']|"[^"]*"|'[^']*')*""")
_VALUE = re.compile(r""""[^"]*"|'[^']*'""")

# Encodings a page may declare; any other name (Python knows odd ones) is not tried.
_ENCODINGS = re.compile(
    r"windows-125\d|cp125\d|iso-8859-\d{1,2}|latin-?1|us-ascii|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5|euc-(jp|kr)|shift_jis|iso-2022-jp"
)
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PAGE = re.compile(r"<(!doctype|html|head|body)\b", re.IGNORECASE)
# References to what neither HTML nor XML can hold; the extractor gives a page with one up.
_UNSOUND = re.compile(
    r"&#(?:0*(?:[1-8]|1[1245-9]|2\d|3[01])(?!\d)|x0*(?:[1-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?", re.IGNORECASE
)
_NO_BREAKS = "\u00a0\u202f"
_NO_BREAK = re.compile(rf"(?<=\S)[{_NO_BREAKS}](?=\S)")
#: Letters of a script that no one can read.
_LINEAR_A = (0x10600, 0x10737)
_BLOCKS = frozenset({"p", "head", "quote", "list", "item", "table", "row", "div", "body", "main", "article", "section"})


def read_html(source: Source) -> Iterator[Article | Fault]:
    """Yield the article of a page, or its error.

    Paragraphs are separated by an empty line. The publication date counts as “metadata” when the page's markup
    states it, as “url” when its address does, and as “inferred” when it was found in the page's text.
    """
    try:
        page = _decoded(source)
        if page.count("<") > MAX_TAGS:
            raise ArticleError(f"the page has more than {MAX_TAGS:,} tags; save its text as a .txt file")
        if any(len(tag[0]) > MAX_ATTRIBUTES < len(_VALUE.sub("", tag[0]).split()) for tag in _TAG.finditer(page)):
            raise ArticleError(
                f"a tag has more than {MAX_ATTRIBUTES:,} attributes; save the page's text as a .txt file"
            )
        found = _extracted(page)
        if not found:
            raise ArticleError("no article was found on the page; save its text as a .txt file")
        yield article.make(**found, source=source.name)
    except ArticleError as error:
        yield source.fault(None, error)


def _decoded(source: Source) -> str:
    """Return the page as text: UTF-8 if it is, else as it declares itself; raises ArticleError."""
    raw = source.read()
    if len(raw) > MAX_PAGE:
        raise ArticleError(f"the page is larger than {MAX_PAGE:,} bytes; save its text as a .txt file")
    declared = _DECLARED.search(raw, 0, 4096)
    encoding = declared[1].decode().lower() if declared and not source.marked and not source.hints.encoding else "utf-8"
    if encoding != "iso-2022-jp":  # the only one whose bytes are all ASCII, and so UTF-8 too
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            wrong = source.wrong_byte(raw[error.start], source.start + error.start)
    if not _ENCODINGS.fullmatch(encoding):
        raise ArticleError(wrong)
    # Browsers read these two as windows-1252, which has the curly quotation marks.
    name = "windows-1252" if encoding in ("iso-8859-1", "us-ascii") else encoding
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError):
        raise ArticleError(f"the page claims to be {encoding} but isn't; save it as UTF-8") from None


def _extracted(page: str) -> dict[str, Any]:
    """Return what `article.make` needs of a page, nothing when there is no article; raises ArticleError."""
    # Slow to import, and only pages need it.
    import trafilatura

    page = _UNSOUND.sub("", page)
    if not _PAGE.search(page):
        page = f"<html><body>{page}</body></html>"
    # Without the extensive search, which takes any date of the page for the date of its publication.
    date = {"extensive_search": False, "original_date": True}
    try:
        tree: Any = trafilatura.load_html(page)
        if tree is None:
            return {}
        kept = _protected(tree)
        found: Any = trafilatura.bare_extraction(
            tree, include_comments=False, with_metadata=True, date_extraction_params=date
        )
        text = "\n\n".join(_paragraphs(found.body, kept)) if found else ""
    except Exception as error:  # whatever a strange page makes the extractor do, the other files go on
        raise ArticleError(f"the page can't be read ({type(error).__name__}); save its text as a .txt file") from error
    if len(text) < MIN_TEXT or _is_menu(tree, text, kept):
        return {}
    # A page's metadata is no one's word: what cannot be kept is omitted and the article goes in.
    stated = {"title": found.title, "outlet": found.sitename, "url": found.url, "language": _language(tree)}
    stated = {name: value and value.translate(kept) for name, value in stated.items()}
    fields = {name: value for name, value in stated.items() if value and _makes_an_article(**{name: value})}
    if found.date and _makes_an_article(published=found.date):
        fields |= {"published": found.date, "published_basis": _basis(tree, found.date, found.url or "")}
    return {"text": text, **fields}


def _protected(tree: Any) -> dict[int, str]:
    """Put letters that the page does not have for its no-break spaces, which the extractor would make plain ones.

    Returns the table that puts them back. Those beside other blanks, or alone, stand for nothing and are left.
    """
    parts = [(element, name) for element in tree.iter() for name in ("text", "tail") if getattr(element, name)]
    bound = [(element, name) for element, name in parts if _NO_BREAK.search(getattr(element, name))]
    if not bound:
        return {}
    used = set().union(*(getattr(element, name) for element, name in parts))
    spare = (letter for letter in range(*_LINEAR_A) if chr(letter) not in used)
    table = {next(spare): blank for blank in _NO_BREAKS}
    stand_in = {blank: chr(letter) for letter, blank in table.items()}
    for element, name in bound:
        setattr(element, name, _NO_BREAK.sub(lambda blank: stand_in[blank[0]], getattr(element, name)))
    return table


def _paragraphs(body: Any, kept: dict[int, str]) -> Iterator[str]:
    """Yield the text of each block of the extracted body, in reading order, its no-break spaces put back."""
    line: list[str] = []

    def walk(element: Any) -> Iterator[str]:
        block = element.tag in _BLOCKS
        if block:
            yield from flush()
        if element.tag == "lb":
            line.append("\n")
        line.append((element.text or "").translate(kept))
        for number, child in enumerate(element):
            if child.tag == "cell" and number:
                line.append(" | ")
            yield from walk(child)
            line.append((child.tail or "").translate(kept))
        if block:
            yield from flush()

    def flush() -> Iterator[str]:
        text = "\n".join(part.strip() for part in "".join(line).strip().split("\n"))
        line.clear()
        if text:
            yield text

    yield from walk(body)


def _language(tree: Any) -> str | None:
    """Return the language that the page declares."""
    declared = tree.xpath(
        "string((/html/@lang | /html/@xml:lang | //meta[@property='og:locale']/@content"
        " | //meta[translate(@http-equiv, 'CL', 'cl')='content-language']/@content)[1])"
    )
    return str(declared).strip().replace("_", "-") or None


def _basis(tree: Any, day: str, url: str) -> str:
    """Return how a page's publication date is known: from its markup, its address, or a guess at the rest."""
    for element in tree.iter("meta", "time"):
        what = " ".join(element.values()).lower()
        if day in what and "modif" not in what and "updat" not in what:
            return "metadata"
    published = re.compile(rf'"date(Published|Created)"\s*:\s*"{day}')
    if any(published.search(script.text or "") for script in tree.iter("script")):
        return "metadata"
    return "url" if re.search(day.replace("-", r"\D?"), url) else "inferred"


def _is_menu(tree: Any, text: str, kept: dict[int, str]) -> bool:
    """Return whether more than half of a page's text is lines that are links."""
    links = {" ".join(link.text_content().translate(kept).split()) for link in tree.iter("a")}
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return 2 * sum(len(line) for line in lines if line in links) > len(text)


def _makes_an_article(**field: str) -> bool:
    """Return whether an article can have this field."""
    try:
        article.make("text", **field)
    except ArticleError:
        return False
    return True
