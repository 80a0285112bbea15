"""The German words that the rules know, by class, in lower case."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(listed.split())


PRONOUNS = _words(
    "ich du er sie es wir ihr man mich dich ihn uns euch mir dir ihm ihnen jemand niemand jeder alle selbst sich"
)
#: Pronouns that can be the subject of a reporting verb, besides “dieser” and the like.
SPEAKING = _words("ich er sie wir man dieser diese beide alle letzterer letztere")
#: Words that are articles before a noun and pronouns before a verb: “Diese bestätigte”.
DEMONSTRATIVE = _words("dieser diese beide alle letzterer letztere")
PLURAL = _words("wir uns sie ihnen")
ARTICLES = _words("der die das den dem des ein eine einen einem einer eines")
#: Articles that may stand in the genitive: what they begin belongs to the noun before.
GENITIVE = _words("der des eines einer dieses dieser seines seiner ihres ihrer deren dessen")
DEFINITE = _words(
    "der die das den dem des dieser diese dieses diesen diesem jener jene jenes sein seine seinen seiner seines ihr ihre ihren ihrer ihres"
)
INDEFINITE = _words(
    "ein eine einen einem einer eines kein keine einige mehrere viele manche zwei drei vier fünf sechs sieben acht neun zehn zahlreiche"
)
DETERMINERS = (
    ARTICLES
    | DEFINITE
    | INDEFINITE
    | _words(
        "seinem ihrem unser unsere unseren unserem unserer mein meine meinen meinem meiner alle allen aller beide beiden beider "
        "jeder jede jedes jeden jedem solche solcher solchen welche welcher elf zwölf hunderte tausende dutzende keinen keinem keiner "
        "einigen einiger mehreren mehrerer vielen vieler manchen weitere weiterer weiteren derselbe dieselbe"
    )
)
#: Forms that no subject in the nominative begins with.
OBLIQUE = _words(
    "den dem des einen einem eines diesen diesem seinen seinem ihren ihrem keinen keinem unseren unserem allen"
)
PREPOSITIONS = _words(
    "in im ins an am ans auf aufs aus bei beim bis durch für gegen hinter mit nach neben ohne seit über um unter unterm vor vorm "
    "während wegen zu zum zur zwischen trotz binnen gegenüber innerhalb außerhalb statt anstelle aufgrund dank samt je pro via ab "
    "entlang bezüglich hinsichtlich angesichts mittels anlässlich infolge"
)
#: “von” attaches to a person or body whom they belong to: “der Sprecher von Greenpeace”.
OF = _words("von vom")
CONJUNCTIONS = _words("und oder sowie &")
JOINING = _words("und &")
#: Small words inside of names.
PARTICLES = _words("van de da del della di du la le bin ibn al el zu zur")
AUXILIARIES = _words(
    "ist sind war waren sei seien wäre wären bin hat haben habe hatte hatten hätte hätten wird werden werde wurde wurden würde würden "
    "worden gewesen kann können könne konnte konnten könnte könnten soll sollen solle sollte sollten will wollen wolle wollte wollten "
    "muss müssen müsse musste mussten müsste müssten darf dürfen dürfe durfte dürfte dürften mag möge möchte möchten"
)
#: Forms of the subjunctive, in which German reports what others say.
SUBJUNCTIVE = _words(
    "sei seien wäre wären habe hätte hätten werde würde würden könne könnte könnten solle wolle müsse müsste müssten dürfe dürfte "
    "dürften möge gebe gebe es gehe komme stehe liege lasse bleibe gelte brauche wisse sehe mache handele handle nehme bestehe finde "
    "führe halte arbeite erwarte bedeute seien gäbe käme ginge stünde läge ließe bliebe bräuchte wüsste"
)
THAT = _words("dass daß")
#: Words besides “dass” that a content clause begins with.
ASKING = _words("ob wer was wie wo wann warum weshalb welche welcher welches wenn")
FUNCTION_WORDS = _words(
    "aber doch denn sondern jedoch allerdings auch nur noch schon bereits nicht nie sehr so als wenn weil da damit obwohl nachdem "
    "bevor falls sofern indem dabei dadurch dafür dagegen darauf darüber daraufhin davon dazu demnach deshalb daher darum dort hier "
    "dann immer wieder weiter weiterhin zudem außerdem ferner inzwischen mittlerweile unterdessen dennoch trotzdem etwa rund ungefähr "
    "mehr weniger fast ganz gar eben erst später zuvor danach zunächst schließlich zugleich gleichzeitig ebenfalls ebenso wohl "
    "möglicherweise offenbar zwar sowohl weder entweder wo wie was wer warum weshalb wann ob hin her hinzu mit an aus ein vor zurück "
    "fest klar hervor bekannt deutlich allein insgesamt anschließend insbesondere beispielsweise laut zufolge gemäß"
)
#: Adverbs that may stand between a subject and its verb, or between the verb and its subject.
BETWEEN = _words(
    "auch jedoch aber dazu daraufhin dann später zuvor nun noch bereits weiter außerdem ferner zudem hingegen dagegen schließlich "
    "anschließend unterdessen allerdings wörtlich heute gestern gegenüber hierzu darüber wiederum sich es"
)

#: Stems of regular verbs of saying.
_REGULAR = (
    "sag erklär äußer berichtet:berichte meld beton kritisier bemerk ergänz erzähl antworte erwidert:erwidere behaupt bestätig "
    "versicher vermut forder verlang warn drohe:drohe klag begründ erläuter kommentier zitier verkünd beschwert:beschwere wünsch hoff "
    "schätz glaub mein frag beklag bezweifel dementier lob mahn prophezei resümier spekulier spott ruf:rufe unterstrich:unterstreiche "
    "versprich:verspreche urteil informier argumentier konstatier präzisier prognostizier signalisier schilder bekräftig beteuer "
    "bezeichn bedauer befürcht fürcht begrüß jubel scherz schwärm twitter verteidig enthüll schreib zweifel bilanzier plädier appellier "
    "vermeld erinner räsonier moniert:moniere gesteh:gestehe rechtfertig verdeutlich beschuldig"
)
_IRREGULAR = (
    "sagte sagten berichtete berichteten berichtet berichten meldete meldeten meldet melden schrieb schrieben schreibt schreiben "
    "sprach sprachen spricht versprach versprachen verspricht antwortete antworteten erwiderte erwiderten behauptete behaupteten "
    "behauptet vermutete vermuteten drohte drohten droht klagte begründete begründeten begründet verkündete verkündeten verkündet "
    "beschwerte rief riefen unterstrich unterstreicht bezweifelte beschrieb beschreibt widersprach widerspricht gestand gesteht "
    "verriet verrät entgegnete entgegneten mutmaßte mutmaßt hieß heißt lautet lautete dachte denkt befürchtete befürchteten befürchtet "
    "bezeichnete bezeichneten bezeichnet wertete werteten spottete bestritt bestritten bestreitet warnte äußerte äußerten nannte nannten "
    "nennt zweifelte monierte monieren moniert beschloss beschlossen entschied"
)
#: Verbs whose particle stands apart: “teilte die Polizei mit”.
_SEPARABLE = {
    "mit": "teilte teilten teilt teilen",
    "hinzu": "fügte fügten fügt setzte setzten",
    "an": "kündigte kündigten kündigt merkte merkten merkt gab gaben gibt führte deutete deuteten deutet",
    "aus": "führte führten führt sagte sagten drückte drückten",
    "ein": "räumte räumten räumt wandte wandten wendet gestand",
    "bekannt": "gab gaben gibt machte machten",
    "hin": "wies wiesen weist",
    "darauf": "verwies verwiesen verweist",
    "zurück": "wies wiesen weist",
    "hervor": "hob hoben hebt",
    "fest": "stellte stellten stellt hielt hielten hält",
    "klar": "stellte stellten stellt machte machten macht",
    "deutlich": "machte machten macht",
    "auf": "forderte forderten fordert rief riefen ruft",
    "vor": "warf warfen wirft schlug schlugen schlägt",
    "zu": "gab gaben gibt sagte sagten sagt",
    "dar": "legte legten legt stellte stellten",
    "davon": "sprach sprachen spricht",
    "voraus": "sagte sagten sagt",
    "fort": "fuhr fuhren fährt",
    "bei": "pflichtete pflichteten pflichtet",
}
_PARTICIPLES = (
    "gesagt erklärt geäußert berichtet gemeldet betont mitgeteilt angekündigt hinzugefügt ausgeführt eingeräumt bekanntgegeben "
    "hingewiesen hervorgehoben festgestellt klargestellt aufgefordert vorgeworfen vorgeschlagen zugegeben zugesagt geschrieben "
    "gesprochen versprochen geantwortet behauptet bestätigt versichert gefordert verlangt gewarnt gedroht kritisiert kommentiert "
    "zitiert verkündet gefragt dementiert beschrieben widersprochen gestanden verraten bezeichnet angegeben angedeutet bestritten"
)


def _forms(stem: str) -> list[str]:
    """Return the present and past of a regular verb in the third person; “stem:form” lists only the present."""
    stem, _, only = stem.partition(":")
    if only:
        return [stem if stem.endswith("t") else f"{stem}t"]
    e = "e" if stem[-1] in "td" or stem.endswith(("chn", "ffn")) else ""
    return [f"{stem}{e}t", f"{stem}{e}te", f"{stem}{e}ten", f"{stem}en"]


#: Finite forms of verbs of saying, and which particles make one of a verb that is none by itself.
VERBS = frozenset(form for stem in _REGULAR.split() for form in _forms(stem)) | _words(_IRREGULAR)
SEPARABLE: dict[str, frozenset[str]] = {
    form: frozenset(particle for particle, forms in _SEPARABLE.items() if form in forms.split())
    for forms in _SEPARABLE.values()
    for form in forms.split()
}
#: In a subordinate clause the particle is joined on: “wie die Polizei mitteilte”.
JOINED = frozenset(f"{particle}{form}" for particle, forms in _SEPARABLE.items() for form in forms.split())
PARTICIPLES = _words(_PARTICIPLES)
#: Auxiliaries that a participle of saying makes a cue with, and “zitiert” the passive.
HAVE = _words("hat haben habe hatte hatten hätte")
#: Verbs that the hearer may stand behind before the subject does: “sagte der Zeitung”.
ADDRESSING = _words("sagte sagten antwortete versicherte teilte erzählte informierte warnte")

#: Before a noun phrase whose words are reported, behind one, and nouns with “nach” before and whose words behind.
BEFORE_SOURCE = _words("laut gemäß")
AFTER_SOURCE = _words("zufolge")
ACCOUNTS = _words(
    "angaben angabe aussage aussagen meinung ansicht auffassung einschätzung worten darstellung bericht berichten informationen "
    "auskunft mitteilung meldungen überzeugung"
)
#: The last parts of compounds that mean the same: “nach Unternehmensangaben”.
ACCOUNT_ENDINGS = ("angaben", "berichten", "informationen", "aussagen", "meldungen")
#: What turns to other things: content ends before a comma and one of these.
TURNS = _words("denn doch aber jedoch während wobei wohingegen sondern allerdings")
#: What begins a clause that says when, why or how, and nothing that was said.
ADJUNCT = _words(
    "um als nachdem bevor während da weil obwohl wobei indem ohne sodass bis seit und oder sowie aber doch denn so"
)

_ROLES = (
    "präsident vizepräsident kanzler bundeskanzler ministerpräsident premierminister minister staatssekretär sprecher vorsitzende "
    "vorsitzender chef leiter direktor generalsekretär bürgermeister oberbürgermeister senator abgeordnete abgeordneter politiker "
    "diplomat botschafter experte analyst ökonom wissenschaftler forscher professor arzt anwalt richter staatsanwalt polizist "
    "kommissar offizier general oberst könig papst bischof autor journalist reporter korrespondent aktivist zeuge augenzeuge anwohner "
    "bewohner bürger fahrer arbeiter mitarbeiter gründer trainer spieler lehrer schüler student vater bruder freund sohn pilot kapitän "
    "beamte beamter vertreter berater gutachter unternehmer manager vorstand geschäftsführer"
)
_BODIES = (
    "ministerium regierung bundesregierung parlament bundestag gericht polizei staatsanwaltschaft behörde amt kommission ausschuss rat "
    "partei fraktion gewerkschaft verband verein organisation institut universität unternehmen firma konzern bank botschaft armee "
    "feuerwehr zeitung zeitschrift magazin sender nachrichtenagentur agentur mutter schwester tochter frau mann familie leute menschen "
    "quelle quellen kreise opposition koalition delegation sprecherin königin staatsanwältin ärztin behörden"
)
#: The last parts of compounds for people and bodies that speak: “Außenministerin”, “Gewerkschaftschef”.
ROLES = tuple(sorted({*_ROLES.split(), *_BODIES.split(), *(f"{role}in" for role in _ROLES.split())}, key=len))
OUTLET_ENDINGS = (
    "zeitung",
    "zeitschrift",
    "magazin",
    "sender",
    "fernsehsender",
    "nachrichtenagentur",
    "rundfunk",
    "fernsehen",
    "blatt",
    "tageblatt",
    "anzeiger",
    "presse",
    "radio",
)
OUTLETS = _words(
    "dpa afp reuters ap spiegel stern focus zeit taz welt bild ard zdf ndr wdr swr mdr orf srf deutschlandfunk tagesschau bbc cnn "
    "n-tv n24 rtl faz handelsblatt tagesspiegel standard kurier"
)
TITLES = _words("herr herrn frau dr prof professor doktor graf gräfin freiherr prinz prinzessin sankt st")
