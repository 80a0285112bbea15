"""The German of dates in news: its words, rewritten as those that the rules of `labeling.dates.english` read.

>>> in_english("vor drei Tagen"), in_english("Mitte der neunziger Jahre"), in_english("vergangenen Freitag")
('3 days ago', 'mid 1990s', 'past friday')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from labeling.dates.tense import Direction

_MONTHS = (
    "januar:january jänner:january jan:january februar:february feber:february feb:february märz:march april:april apr:april mai:may juni:june "
    "juli:july august:august aug:august september:september sept:september oktober:october okt:october november:november nov:november "
    "dezember:december dez:december"
)
_WEEKDAYS = "montag:monday dienstag:tuesday mittwoch:wednesday donnerstag:thursday freitag:friday samstag:saturday sonnabend:saturday sonntag:sunday"
_UNITS = (
    "minute:minute minuten:minutes stunde:hour stunden:hours tag:day tage:days tagen:days tages:day nacht:night nächte:nights "
    "woche:week wochen:weeks wochenende:weekend wochenendes:weekend wochenenden:weekends monat:month monate:months monaten:months monats:month quartal:quarter quartals:quarter quartale:quarters "
    "quartalen:quarters halbjahr:half halbjahres:half jahreshälfte:half jahr:year jahre:years jahren:years jahres:year jahrzehnt:decade jahrzehnts:decade jahrzehnte:decades "
    "jahrzehnten:decades jahrhundert:century jahrhunderts:century jahrhunderte:centuries jahrhunderten:centuries"
)
_SEASONS = (
    "frühling:spring frühjahr:spring frühjahrs:spring sommer:summer sommers:summer herbst:autumn herbstes:autumn winter:winter winters:winter "
    "frühsommer:early~summer hochsommer:mid~summer spätsommer:late~summer spätherbst:late~autumn"
)
_PARTS = "früh:morning vormittag:morning mittag:midday nachmittag:afternoon abend:evening mitternacht:midnight"
_NUMBERS = (
    "ein:1 eine:1 einen:1 einem:1 einer:1 zwei:2 drei:3 vier:4 fünf:5 sechs:6 sieben:7 acht:8 neun:9 zehn:10 elf:11 zwölf:12 dreizehn:13 "
    "vierzehn:14 fünfzehn:15 sechzehn:16 siebzehn:17 achtzehn:18 neunzehn:19 zwanzig:20 dreißig:30 vierzig:40 fünfzig:50 sechzig:60 "
    "siebzig:70 achtzig:80 neunzig:90 hundert:100 anderthalb:1.5 eineinhalb:1.5 zweieinhalb:2.5 dreieinhalb:3.5 einige:several einigen:several "
    "mehrere:several mehreren:several mehrerer:several viele:many vielen:many wenige:few wenigen:few paar:few"
)
_FEASTS = (
    "ostern:easter ostersonntag:easter~sunday ostermontag:easter~monday osterwochenende:easter~weekend karfreitag:good~friday "
    "weihnachten:christmas heiligabend:christmas~eve silvester:new~year~eve neujahr:new~year~day neujahrstag:new~year~day "
    "pfingsten:pentecost pfingstsonntag:pentecost himmelfahrt:ascension~day aschermittwoch:ash~wednesday allerheiligen:all~saints~day"
)
_OTHERS = (
    "vorgestern:day~before~yesterday gestern:yesterday heute:today morgen:tomorrow übermorgen:day~after~tomorrow heuer:this~year "
    "jetzt:now derzeit:now zurzeit:now gegenwärtig:now momentan:now kürzlich:recently unlängst:recently neulich:recently jüngst:recently "
    "demnächst:soon künftig:future zukünftig:future zukunft:future täglich:daily wöchentlich:weekly monatlich:monthly jährlich:yearly vorjahr:last~year "
    "vorjahres:last~year vorwoche:last~week vormonat:last~month jahresende:end~of~year jahresbeginn:start~of~year jahresanfang:start~of~year "
    "monatsende:end~of~month monatsbeginn:start~of~month wochenbeginn:start~of~week wochenanfang:start~of~week "
    "anfang:early beginn:start~of mitte:mid ende:end~of und:and oder:or bis:to seit:since später:later zuvor:earlier lang: um:at im:in am:on "
    "in:in von:from zwischen:between nach:after vor:before hälfte:half~of der: die: das: den: dem: des: uhr: etwa:about rund:about "
    "knapp:about gut:about fast:almost über:over erst: schon: bereits: noch:"
)
_STEPS = (
    "diese:this laufende:this aktuelle:this vergangene:past vorige:last letzte:last nächste:next kommende:coming folgende:following "
    "vorangegangene:previous gleiche:same selbe:same jede:every jene:that ganze: erste:first zweite:second dritte:third vierte:fourth fünfte:fifth sechste:sixth "
    "siebte:seventh achte:eighth neunte:ninth zehnte:tenth zwölfte:twelfth"
)


def _pairs(listed: str) -> dict[str, str]:
    return {word: other.replace("~", " ") for word, _, other in (pair.partition(":") for pair in listed.split())}


_WORDS = {
    name: other
    for listed in (_MONTHS, _WEEKDAYS, _UNITS, _SEASONS, _PARTS, _NUMBERS, _FEASTS, _OTHERS)
    for name, other in _pairs(listed).items()
} | {f"{step}{ending}": other for step, other in _pairs(_STEPS).items() for ending in ("", "n", "r", "s", "m")}
_MONTH = "|".join(sorted(_pairs(_MONTHS), key=len, reverse=True))
_WEEKDAY = "|".join(_pairs(_WEEKDAYS))
_UNIT = "|".join(sorted(_pairs(_UNITS), key=len, reverse=True))
_TENS = {"zwanzig": 2, "dreißig": 3, "vierzig": 4, "fünfzig": 5, "sechzig": 6, "siebzig": 7, "achtzig": 8, "neunzig": 9}
_TEN = "|".join(_TENS)
_DAYS = [*dict.fromkeys(_pairs(_WEEKDAYS).values())]


def _night(day: re.Match[str]) -> str:
    """The night to Tuesday is Monday's."""
    return f"{_DAYS[_DAYS.index(_WORDS[day[1]]) - 1]} night"


