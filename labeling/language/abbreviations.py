"""Abbreviations with a full stop, for all languages together: tokens don't depend on the language.

What an abbreviation is decides where a sentence ends: after a title one goes on (“Gen. Brook left”), after “Inc.” it
may end, and “No.” is an abbreviation before a number only.
"""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: English titles and the like: what follows belongs to the same sentence.
ENGLISH_TITLES = _words(
    "Mr Mrs Ms Mx Dr Prof Gen Sen Rep Gov Lt Col Capt Sgt Maj Cmdr Cdr Adm Brig Rev Hon Pres Supt Insp Det Amb Atty Dep "
    "Cpl Pvt Fr St Ste Mt Ft Pt Messrs Esq vs ca cf approx est"
)
#: Those of German, French and Spanish.
OTHER_TITLES = _words("Hr Nr bzw Mme Mlle MM Sr Sra Srta Dra Ing Dipl")
TITLES = ENGLISH_TITLES | OTHER_TITLES
#: Abbreviations that may end a sentence, which only the next word can tell.
ENDING = _words(
    "Jr Inc Corp Co Ltd Bros Cos etc Ph.D Assn Dept Ave Blvd Rd usw al Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky Md Mich Minn Miss "
    "Mont Neb Nev Okla Ont Ore Penn Tenn Tex Va Vt Wis Wyo"
)
#: Abbreviations only where a number follows.
BEFORE_NUMBER = _words("No Nos pp p Vol Art Sec Fig Ch Abs Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")
