"""Chinese: its reporting verbs, date expressions, and the words that noun phrases end at."""

from __future__ import annotations

import re
from functools import partial

from labeling.language.model import Language
from labeling.language.unspaced import Lexicon, propose

_LEXICON = Lexicon(
    verbs=re.compile(
        "表示|指出|认为|認為|宣布|宣佈|透露|强调|強調|补充|補充|告诉|告訴|警告|承认|承認|写道|寫道|[说說称稱](?![服明法])"
    ),
    dates=re.compile(
        r"(?:\d{2,4}\s?年)?\d{1,2}\s?月(?:\d{1,2}\s?[日号號])?(?:[至到-]\d{1,2}\s?[日号號])?|\d{4}\s?年|\d{1,2}\s?[日号號](?!本)"
        "|(?:本|上|下|这|這|今|来|來)(?:周|週|星期|礼拜|禮拜|月|年|季度)[一二三四五六日天末]?|(?:周|週|星期|礼拜|禮拜)[一二三四五六日天末]"
        "|今[天日年晚]|昨[天日晚]|明[天日年]|前天|后天|後天|去年"
    ),
    breaks=re.compile("[在的将將会會和与與是对對向了也并就把被]"),
    content_behind=True,
)

CHINESE = Language(
    tag="zh",
    name="Chinese",
    propose=partial(propose, lexicon=_LEXICON),
    pronouns=frozenset(
        ["我", "你", "您", "他", "她", "它", "我们", "你们", "他们", "她们", "我們", "你們", "他們", "她們"]
    ),
)
