"""Words that are names of no one story: how often they are in news at large.

Counted in 43 English news articles and interviews of Wikinews (see NOTICE): words with a capital in at least two of them,
or in one and without a capital in several. Months and weekdays count as in half of all articles.
"""

from __future__ import annotations

_ARTICLES = 43
_WORDS = {
    43: """
        and in the to
    """,
    42: """
        on
    """,
    40: """
        as at for
    """,
    39: """
        have
    """,
    38: """
        by
    """,
    35: """
        it
    """,
    33: """
        this
    """,
    31: """
        or
    """,
    29: """
        we
    """,
    27: """
        all
    """,
    26: """
        people
    """,
    25: """
        after
    """,
    24: """
        first like us when
    """,
    23: """
        new over who
    """,
    22: """
        time
    """,
    20: """
        april august image june
    """,
    19: """
        know
    """,
    18: """
        make world
    """,
    17: """
        may wikinews
    """,
    16: """
        year
    """,
    15: """
        good today
    """,
    14: """
        united
    """,
    13: """
        interview left national
    """,
    12: """
        day known states
    """,
    11: """
        science state thursday tuesday
    """,
    10: """
        friday group high however news saturday second september system team times
    """,
    9: """
        am city january live
    """,
    8: """
        general government home i'm march questions sea security sent sunday wednesday york
    """,
    7: """
        america internet john president professor project published school source study technology
        university
    """,
    6: """
        american control department director experience force full i've keep living local magazine
        management month night november october paper political social south ten war
    """,
    5: """
        board building business canada church culture february games idea information international july law
        mail mark media michael minister monday muslims notes open organization party press prime program
        related results station
    """,
    4: """
        air australia basically california canadian challenge change close content council counter court
        cross david december defense east english foundation free global google hall independent inspired
        institute italy kingdom launch let m man morning mr nations north office police politics post power
        red secret secretary service space student voice water web wish you're
    """,
    3: """
        al angeles arena arts australian base bbc center civil creative de discovery england fan
        florida george grand hill i'll jack jeff johnson kevin london los muslim nasa nick obama org park
        republican scientology tax thomas tom uk washington weekly west western windows winter
    """,
    2: """
        academy act afghan afghanistan agency alice americans arabia arkansas barack ben british bush cc ceo
        championship chan chiang chinese christian christopher college committee commons constitution
        convention cup dallas democratic democrats district edward einstein europe european evans factory
        fifa flag frank german governor hajj hebrew herald ho illinois india iq islam islamic james jason
        joint kennedy korea lee libertarian libya malaysia manager marc massachusetts mecca metro mexico
        microsoft ministry mosque museum nato navy olympics ontario pacific paralympic paralympics paris
        patterson peace poland prize republic robert russia saudi scientologist shankbone simon sochi
        springs stan star studio sun sydney terry texas toronto underground union victoria view walker
        welfare wikipedia william yemen zealand
    """,
}

#: The part of all articles that has each word, folded.
SHARES: dict[str, float] = {
    word: min(1.0, articles / _ARTICLES) for articles, found in _WORDS.items() for word in found.split()
}
