"""Which language a text is in, by its script or its commonest words.

>>> detect("Der Minister sagte am Montag, dass die Brücke nicht mehr sicher ist.")
'de'
>>> detect("Министр сказал, что мост закрыт.")
'und-Cyrl'
"""

from __future__ import annotations

import re

#: So much of a text is looked at, in characters.
_SAMPLE = 4_000
#: So many letters of a script, of all letters, make a text one in this script.
_SHARE = 0.3

#: Scripts of one language or of a few, as BCP 47 tags; kana before Han, for Japanese has both.
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff]"),
    "zh": re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]"),
    "ko": re.compile("[\uac00-\ud7a3\u1100-\u11ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "und-Cyrl": re.compile("[\u0400-\u052f]"),
    "und-Arab": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "und-Deva": re.compile("[\u0900-\u097f]"),
    "und-Beng": re.compile("[\u0980-\u09ff]"),
    "und-Taml": re.compile("[\u0b80-\u0bff]"),
}
#: Words that are common in one language and hardly ever stand in another.
_COMMON = {
    "en": "the and of to is that with for was are has have said it by from this be which not they his her but their",
    "de": "der das und nicht mit dem den von ist auf sich ein eine auch nach bei wird dass sagte wie aus zum über er",
    "fr": "le les et des du une est dans que qui pour pas sur avec par il elle ce au sont cette été aux selon dit",
    "es": "el los las una del que por con para está pero como más su sus fue dijo este esta hay según también y",
    "it": "il gli della che di per una sono con non del nel alla più anche dei ha è questo ma le si",
    "pt": "os as uma não com para por que do da dos das mais foi são em ao pelo disse também seu sua está e",
    "nl": "het een van en niet zijn dat op te met voor aan er ook bij naar uit wordt heeft zei maar werd om de",
    "sv": "och att det som på är av för den till med har inte ett om han från sade men var",
    "da": "og at det som på er af for den til med har ikke et om han fra sagde men var",
    "pl": "i w na z że się do nie jest to o jak po przez przed dla powiedział oraz który była",
    "tr": "ve bir bu da de için ile olarak olan çok daha dedi kadar sonra gibi ama ise göre",
    "id": "yang dan di untuk dengan dari ini itu tidak pada akan dalam adalah kata juga ke oleh",
    "cs": "a se na že je v s to z do o k jako ale po pro řekl byl jsou který",
    "ro": "și în de la cu pe că nu este din o care pentru mai sau spus al după sunt",
    "hu": "a az és hogy nem is egy meg ez van volt azt mondta csak már de szerint",
    "fi": "ja on että ei se hän oli mukaan myös kun ovat mutta tai sanoi kuin",
}
_WORDS_OF = {tag: frozenset(words.split()) for tag, words in _COMMON.items()}
#: The languages that a word is common in.
_TAGS_OF: dict[str, tuple[str, ...]] = {
    word: tuple(tag for tag, common in _WORDS_OF.items() if word in common)
    for word in frozenset().union(*_WORDS_OF.values())
}
_WORD = re.compile(r"[^\W\d_]+")
#: Fewer common words of another language than this are names and loans.
_FEWEST = 3


def detect(text: str) -> str:
    """Return the BCP 47 tag of a text's language; of its script only (“und-Cyrl”) where several languages share one.

    In Latin script a text counts as English unless words that are common in another language are clearly commoner in it.
    """
    words = _WORD.findall(text[:_SAMPLE])
    joined = "".join(words)
    letters = len(joined)
    for tag, script in _SCRIPTS.items():
        if letters and len(script.findall(joined)) >= _SHARE * letters:
            return tag
        if tag == "ja" and len(script.findall(joined)) * 10 > letters:  # a tenth in kana is enough beside Han
            return tag
    # A word in capitals may be part of a foreign name: “Los Angeles”.
    counts = dict.fromkeys(_WORDS_OF, 0)
    for word in words:
        for tag in _TAGS_OF.get(word, ()):
            counts[tag] += 1
    best = max(counts, key=lambda tag: (counts[tag], tag == "en"))
    return best if counts[best] >= _FEWEST and counts[best] > 2 * counts["en"] else "en"
