"""The positions of date expressions in German news. `labeling.dates.german` says what they mean.

>>> text = "Am 3. März trafen sie sich, Mitte Mai und vor drei Tagen."
>>> [text[start:end] for start, end in dates(text)]
['3. März', 'Mitte Mai', 'vor drei Tagen']
"""

from __future__ import annotations

import re
from functools import cache

from labeling.language.tokens import Stretch

_MONTH = (
    r"(?:Jan(?:uar|\.)|Jänner|Feb(?:ruar|\.)|Feber|März|April|Apr\.|Mai|Juni|Juli|Aug(?:ust|\.)|Sept(?:ember|\.)|"
    r"Okt(?:ober|\.)|Nov(?:ember|\.)|Dez(?:ember|\.))(?!\w)"
)
_WEEKDAY = "(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag)"
_PART = "(?:früh|[Mm]orgen|[Vv]ormittag|[Mm]ittag|[Nn]achmittag|[Aa]bend|[Nn]acht|Mitternacht)"
_SEASON = "(?:Frühling|Frühjahr|Frühsommer|Hochsommer|Sommer|Spätsommer|Herbst|Spätherbst|Winter)s?"
_SMALL = "ein(?:e[mnrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf"
_NUMBER = (
    rf"(?:\d+(?:[.,]\d+)?|(?:{_SMALL})(?!\w)|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:ein|zwei|drei|vier|fünf|sechs|sieben|"
    "acht|neun)und(?:zwanzig|dreißig|vierzig|fünfzig)|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|"
    "(?:ein|zwei|drei|vier|fünf)einhalb|anderthalb)"
)
_COUNT = f"(?:{_NUMBER}|einige[nr]?|wenige[nr]?|mehrere[nr]?|viele[nr]?|ein paar)"
_UNIT = "(?:Sekunden?|Minuten?|Stunden?|Tage?[ns]?|Nächten?|Wochen?|Monat(?:e[ns]?|s)?|Quartale?[ns]?|Jahr(?:e[ns]?|s)?|Jahrzehnte?[ns]?|Jahrhunderte?[ns]?)"
_PERIOD = rf"(?:Wochenendes?|Halbjahre?s?|Jahreshälfte|Saison|{_UNIT}|{_SEASON})"
_YEAR = r"(?:1[5-9]|20)\d\d(?!\d|[.,]\d)"
_ART = "(?:der|die|das|den|dem|des)"
_WHICH = "(?:(?:diese|jene|vergangene|letzte|vorige|vorangegangene|nächste|kommende|folgende|laufende|gleiche|selbe|aktuelle|jede|ganze)[mnrs]?)"
_ORDINAL = (
    r"(?:\d{1,2}\.|(?:erste|zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte|zwölfte|letzte)[mnrs]?)"
)
_DAY = r"\d{1,2}\."
_EDGE = "(?:Anfang|Mitte|Ende|Beginn)"
_CLOCK = r"\d{1,2}(?:[.:]\d\d)? Uhr(?: \d\d(?!\d))?"
_FEAST = (
    "(?:Karfreitag|Oster(?:n|sonntag|montag|wochenende)|Weihnachten|Heilig(?:er |en )?abend|Silvester|Neujahr(?:stag)?|Pfingst(?:en|"
    "sonntag|montag)|Christi Himmelfahrt|Aschermittwoch|Rosenmontag|Allerheiligen)(?!\\w)"
)
_DECADE = rf"(?:(?:{_ART} )?(?:(?:(?:\d\d)?\d0er|(?:zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)er)(?:(?:-| )Jahren?)?))(?!\w)"
_MONTHS = rf"(?:{_MONTH}(?: {_YEAR}| (?:des |{_ART} )?{_WHICH} Jahres)?)"
_CALENDAR = rf"(?:{_DAY}(?: ?(?:und|bis|oder|[-–]|/) ?{_DAY})? {_MONTH}(?: ?(?:bis|[-–])(?: zum)? ?{_DAY} {_MONTH})?(?: {_YEAR}| {_WHICH} Jahres)?)"
_POINT = f"(?:{_CALENDAR}|{_MONTHS}|{_YEAR})"

