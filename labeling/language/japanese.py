"""Japanese: its reporting verbs, date expressions, and the particles that noun phrases end at."""

from __future__ import annotations

import re
from functools import partial

from labeling.language.model import Language
from labeling.language.unspaced import Lexicon, propose

_LEXICON = Lexicon(
    verbs=re.compile(
        "述べ(?:てい)?(?:た|る)?|語っ(?:てい)?(?:た|る)|言っ(?:てい)?(?:た|る)|話し(?:てい)?(?:た|る)|発表し(?:た|て)|強調し(?:た|て)"
    ),
    dates=re.compile(
        r"(?:\d{2,4}\s?年)?\d{1,2}\s?月(?:\d{1,2}\s?日)?|\d{4}\s?年|\d{1,2}\s?日(?!本)"
        "|(?:今|来|先|昨)(?:週|月|年)(?:末)?|[月火水木金土日]曜日?|今[日晚夜]|昨[日夜]|明日|去年"
    ),
    # Particles and the endings of verbs are written in hiragana, names and roles hardly ever.
    breaks=re.compile("[\u3041-\u309f]+"),
    content_behind=False,
)

JAPANESE = Language(
    tag="ja",
    name="Japanese",
    propose=partial(propose, lexicon=_LEXICON),
    pronouns=frozenset(["私", "僕", "彼", "彼女", "彼ら", "我々"]),
)
