"""English words beyond reporting verbs that attribute something to someone: verbs of thinking and wanting, nouns, adjectives."""

from __future__ import annotations

from labeling.language.english.lexicon import forms, words_in

_VERBS = (
    "accept accuse admire advocate aim allow anticipate appear applaud apologize approve assail assess assume attack back "
    "backpedal bash bemoan berate bet blame blast brag care caution celebrate challenge champion charge cheer chide "
    "commend compare condemn confuse congratulate contemplate contest covet credit criticize criticise dare decide deem "
    "decline decry defend denounce deplore desire determine detail disagree discourage discover discuss dislike disparage "
    "dodge doubt dream echo embrace emphasise encourage endorse enjoy envision examine expose extol face fault favor favour "
    "float focus gloat grumble gripe hate heap highlight identify ignore illustrate imagine insinuate intend interpret "
    "invite invoke justify lament lash laud learn liken like loathe love marvel mean mock muse nominate object offer "
    "oppose outline overlook ponder portray praise prefer press project protest prove push question quibble rail rant "
    "realize realise rebuff rebuke rebut recognize recognise refer reflect regard regret reject rejoice relish remember "
    "require resent resist respect ridicule rip savage scoff scold seem sense share slam slap solicit speculate spurn "
    "stipulate struggle support suppose suspect sympathize target tease theorize thank tout trust try unveil use value view "
    "vote want welcome wish worry yearn yell"
)
_IRREGULAR = (
    "agree agrees agreed agreeing disagrees chose choose chooses chosen choosing feel feels felt feeling find finds found "
    "finding forget forgets forgot forgotten foresee foresees foresaw get gets got hear hears heard hearing hope hopes hoped "
    "hoping keep keeps kept know knows knew known knowing mean means meant meaning plan plans planned planning plead read "
    "reads reading run runs see sees saw seen seeing seek seeks sought seeking show shows showed shown showing sing sings "
    "speak speaks spoke spoken speaking spar spars sparred swear swears swore take takes took talk talks talked talking "
    "teach teaches taught think thinks thought thinking understand understands understood understanding write writes wrote "
    "written writing forbid bid bids foretell cast casts casting draw draws drew deal chant chants chanted chanting call "
    "calls called calling ask asks asked asking refuse refuses refused refusing threaten threatens threatened point points "
    "pointed pointing shoot shoots shot cry cries cried crying laugh laughs laughed laughing joke jokes"
)
#: Forms of verbs of thinking, feeling, wanting, showing, and of judging people and plans.
VERBS = frozenset(form for verb in _VERBS.split() for form in forms(verb)) | words_in(_IRREGULAR)
#: Nouns for what is said or thought.
NOUNS = words_in(
    "accusation accusations admission advice agreement allegation allegations announcement answer apology appeal argument "
    "arguments assertion assertions assessment assumption belief beliefs boast bid call calls caution charge charges claim "
    "claims comment comments commitment complaint complaints concern concerns conclusion confession confidence conviction "
    "criticism criticisms decision declaration demand demands denial desire determination disappointment doubt doubts "
    "endorsement estimate estimates evidence expectation expectations explanation fear fears feeling finding findings forecast "
    "frustration guess hint hope hopes idea implication indication insistence intention intentions interest judgment knowledge "
    "message notion objection objections opinion opinions opposition order outrage perception pledge pledges plan plans plea position "
    "prediction predictions promise promises proposal proposals question questions reaction recommendation refusal remark "
    "remarks reminder reply request requests response revelation rumor rumors rumour rumours sense sign speculation stance "
    "statement statements suggestion suggestions support suspicion suspicions testimony theory thought thoughts threat threats "
    "understanding view views vow warning warnings willingness wish wishes word worries worry"
)
#: Adjectives behind a form of “be”.
ADJECTIVES = words_in(
    "adamant afraid alarmed amazed angry anxious ashamed aware certain clear committed concerned confident content convinced "
    "critical cynical delighted determined disappointed doubtful eager excited fearful firm frustrated furious glad grateful "
    "happy hesitant hopeful horrified ignorant impatient inclined interested keen mindful nervous open opposed optimistic "
    "outraged persuaded pessimistic pleased prepared proud ready reluctant sad satisfied scared sceptical skeptical shocked "
    "sorry supportive sure surprised suspicious sympathetic thankful thrilled uncertain unconvinced undecided unhappy unsure "
    "upset wary willing worried wrong"
)
