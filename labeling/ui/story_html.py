"""The HTML of a story: utterances as rows and outlets as columns, events with a small time chart each, and what is missing.

It is complete without a script: links open the article at the words, and printing gives a report.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path

from labeling.dataset.folded_words import words
from labeling.dates import bounds, describe, parse
from labeling.dates.relations import meant
from labeling.errors import DateError
from labeling.quantities import many
from labeling.stories.claims import EventClaim
from labeling.stories.story import Column, EventRow, Shown, Story, UtteranceRow
from labeling.ui.copies_html import FoldedColumn, copies_html, folded

_STYLE = Path(__file__).with_name("story.css")
_KINDS = {"direct": "in quotation marks", "mixed": "partly in quotation marks", "indirect": "reworded"}
#: Stands before a date that contradicts another one.
_SIGN = '<span class="sw-sign" aria-hidden="true">!</span><span class="sw-hidden">in conflict: </span>'
#: How many days a chart spans at most; what lies further off is cut at its edge.
_MOST_DAYS = 400

#: Returns the address of an article at a code point.
Address = Callable[[str, int], str]


def story_html(story: Story, address: Address, *, dark: bool = False) -> str:
    """Return a story as HTML, with its style."""
    several = [row for row in story.utterances if len(_articles(row)) > 1]
    single = [row for row in story.utterances if len(_articles(row)) == 1]
    parts = [
        f"<style>{_STYLE.read_text('utf-8')}</style>",
        f'<div class="sw-story{" sw-dark" if dark else ""}">',
        _summary(story, several),
        _section("Who says what", "utterances", _table(folded(story), several, address)) if several else "",
        copies_html(story, _outlets(story.columns), address),
        _events(story, address),
        _only_here(story.columns, single, address),
        _missing(story, address),
        "</div>",
    ]
    return "\n".join(part for part in parts if part)


def report(title: str, story: Story, address: Address) -> str:
    """Return a story as an HTML document of its own, for printing and for editors without the program."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head>\n<body><h1>{escape(title)}</h1>\n{story_html(story, address)}\n</body></html>\n"
    )


def _summary(story: Story, several: Sequence[UtteranceRow]) -> str:
    conflicts = sum(len(event.conflicts) for event in story.events)
    outlets = len({column.outlet or column.article for column in story.columns})
    facts = [
        (outlets, "outlet", "outlets"),
        (len(several), "shared utterance", "shared utterances"),
        (len(story.events), "event", "events"),
        (conflicts, "conflict", "conflicts"),
    ]
    said = "".join(
        f"<li{' class=sw-alarm' if word == 'conflict' and n else ''}><b>{n:,}</b> {word if n == 1 else words}</li>"
        for n, word, words in facts
    )
    return f'<ul class="sw-facts">{said}</ul>'


def _section(title: str, name: str, body: str) -> str:
    return f'<section aria-labelledby="sw-{name}"><h2 id="sw-{name}">{title}</h2>{body}</section>'


# --- utterances -----------------------------------------------------------------------------------------------------------