#: Every form of a date expression; of those that begin at one place the first listed is taken.
_FORMS = [
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}\. ?\d{{1,2}}\. ?(?:{_YEAR}|\d\d(?![\d.])(?! ?Uhr))|\d{{1,2}}\.(?:0?[1-9]|1[0-2])\.(?!\d)",
    f"(?:{_FEAST})(?: {_YEAR})?",
    rf"{_WEEKDAY}{_PART}?,? \(?(?:{_ART} )?{_CALENDAR}\)?",
    rf"{_CALENDAR}",
    rf"(?:der )?Nacht (?:zum|auf) (?:{_WEEKDAY}|{_CALENDAR})|(?:der )?Nacht (?:von|vom) {_WEEKDAY} (?:auf|zu|zum) {_WEEKDAY}",
    rf"{_EDGE} (?:{_ART} )?(?:{_DECADE}|{_POINT}|{_WHICH} (?:{_PERIOD}|{_MONTH})|{_PERIOD}|{_ORDINAL} (?:Jahrhunderts|Quartals))(?: {_YEAR})?",
    f"(?:{_ART} )?{_ORDINAL} (?:Hälfte|Drittel|Viertel) (?:{_ART} )(?:{_ORDINAL} Jahrhunderts|{_WHICH} {_PERIOD}|{_PERIOD}|{_DECADE})(?: {_YEAR})?",
    f"(?:{_ART} )?{_ORDINAL} (?:Quartals?|Halbjahre?s?|Jahreshälfte|Jahrhunderts?|{_WEEKDAY} im {_MONTH})(?: (?:{_ART} )?(?:{_YEAR}|{_WHICH} Jahres))?",
    rf"vor (?:mehr als |etwa |rund |gut |knapp |über |fast )?{_COUNT} {_UNIT}(?!\w)|vor kurzem|vor langem",
    rf"(?:{_ART} )?{_WHICH} (?:{_COUNT} )?(?:{_PERIOD}|{_WEEKDAY}{_PART}?|{_MONTH}|Mal)(?: {_YEAR})?(?!\w)",
    rf"{_WEEKDAY}{_PART}? (?:{_WHICH}|nächster) Woche|{_WEEKDAY}s?(?: ?{_PART})?(?: (?:und|oder|bis) {_WEEKDAY}{_PART}?)?(?: um {_CLOCK})?(?!\w)",
    rf"(?:vorgestern|gestern|heute|morgen|übermorgen|Gestern|Heute|Morgen|Vorgestern|Übermorgen)(?: {_PART})?(?: um {_CLOCK})?(?!\w)",
    rf"{_MONTHS}(?: ?(?:bis|und|oder|[-–]) ?{_MONTHS})?",
    rf"{_SEASON} (?:{_YEAR}|{_WHICH} Jahres)|{_SEASON}(?!\w)",
    rf"Jahr(?:e[ns]?|es)? {_YEAR}(?: (?:bis|und|oder) {_YEAR})?|{_DECADE}|{_YEAR}(?: ?(?:bis|[-–/]|und|oder) ?(?:{_YEAR}|\d\d(?!\d)))?",
    rf"(?:{_NUMBER}|mehrere[nr]?|einige[nr]?|wenige[nr]?) {_UNIT}(?: (?:später|zuvor|lang|danach|vorher))?(?!\w)|{_UNIT}lang(?!\w)",
    rf"{_CLOCK}|Mitternacht",
    r"(?:dem |das )?Wochenende(?!\w)|(?:dem |das )?Vorjahr(?:es)?|(?:der )?Vorwoche|(?:dem )?Vormonat|(?:Jahres|Monats|Wochen)(?:ende|beginn|anfang)|Jahreswechsel",
    "(?:täglich|wöchentlich|monatlich|jährlich|heuer|jetzt|derzeit|zurzeit|gegenwärtig|momentan|kürzlich|unlängst|neulich|jüngst|demnächst|"
    "künftig|zukünftig|damals|(?:in )?(?:der )?Zukunft)(?!\\w)",
]
_FIRST_LETTER = re.compile(r"(?<![\w.,])(?=[\dA-Za-zÄÖÜäöü])")
#: Words that begin a sentence in capitals and mean the same in small letters.
_STARTERS = re.compile(
    r"(?:Vor|Täglich|Jährlich|Heuer|Jetzt|Derzeit|Zurzeit|Gegenwärtig|Momentan|Kürzlich|Unlängst|Neulich|Jüngst|Demnächst|Künftig|Damals|"
    r"Der|Die|Das|Den|Diese[mnrs]?|Vergangene[mnrs]?|Letzte[mnrs]?|Vorige[mnrs]?|Nächste[mnrs]?|Kommende[mnrs]?|Zwei|Drei|Vier|Fünf|Sechs|"
    r"Mehrere|Einige|Ein(?:e[mnrs]?)?|Jede[mnrs]?)(?= )"
)


@cache
def _date_of() -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{form})" for form in _FORMS).replace(" ", r"[\s\xa0]+").replace(r"[\s\xa0]+?", r"[\s\xa0]?")
    )


def dates(text: str) -> list[Stretch]:
    """Return the date expressions of a paragraph, in code points of it, left to right."""
    small = _STARTERS.sub(lambda match: match.group()[0].lower() + match.group()[1:], text)
    found: list[Stretch] = []
    at = 0
    while first := _FIRST_LETTER.search(text, at):
        start = first.start()
        match = _date_of().match(small, start)
        if match is None or text[match.end() : match.end() + 1].isalnum():
            word = re.compile(r"[\w]+").match(text, start)
            at = word.end() if word else start + 1
            continue
        found.append((start, match.end()))
        at = match.end()
    return found


_LEAD = re.compile(r"(?<!\w)(seit)(?: der| dem| den)?\s+$", re.IGNORECASE)


def lead(before: str) -> str:
    """Return “seit” if it stands at the end of the text before a date expression, which then reaches to now; else nothing."""
    return "seit" if _LEAD.search(before) else ""