def _decade(found: re.Match[str]) -> str:
    return f"19{_TENS[found[1]]}0s"


#: What words mean together, in the order in which it is rewritten.
_TOGETHER: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern), other)
    for pattern, other in (
        (r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d\d)\b", r"\1.\2.\3"),
        (
            r"^(\d{1,2})\.(\d{1,2})\.$",
            lambda found: f"{found[1]} {[*dict.fromkeys(_pairs(_MONTHS).values())][(int(found[2]) - 1) % 12]}",
        ),
        (rf"(\d{{1,2}})\.(?=\s?(?:(?:bis|und|oder|zum|[-–/]|\d{{1,2}}\.)\s?)*(?:{_MONTH})\b)", r"\1 "),
        (rf"\b({_MONTH})\.", r"\1"),
        (r"(\d{1,2})\. (?=jahrhundert|quartal|halbjahr|jahreshälfte)", r"\1th "),
        (r"\b(1|21|31)th ", r"\1st "),
        (r"\b(2|22)th ", r"\1nd "),
        (r"\b(3|23)th ", r"\1rd "),
        (r"(\d{1,2})\.(\d\d) uhr", r"\1:\2"),
        (r"(\d{1,2}) uhr (\d\d)\b", r"\1:\2"),
        (r"(\d{1,2}:\d\d) uhr", r"\1"),
        (r"(\d{1,2}) uhr", r"\1:00"),
        (rf"(?:der )?nacht (?:von|vom) ({_WEEKDAY}) (?:auf|zu|zum) (?:{_WEEKDAY})", r"\1 night"),
        (rf"(?:der )?nacht (?:zum|auf) ({_WEEKDAY})", _night),
        (rf"\b({_TEN})er[- ]jahren?", _decade),
        (rf"\b({_TEN})er\b", _decade),
        (r"\b(\d0)er(?:[- ]jahren?)?", r"'\1s"),
        (r"\b(\d{3}0)er(?:[- ]jahren?)?", r"\1s"),
        (r"\bjahr(?:e[ns]?|es)? (?=\d{4})", ""),
        (r"christi himmelfahrt", "himmelfahrt"),
        (r"heilig(?:er|en) abend", "heiligabend"),
        (rf"\b({_WEEKDAY})(?:s)? ?(früh|vormittag|mittag|nachmittag|abend)\b", r"\1 \2"),
        (rf"\b({_WEEKDAY}) ?morgen\b", r"\1 morning"),
        (rf"\b({_WEEKDAY})nacht\b", r"\1 night"),
        (rf"\b({_WEEKDAY}),? \(?(?:der |den |dem )?(?=\d)", r"\1 , "),
        (r"\bheute (?:früh|morgen|vormittag)\b", "this morning"),
        (r"\bheute (mittag|nachmittag|abend)\b", r"this \1"),
        (r"\bheute nacht\b", "tonight"),
        (r"\bgestern (?:früh|morgen|vormittag)\b", "yesterday morning"),
        (r"\bmorgen (?:früh|vormittag)\b", "tomorrow morning"),
        (r"\bvor kurzem\b", "recently"),
        (r"\bvor langem\b", "long ago"),
        (
            rf"^(?:(?:erst|schon|bereits|noch) )?vor ((?:mehr als |etwa |rund |gut |knapp |über |fast )?\S+(?: paar)? (?:{_UNIT}))$",
            r"\1 ago",
        ),
        (r"mehr als", "over"),
        (r"\bein paar\b", "paar"),
        (rf"\b(?:letzten|vergangenen) (?=\S+ (?:{_UNIT})$)", "past "),
        (rf"\bvergangene[nrsm]? (?={_UNIT}|frühjahr|frühling|sommer|herbst|winter)", "last "),
        (rf"\bkommende[nrsm]? (?={_UNIT}|frühjahr|frühling|sommer|herbst|winter)", "next "),
        (rf"^({_MONTH}|frühjahr|sommer|herbst|winter) (?:des )?vorjahres$", r"\1 letzten jahres"),
        (r"\bende (des jahres|des monats|der woche)\b", r"ende this \1"),
        (r"\b(anfang|mitte) (des jahres|des monats|der woche)\b", r"\1 this \2"),
        (r"\b(?:zu )?beginn (?:der |des )?", "start of "),
        (r"(?<=\d)(?:–|/)(?=\d{2,4}$)", "-"),
        (r"(\d{1,2}) ?[/–] ?(\d{1,2})\b", r"\1 - \2"),
        (rf"^seit (\S+ (?:{_UNIT}))$", r"for \1"),
    )
]
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def in_english(words: str) -> str:
    """Return a German date expression in English words, in small letters; what isn't known stays as it is."""
    text = " ".join(words.lower().split())
    for pattern, other in _TOGETHER:
        text = pattern.sub(other, text)
    text = _WORD.sub(lambda found: _WORDS.get(found[0], found[0]), text)
    return " ".join(text.split()).strip(" )")