def _table(columns: Sequence[FoldedColumn], rows: Sequence[UtteranceRow], address: Address) -> str:
    heads = "".join(
        f'<th scope="col"><span class="sw-outlet">{escape(_outlet(column))}</span>'
        f'<span class="sw-when">{escape(_day(column.published))}</span>{_also(copies)}</th>'
        for column, copies in columns
    )
    body = "".join(_row(row, columns, address) for row in rows)
    return (
        f'<div class="sw-scroll" role="region" tabindex="0" aria-label="Utterances by outlet"><table>'
        f'<thead><tr><th scope="col">Utterance</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _also(copies: Sequence[Column]) -> str:
    """Return which outlets have copies of a column's article."""
    return f'<span class="sw-when">copied by {escape(", ".join(map(_outlet, copies)))}</span>' if copies else ""


def _row(row: UtteranceRow, columns: Sequence[FoldedColumn], address: Address) -> str:
    speakers = dict.fromkeys(name for each in row.versions for name in each.quote.speakers)
    kinds = {each.quote.kind for each in row.versions}
    remark = (
        '<span class="sw-remark">in quotation marks in some outlets only</span>'
        if {"direct", "indirect"} <= kinds
        else ""
    )
    head = f'<th scope="row"><span class="sw-who">{escape(" and ".join(speakers) or "No one named")}</span><span class="sw-name">{escape(row.name)}</span>{remark}</th>'
    return f"<tr>{head}{''.join(_cell(row, *column, address) for column in columns)}</tr>"


def _cell(row: UtteranceRow, column: Column, copies: Sequence[Column], address: Address) -> str:
    outlet = escape(_outlet(column))
    articles = [column.article, *(copy.article for copy in copies)]
    versions: dict[Hashable, Shown] = {}  # what a copy has in the same words, of the same speakers, is shown once
    outlets: dict[Hashable, str] = {}
    for article, of in zip(articles, (column, *copies), strict=True):
        for each in row.versions:
            if (quote := each.quote).version.article == article:
                same = (tuple(words(quote.version.text)), quote.version.speakers, frozenset(quote.relays))
                versions.setdefault(same, each)
                outlets.setdefault(same, _outlet(of) if article != column.article else "")
    held = [(each, outlets[same]) for same, each in versions.items()]
    if not held:
        return f'<td class="sw-none" data-outlet="{outlet}"><span aria-hidden="true">–</span><span class="sw-hidden">not in this outlet</span></td>'
    return f'<td data-outlet="{outlet}">{"".join(_version(each, address, of) for each, of in held)}</td>'


def _version(each: Shown, address: Address, outlet: str = "") -> str:
    """Return a version with what is known about it; `outlet` is named where it isn't that of its column."""
    quote = each.quote
    text = "".join(_marked(piece.text) if piece.differs else escape(piece.text) for piece in each.pieces)
    about = [*([outlet] if outlet else []), _KINDS.get(quote.kind, quote.kind), *(quote.speakers or ("no speaker",))]
    about += [f"via {name}" for name in quote.relays]
    link = escape(address(quote.version.article, quote.version.start))
    return (
        f'<div class="sw-version sw-{escape(quote.kind)}"><a href="{link}" dir="auto">{text}</a>'
        f'<span class="sw-about">{escape(" · ".join(about))}</span></div>'
    )


def _marked(text: str) -> str:
    """Return words that differ; the blank behind them isn't marked."""
    shown = text.rstrip()
    return f"<mark>{escape(shown)}</mark>{escape(text[len(shown) :])}" if shown else escape(text)


def _only_here(columns: Sequence[Column], rows: Sequence[UtteranceRow], address: Address) -> str:
    """Return the quotes of one outlet alone, with other versions that are offered for those without an utterance."""
    if not rows:
        return ""
    outlets = _outlets(columns)
    items = []
    for row in rows:
        offered = "".join(
            f'<li><a href="{escape(address(each.version.article, each.version.start))}" dir="auto">{escape(each.version.text)}</a> '
            f'<span class="sw-about">{escape(outlets[each.version.article])} · {each.score:.0%} likely</span></li>'
            for each in (row.offered if row.entry == "" else [])
            if each.score >= 0.5
        )
        also = f'<div class="sw-offered">Perhaps the same utterance:<ul>{offered}</ul></div>' if offered else ""
        first = row.versions[0].quote.version.article
        items.append(
            f'<li><span class="sw-outlet">{escape(outlets[first])}</span>'
            f"{''.join(_version(each, address) for each in row.versions)}{also}</li>"
        )
    return (
        f'<details class="sw-single"><summary>In one outlet only: {len(rows):,} '
        f'{"quote" if len(rows) == 1 else "quotes"}</summary><ul class="sw-quotes">{"".join(items)}</ul></details>'
    )


# --- events ---------------------------------------------------------------------------------------------------------------


def _events(story: Story, address: Address) -> str:
    shared = [event for event in story.events if len(event.claims) > 1]
    others = [event for event in story.events if len(event.claims) == 1]
    if not story.events:
        return ""
    body = "".join(_event(event, address) for event in shared)
    if others:
        rows = "".join(_event(event, address) for event in others)
        body += f'<details class="sw-single"><summary>Dated once only: {many(len(others), "event")}</summary>{rows}</details>'
    return _section("Events and their days", "events", body)


def _event(event: EventRow, address: Address) -> str:
    days = [_days(claim) for claim in event.claims]
    known = [each for each in days if each]
    start, end = (min(first for first, _ in known), max(last for _, last in known)) if known else (None, None)
    conflicts, disputed = event.conflicts, event.disputed
    badge = f'<span class="sw-badge">{many(len(conflicts), "conflict")}</span>' if conflicts else ""
    axis = _axis(start, end) if start and end and len(event.claims) > 1 else ""
    claims = "".join(
        _claim(event.claims[numbers[0]], _words(event, numbers), (start, end), address, conflict=numbers[0] in disputed)
        for numbers in _alike(event.claims)
    )
    return (
        f'<article class="sw-event"><h3>{escape(event.name)} {badge}</h3>'
        f'<div class="sw-chart">{axis}<ul>{claims}</ul></div>{_explained(event)}</article>'
    )


def _alike(claims: Sequence[EventClaim]) -> list[list[int]]:
    """Return the numbers of the claims, those together that say the same for the same people in one article."""
    found: dict[object, list[int]] = {}
    for number, claim in enumerate(claims):
        found.setdefault((claim.article, claim.claimants, claim.readings, claim.modality), []).append(number)
    return list(found.values())


def _words(event: EventRow, numbers: Sequence[int]) -> str:
    return ", ".join(dict.fromkeys(f"“{event.claims[number].words}”" for number in numbers))


def _claim(
    claim: EventClaim,
    words: str,
    span: tuple[date | None, date | None],
    address: Address,
    *,
    conflict: bool,
) -> str:
    who = f"{' and '.join(claim.claimants)}, " if claim.claimants else ""
    outlet = claim.outlet or "the article"
    value = _in_words(claim)
    modality = (
        f'<span class="sw-modality">{escape(claim.modality)}</span>' if claim.modality not in ("", "asserted") else ""
    )
    days, (start, end) = _days(claim), span
    bar = ""
    if days and start and end:
        whole = (end - start).days + 1
        left, width = 100 * (days[0] - start).days / whole, 100 * ((days[1] - days[0]).days + 1) / whole
        look = " sw-choice" if claim.value.startswith("[") else ""
        bar = f'<span class="sw-bar{look}" style="left:{left:.2f}%;width:max({width:.2f}%,7px)"></span>'
    link = escape(address(claim.article, claim.start))
    return (
        f'<li class="sw-claim{" sw-conflict" if conflict else ""}"><a href="{link}"><span class="sw-by">{escape(who)}<b>{escape(outlet)}</b></span>'
        f'<span class="sw-words" dir="auto">{escape(words)} {modality}</span></a>'
        f'<span class="sw-track">{bar}</span><span class="sw-value">{_SIGN if conflict else ""}{escape(value)}</span></li>'
    )


def _explained(event: EventRow) -> str:
    conflicts = event.conflicts
    if not conflicts:
        return ""
    items = "".join(f"<li>{escape(each.sentence)}</li>" for each in conflicts[:3])
    more = f'<li class="sw-about">and {len(conflicts) - 3:,} more</li>' if len(conflicts) > 3 else ""
    return f'<ul class="sw-why">{items}{more}</ul>'


def _axis(start: date, end: date) -> str:
    """Return the days under which the bars of an event stand: its first, its last and up to three between them."""
    whole = (end - start).days + 1
    steps = min(4, whole - 1)
    ticks = sorted({round(step * (whole - 1) / steps) for step in range(steps + 1)}) if steps else [0]
    labels = "".join(
        f'<span style="left:{100 * (tick + 0.5) / whole:.2f}%">{_tick(start + timedelta(tick), long=whole > 200)}</span>'
        for tick in ticks
    )
    return f'<div class="sw-axis" aria-hidden="true"><span></span><div>{labels}</div><span></span></div>'


def _tick(day: date, *, long: bool) -> str:
    return f"{day:%b %Y}" if long else f"{day.day} {day:%b}"


def _days(claim: EventClaim) -> tuple[date, date] | None:
    """Return the first and last day of a claim; an end without a limit is a few weeks off."""
    try:
        first, last = bounds(meant(parse(claim.value), claim.readings[0].mod)) if claim.value else (None, None)
    except DateError:
        return None
    if first is None and last is None:
        return None
    first, last = first or (last or date.min) - timedelta(14), last or (first or date.min) + timedelta(14)
    return first, min(last, first + timedelta(_MOST_DAYS))


def _in_words(claim: EventClaim) -> str:
    try:
        return describe(meant(parse(claim.value), claim.readings[0].mod)) if claim.value else "no date"
    except DateError:
        return claim.value


# --- what is missing --------------------------------------------------------------------------------------------------------


def _missing(story: Story, address: Address) -> str:
    if not story.missing:
        return ""
    items = "".join(
        f'<li><a href="{escape(address(article, 0))}">{escape(what)}</a></li>'
        if article
        else f"<li>{escape(what)}</li>"
        for what, article in story.missing
    )
    return _section("What is missing", "missing", f'<ul class="sw-missing">{items}</ul>')


def _articles(row: UtteranceRow) -> set[str]:
    return {each.quote.version.article for each in row.versions}


def _outlets(columns: Sequence[Column]) -> dict[str, str]:
    return {column.article: _outlet(column) for column in columns}


def _outlet(column: Column) -> str:
    return column.outlet or column.title or column.article


def _day(value: str) -> str:
    try:
        return describe(parse(value)) if value else "no date"
    except DateError:
        return value
