"""The English time words that the reader knows, by kind: phrase to value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from labeling.dates.edtf import MONTHS, WEEKDAYS
from labeling.dates.periods import Period

_T = TypeVar("_T")


class Number(NamedTuple):
    """How many: `size` is what to reckon with; `vague` says that the words leave it open (few, several)."""

    size: float
    vague: bool = False


class Modifier(NamedTuple):
    """A relation to a period: its TIMEX3 modifier, which way it is open, and whether the period itself is in it."""

    mod: str
    direction: int
    inclusive: bool


def _all(phrases: str, value: _T) -> dict[str, _T]:
    """Give every phrase of a list set apart by commas the same value."""
    return dict.fromkeys(phrases.split(", "), value)


def _numbered(words: str, start: int = 1) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), start)}


def _names(names: Iterable[str], more: dict[str, int]) -> dict[str, int]:
    """Number full names and their first three letters from 0."""
    numbered = {name.lower(): number for number, name in enumerate(names)}
    return numbered | {name[:3]: number for name, number in numbered.items()} | more


#: Short forms written out before anything else is read.
EXPANSIONS = {
    "&": "and",
    "thru": "through",
    "prev": "previous",
    "xmas": "christmas",
    "nye": "new year eve",
    "eo": "end of",
    "eow": "end of week",
    "eom": "end of month",
    "eoy": "end of year",
    **_all("til, till", "until"),
    **_all("yest, yday", "yesterday"),
    **_all("tmrw, tmr, tmw", "tomorrow"),
    **{f"mid{unit}": f"mid {unit}" for unit in ("week", "month", "year", "summer", "winter")},
    # words that change no date
    **_all("just, only, exactly, precisely, sometime, even, already, itself, very, some", ""),
}

_DIGITS = _numbered("one two three four five six seven eight nine ten eleven twelve")
_TEENS = _numbered("thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 13)
_TENS = {word: 10 * ten for word, ten in _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()}
_ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)


def _compounds(words: dict[str, int], tens: int, most: int = 9) -> dict[str, int]:
    """Give what is counted on from twenty or thirty its number: “twenty-three”, “twenty third”."""
    name = {20: "twenty", 30: "thirty"}[tens]
    ones = [word for word, number in words.items() if number <= most]
    return {f"{name}{gap}{word}": tens + words[word] for word in ones for gap in (" - ", " ")}


_NTHS = _ORDINALS | {"thirtieth": 30} | _compounds(_ORDINALS, 20) | _compounds(_ORDINALS, 30, 1)
_UNITS = {
    "minute": "minutes min mins",
    "hour": "hours hr hrs",
    "day": "days",
    "week": "weeks wk wks",
    "fortnight": "fortnights",
    "weekend": "weekends wkend",
    "month": "months mth mths",
    "quarter": "quarters qtr",
    "season": "seasons",
    "year": "years yr yrs",
    "decade": "decades",
    "century": "centuries",
}


def _nth(month: int, weekday: int, number: int) -> Callable[[int], date]:
    """Return the rule of a day such as the fourth Thursday of November; -1 is the last one."""

    def day(year: int) -> date:
        if number < 0:
            last = Period.month(year, month).last
            return last - timedelta((last.weekday() - weekday) % 7)
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1))

    return day


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    century, rest = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (year % 19 + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _around_easter(days: int) -> Callable[[int], date]:
    return lambda year: _easter(year) + timedelta(days)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


_HOLIDAYS: dict[str, Callable[[int], date]] = {
    **_all("new year day, new year, new years day, new years", _fixed(1, 1)),
    "epiphany": _fixed(1, 6),
    **_all("valentine day, valentines day", _fixed(2, 14)),
    **_all("st patrick day, saint patrick day", _fixed(3, 17)),
    **_all("april fool day, april fools day", _fixed(4, 1)),
    "may day": _fixed(5, 1),
    "juneteenth": _fixed(6, 19),
    **_all("independence day, fourth of july, the fourth of july", _fixed(7, 4)),
    "bastille day": _fixed(7, 14),
    "halloween": _fixed(10, 31),
    "all saints day": _fixed(11, 1),
    **_all("veterans day, armistice day, remembrance day", _fixed(11, 11)),
    "christmas eve": _fixed(12, 24),
    **_all("christmas, christmas day", _fixed(12, 25)),
    **_all("boxing day, st stephen day", _fixed(12, 26)),
    **_all("new year eve, new years eve", _fixed(12, 31)),
    "ash wednesday": _around_easter(-46),
    "palm sunday": _around_easter(-7),
    "good friday": _around_easter(-2),
    **_all("easter, easter sunday, easter day", _around_easter(0)),
    "easter monday": _around_easter(1),
    "ascension day": _around_easter(39),
    **_all("pentecost, whit sunday", _around_easter(49)),
    **_all("martin luther king day, mlk day", _nth(1, 0, 3)),
    **_all("presidents day, president day", _nth(2, 0, 3)),
    "memorial day": _nth(5, 0, -1),
    "labor day": _nth(9, 0, 1),
    "columbus day": _nth(10, 0, 2),
    **_all("thanksgiving, thanksgiving day", _nth(11, 3, 4)),
    "black friday": lambda year: _nth(11, 3, 4)(year) + timedelta(1),
}

_BEFORE = Modifier("BEFORE", -1, inclusive=False)
_AFTER = Modifier("AFTER", 1, inclusive=False)
_BY = Modifier("ON_OR_BEFORE", -1, inclusive=True)
_FROM = Modifier("ON_OR_AFTER", 1, inclusive=True)

#: How the last two digits of a year are spoken, from ten on.
_SPOKEN = {
    **{word: Number(size) for word, size in (_DIGITS | _TEENS | _TENS).items() if size >= 10},
    **{
        f"{tens}{gap}{word}": Number(size + _DIGITS[word])
        for tens, size in _TENS.items()
        for word in list(_DIGITS)[:9]
        for gap in (" - ", " ")
    },
}

#: Phrases (as `tokenize` leaves them: lower case, no possessives, hyphens apart) by kind.
WORDS: dict[str, dict[str, Any]] = {
    "weekday": _names(WEEKDAYS, {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}),
    "weekdays": {f"{name.lower()}s": number for number, name in enumerate(WEEKDAYS)},
    "month": _names(MONTHS, {"sept": 8}),
    "season": {"spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3},
    "holiday": _HOLIDAYS,
    "dayword": {
        "day before yesterday": -2,
        "yesterday": -1,
        "today": 0,
        "tomorrow": 1,
        "day after tomorrow": 2,
    },
    "daypart": {
        **_all("morning, dawn, daybreak, sunrise", "MO"),
        **_all("midday, lunchtime", "MI"),
        "afternoon": "AF",
        **_all("evening, dusk, sunset", "EV"),
        **_all("night, nightfall", "NI"),
    },
    "zone": {
        **_all("utc, gmt, z", "Z"),
        **_all("cst", "-06:00"),
        **_all("est, cdt", "-05:00"),
        **_all("edt, ast", "-04:00"),
        **_all("mst, pdt", "-07:00"),
        **_all("mdt", "-06:00"),
        **_all("pst, akdt", "-08:00"),
        **_all("akst", "-09:00"),
        **_all("hst", "-10:00"),
        **_all("adt, brt, art", "-03:00"),
        **_all("wet", "Z"),
        **_all("bst, cet, wat, west", "+01:00"),
        **_all("cest, eet, sast, cat", "+02:00"),
        **_all("msk, eest, eat", "+03:00"),
        **_all("pkt", "+05:00"),
        **_all("wib", "+07:00"),
        **_all("hkt, sgt, awst", "+08:00"),
        **_all("jst, kst", "+09:00"),
        **_all("acst", "+09:30"),
        **_all("aest", "+10:00"),
        **_all("aedt", "+11:00"),
        **_all("nzst", "+12:00"),
        **_all("nzdt", "+13:00"),
        # their offset changes with the season, or several zones have the name
        **_all("local time, local, et, ct, mt, pt, ist", ""),
        **{f"{part}{rest}": "" for part in ("eastern", "central", "mountain", "pacific") for rest in ("", " time")},
        **{f"{city} time": "" for city in ("london", "paris", "berlin", "brussels", "kyiv", "new york", "washington")},
        **_all("moscow time, turkish time", "+03:00"),
        **_all("beijing time, hong kong time, singapore time", "+08:00"),
        **_all("tokyo time, seoul time, japan time", "+09:00"),
    },
    "unit": {form: unit for unit, forms in _UNITS.items() for form in (unit, *forms.split())},
    "one_unit": {unit: unit for unit in _UNITS} | {"wk": "week", "yr": "year"},
    "units": {form: unit for unit, forms in _UNITS.items() for form in forms.split() if form.endswith("s")},
    "letter": {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"},
    "number": {
        **{word: Number(size) for word, size in (_DIGITS | _TEENS | _TENS).items()},
        **{
            f"{tens}{gap}{word}": Number(size + _DIGITS[word])
            for tens, size in _TENS.items()
            for word in list(_DIGITS)[:9]
            for gap in (" - ", " ")
        },
        **_all("half a, half an", Number(0.5)),
        **_all("a, an", Number(1)),
        **_all("a couple of, a couple, couple, couple of", Number(2)),
        "half a dozen": Number(6),
        **_all("a dozen, dozen", Number(12)),
        "two dozen": Number(24),
        **_all("a hundred, one hundred", Number(100)),
        **_all("a few, few, a handful of, a number of", Number(3, vague=True)),
        **_all("several, many, a good many", Number(5, vague=True)),
        "dozens of": Number(24, vague=True),
    },
    # years in words, as in a transcript
    "year": {
        **{
            f"{hundreds}{gap}{number}": 100 * century + int(size.size)
            for hundreds, century in (("nineteen", 19), ("twenty", 20))
            for number, size in _SPOKEN.items()
            for gap in (" ", " - ")
        },
        **{f"two thousand{gap}{word}": 2000 + _DIGITS[word] for word in _DIGITS for gap in (" ", " and ")},
        "two thousand": 2000,
    },
    # days of a month in words
    "nth": _NTHS,
    "counted": _DIGITS | _TEENS | {"twenty": 20, "thirty": 30} | _compounds(_DIGITS, 20) | _compounds(_DIGITS, 30, 1),
    "ordinal": {
        **_NTHS,
        "opening": 1,
        **_all("last, final, latter, closing", -1),
    },
    "decade": {f"{word[:-1]}ies": number for word, number in _TENS.items()},
    # how two dates are joined
    "joint": {
        **_all("-, to, through, until, up to", "range"),
        **_all("and, as well as, and on, and in", "all"),
        **_all("or, and / or, or on, or in", "one"),
        ",": "list",
        ", and": "all",
        ", or": "one",
    },
    "part": {
        **_all("early, early in, early on, early -, early in the, early part of", "START"),
        **_all("start, start of, beginning of, outset of, opening of", "START"),
        **_all("mid, mid -, middle, middle of, middle part of", "MID"),
        **_all("late, late in, late on, late -, late in the, latter part of, later part of", "END"),
        **_all("end, end of, close of, closing, tail end of", "END"),
    },
    # a point rather than a part, where something is open there: “before the end of the year”
    "edge": {
        **_all("start, start of, beginning, beginning of, outset of, opening of", "START"),
        **_all("end, end of, close, close of, closing of", "END"),
    },
    # relative to the publication date, in units
    "step": {**_all("this, current, present", 0), "last": -1, "next": 1},
    "nearest": {
        **_all("past, this past, this last", -1),
        **_all("coming, this coming, upcoming, this upcoming, this next", 1),
    },
    # relative to another date that the text speaks of
    "other_step": {
        **_all("following, subsequent, ensuing, next", 1),
        **_all("previous, preceding, prior", -1),
        **_all("same, that", 0),
    },
    "away": {**_all("ago, back", -1), **_all("from now, hence, from today", 1)},
    "other_away": {
        **_all("earlier, before, previously, prior", -1),
        **_all("later, after, afterwards, thereafter, on", 1),
    },
    "beside": {**_all("before, prior to, ahead of", -1), **_all("after, following, on from", 1)},
    "open": {
        **_all("before, prior to, ahead of, earlier than, pre -", _BEFORE),
        **_all("after, following, later than, post -", _AFTER),
        **_all("by, until, up to, through, on or before, no later than, not later than", _BY),
        **_all("from, starting, starting in, starting on, beginning, beginning in, beginning on, as of", _FROM),
        **_all("effective, on or after, no earlier than, not before, not until, at least until", _FROM),
    },
    "open_after": {
        **_all("onwards, onward, on, or later, at the earliest, and after, and beyond", _FROM),
        **_all("or before, or earlier, at the latest, and before", _BY),
    },
    "about": {
        **_all("about, around, circa, ca, c, approximately, approx, roughly, near, nearly, almost, ~", "APPROX"),
        **_all("in or around, in or about, on or around, on or about", "APPROX"),
    },
    # how an amount that something lies back is modified: “more than two years ago” is before then
    "ago_mod": {
        **_all("more than, over, well over", "BEFORE"),
        **_all("less than, under", "AFTER"),
        "at least": "ON_OR_BEFORE",
    },
    "amount_mod": {
        **_all("about, around, approximately, roughly, approx, ~", "APPROX"),
        **_all("more than, over, longer than, well over", "MORE_THAN"),
        **_all("less than, under, fewer than, nearly, almost, close to, not quite", "LESS_THAN"),
        **_all("at least, no less than, a minimum of", "EQUAL_OR_MORE"),
        **_all("at most, up to, no more than, a maximum of, as long as", "EQUAL_OR_LESS"),
    },
    "recurring": {
        **_all("hourly", "PT1H"),
        **_all("daily, nightly, weekdays", "P1D"),
        **_all("weekly, weekends", "P1W"),
        **_all("fortnightly, biweekly", "P2W"),
        **_all("monthly", "P1M"),
        **_all("quarterly", "P3M"),
        **_all("yearly, annual, annually", "P1Y"),
        **_all("biennial", "P2Y"),
    },
    # times without a place on the calendar
    "reference": {
        **_all("now, right now, for now, as of now, until now, current, currently, ongoing", "PRESENT_REF"),
        **_all("present, the present, at present, presently, at the moment, nowadays, these days", "PRESENT_REF"),
        **_all("to date, so far, to this day, this time, at this time", "PRESENT_REF"),
        **_all("the time being, for the time being", "PRESENT_REF"),
        **_all("past, the past, in the past, the recent past, in the recent past, history, recent history", "PAST_REF"),
        **_all("recent, recently, until recently, more recently, most recently, in recent history", "PAST_REF"),
        **_all("lately, of late, former, formerly, previous, previously, earlier, once", "PAST_REF"),
        **_all("long ago, not long ago, a long time ago, a short time ago, a while ago, time ago", "PAST_REF"),
        **_all("soon, imminent, imminently, shortly, before long, in due course, in time", "FUTURE_REF"),
        **_all("future, the future, in the future, the near future, in the near future", "FUTURE_REF"),
        **_all("later, later on, at a later date, eventually, sooner or later, someday, any day now", "FUTURE_REF"),
        **_all("upcoming, forthcoming, as soon as possible", "FUTURE_REF"),
        **_all("the near term, the short term, from time to time, a later date", "FUTURE_REF"),
        **_all("long term, the long term, long - term, short - term, near - term", "FUTURE_REF"),
    },
}


def _year(text: str) -> int:
    """Read 2018, or '18 as a year of this century or, from '40 on, of the last one."""
    if not text.startswith("'"):
        return int(text)
    return int(text[1:]) + (2000 if int(text[1:]) < 40 else 1900)


#: Kinds recognized by their shape: a pattern for the tokens, and what to make of them.
SHAPES: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "year": (re.compile(r"1[0-9]{3}|20[0-9]{2}|21[0-9]{2}|'[0-9]{2}"), _year),
    "int": (re.compile(r"[0-9]{1,3}"), int),
    "digit": (re.compile(r"[1-9]"), int),
    "two": (re.compile(r"[0-9]{2}"), int),
    "ordinal": (re.compile(r"[0-9]{1,2}(st|nd|rd|th)"), lambda text: int(text[:-2])),
    "nth": (re.compile(r"[0-9]{1,2}(st|nd|rd|th)"), lambda text: int(text[:-2])),
    "noun": (re.compile(r"(?!(?:of|the) )[a-z]+(?: [a-z]+){0,2}"), str),
    "number": (re.compile(r"[0-9]{1,4}(\.[0-9]+)?"), lambda text: Number(float(text))),
    "decade": (re.compile(r"'?([0-9]{2})?[0-9]0'?s"), lambda text: int(re.sub(r"[^0-9]", "", text))),
    "numeric": (re.compile(r"[0-9]+[./-][0-9]+[./-][0-9]+|(19|20)[0-9]{6}"), str),
    "slashed": (re.compile(r"[0-9]{1,2}/[0-9]{1,2}"), str),
    "military": (re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]"), lambda text: f"{text[:2]}:{text[2:]}"),
    "late_year": (re.compile(r"0[0-9]|3[2-9]|[4-9][0-9]"), int),
    "hhmm": (re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"), str),
}