_AHEAD = re.compile(
    r"\b(?:wird|werden|werde|würden?|soll|sollen|solle|sollte|sollten|will|wollen|wolle|kann|können|könnte|könnten|muss|müssen|dürfte|dürften|geplant|plant|planen)\b"
)
_BACK = re.compile(
    r"\b(?:war|waren|hat|haben|hatte|hatten|wurde|wurden|kam|kamen|ging|gingen|gab|gaben|sprach|trat|starb|starben|fand|fanden|begann|"
    r"ist [^.,]*ge\w+(?:t|en)|[a-zäöüß]{3,}t(?:e|en)|seit)\b"
)
_NEXT_TO = re.compile(r"\b(?:(bis|ab|spätestens)|(seit))(?: zum| dem| der)?\s*$", re.I)


def direction(before: str) -> Direction:
    """Return which way a German date points, given its sentence up to there: what its nearest verb says."""
    if beside := _NEXT_TO.search(before):
        return Direction.AHEAD if beside[1] else Direction.BACK
    verbs = [(match.end(), Direction.AHEAD) for match in _AHEAD.finditer(before)]
    ahead = {end for end, _ in verbs}
    verbs += [(match.end(), Direction.BACK) for match in _BACK.finditer(before) if match.end() not in ahead]
    return max(verbs, default=(0, Direction.OPEN))[1]
