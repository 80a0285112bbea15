"""The English words that the rules know, by class, in lower case."""

from __future__ import annotations


def words_in(listed: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(listed.split())


#: “this” and the like count as articles in rules; names are compared without those of NAME_ARTICLES only.
ARTICLES = words_in("the a an this these those")
NAME_ARTICLES = words_in("the a an")
#: What begins with one of these was mentioned before.
DEFINITE = words_in("the this that these those his her its their")
DETERMINERS = words_in(
    "some any no every each all both either neither another other others certain several many most multiple few "
    "numerous various two three four five six seven eight nine ten eleven twelve twenty thirty hundreds dozens one"
)
#: Those with which someone is mentioned for the first time: “a senior envoy”, “two pilots”.
INTRODUCING = words_in(
    "a an one another some several many few numerous various two three four five six seven eight nine ten eleven twelve"
)
POSSESSIVES = words_in("my your his her its our their whose")
PRONOUNS = words_in(
    "i you he she it we they him them us me someone somebody everyone everybody anyone nobody himself herself themselves"
)
#: Pronouns for several people.
PLURAL = words_in("we us they them themselves")
#: Pronouns that can be the subject of a reporting verb.
SPEAKING = words_in("i he she they we it who")
AUXILIARIES = words_in(
    "am is are was were be been being has have had having do does did will would can could may might shall should must "
    "used 's ’s 're ’re 've ’ve 'd ’d 'll ’ll 'm ’m don't doesn't didn't isn't wasn't won't can't couldn't wouldn't "
    "hasn't haven't hadn't don’t doesn’t didn’t isn’t wasn’t won’t can’t couldn’t wouldn’t hasn’t haven’t hadn’t"
)
PREPOSITIONS = words_in(
    "in on at by for with from to into onto over under about against between among through during before after since "
    "until till as than like near off out up down without within across behind beyond per via upon toward towards amid "
    "despite following"
)
#: Prepositions that attach a place to a person: “an official in the ministry”.
PLACING = words_in("in at from on with for near inside within close familiar briefed")
#: Small words inside of names.
PARTICLES = words_in("de da del della di du la le van von der den al bin ibn el y")
CONJUNCTIONS = words_in("and or & und et y")
#: Those that make one name of two.
JOINING = words_in("and &")
#: Conjunctions, adverbs and relative pronouns, which no noun phrase holds.
FUNCTION_WORDS = words_in(
    "that which who whom while when where why how what whether because if although though but so yet nor however not "
    "never also only just still even already too very more less there here then thus therefore whereas unless once "
    "again ever often later earlier ago"
)
#: What may stand between a subject and its verb, besides adverbs in -ly.
BEFORE_VERBS = words_in(
    "also only just still even already later earlier then again once however never thus therefore now"
)
#: Adverbs that a cue leaves out; what negates it stays in.
ADVERBS = BEFORE_VERBS - {"never"}
RELATIVE = words_in("who which whose whom that")
#: Nouns for people and bodies that speak, in the singular or as listed.
ROLES = words_in(
    "president vice-president premier minister chancellor secretary governor mayor senator deputy deputies chief head "
    "boss chair chairman chairwoman chairperson director general leader official officer spokesman spokeswoman "
    "spokesperson spokespeople diplomat ambassador envoy consul delegate representative negotiator source aide adviser "
    "advisor expert analyst economist scientist researcher engineer professor doctor lawyer attorney judge prosecutor "
    "police policeman soldier captain colonel commander brigadier sergeant admiral lieutenant king queen prince "
    "princess pope bishop priest rabbi imam author writer editor journalist reporter correspondent columnist blogger "
    "critic activist campaigner protester organiser organizer lawmaker legislator parliamentarian member councillor "
    "commissioner inspector investigator witness victim survivor resident neighbour neighbor citizen passenger driver "
    "farmer worker employee employer owner founder executive manager coach player trainer teacher headmaster "
    "headmistress student pupil parent mother father husband wife son daughter brother sister friend colleague partner "
    "widow man woman men women people person child children girl boy lady gentleman nurse insider veteran supporter "
    "opponent ally rival pilot skipper secretary-general chef guest ministry government administration cabinet "
    "parliament congress senate court office department agency bureau authority authorities commission committee "
    "council board party union association federation organisation organization institute university company firm "
    "group bank fund embassy consulate army navy force media press newspaper paper magazine daily weekly website outlet "
    "channel network broadcaster report reports statement letter study survey staff team side delegation lobby "
    "consortium excellency majesty highness"
)
#: What someone in office is “of”: “the secretary of state”. A name may stand right behind it.
OFFICES = words_in(
    "state defense defence justice finance finances health interior transport transportation education energy agriculture "
    "commerce labor labour treasury economy culture environment trade industry tourism science technology fisheries "
    "housing immigration development information communications planning water affairs security staff police operations "
    "government parliament mission delegation"
)
#: What stands before the last word of an office: “of foreign affairs”.
OFFICE_KINDS = words_in("foreign home internal domestic public social national homeland veterans european")
HONORS = words_in("excellency majesty highness honour honor")
#: What stands before a name and is no part of it, besides roles.
TITLES = words_in(
    "mr mrs ms mx dr prof sir dame lord lady gen col capt lt sgt maj cmdr adm rev hon st sen rep gov pres jr sr supt "
    "insp miss madam messrs"
)
#: Outlets that pass on what others say; the last word of others’ names is one of OUTLET_WORDS.
OUTLETS = words_in(
    "reuters ap afp bbc cnn nbc cbs abc npr pbs msnbc bloomberg tass interfax xinhua yonhap kyodo dpa ansa efe "
    "aljazeera politico axios buzzfeed newsweek euronews kcna ria"
)
OUTLET_WORDS = words_in(
    "times post news herald tribune journal gazette guardian telegraph independent mirror observer chronicle star "
    "examiner courier globe mail press agency newspaper daily weekly magazine website broadcaster television tv radio "
    "outlet channel network"
)

_REGULAR = (
    "accuse acknowledge add admit advise affirm agree allege announce argue assert assure believe boast caution cite "
    "claim clarify comment complain concede conclude confess confirm contend continue counter declare demand deny "
    "describe disclose emphasize emphasise estimate exclaim explain express fear forecast guess hail hint hope imply "
    "indicate inform insist instruct joke lament maintain mention moderate note observe opine order pledge posit post "
    "predict proclaim promise propose protest quip quote reaffirm reason recall reckon recommend recount refuse "
    "reiterate relate remark remind repeat reply report request respond retort reveal signal speculate stress suggest "
    "suspect testify text threaten tweet underline underscore urge voice vow warn whisper wonder answer ask call "
    "circulate counsel dispute dismiss pretend"
)
_IRREGULAR = (
    "states stated stating say says said saying tell tells told telling write writes wrote written writing think "
    "thinks thought thinking know knows knew swear swears swore sworn commit commits committed committing consider "
    "considers considered considering want wants wanted wanting according put puts shout shouts shouted plead pleads "
    "pleaded stick expect expects expected hold holds held"
)
#: Forms of reporting verbs that are nouns after a determiner: “the report”, “his claims”.
NOUNS_TOO = words_in("report reports letter post claim claims request hope hopes text signal comment")
DOUBLED = words_in("admit quip refer")
#: Verbs that the hearer stands behind: “told the council”.
ADDRESSING = words_in(
    "tell tells told telling assure assured assures inform informed informs remind reminded reminds warned"
)
#: Verbs whose object speaks: “Reuters quoted the mayor as saying …”.
RELAYING = words_in("quote quotes quoted quoting cite cites cited citing")
#: Stems of verbs whose content is a wish or a view: what another verb introduces counts before it.
WISHING = (
    "hop", "expect", "fear", "want", "demand", "continu", "consider", "ask", "call", "hold", "held", "think", "thought",
    "know", "put", "describ", "stick", "refus", "threaten", "promis", "agree",
)  # fmt: skip
#: What turns to other things: content ends before it.
TURNS = words_in("while but although though whereas as which who when where since because")


def forms(verb: str) -> list[str]:
    """Return the forms of a regular verb."""
    stem = verb.removesuffix("e")
    if verb in DOUBLED:
        stem = verb + verb[-1]
    if verb[-1] == "y" and verb[-2] not in "aeiou":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{stem}ing"]
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch")) else f"{verb}s"
    return [verb, third, f"{stem}ed", f"{stem}ing"]


REPORTING_VERBS = frozenset(form for verb in _REGULAR.split() for form in forms(verb)) | words_in(_IRREGULAR)
_MORE_ROLES = frozenset(f"{role}s" for role in ROLES) | {f"{role[:-1]}ies" for role in ROLES if role.endswith("y")}
#: Roles and bodies, one or several.
ROLE_FORMS = ROLES | _MORE_ROLES | {f"{role}es" for role in ROLES if role.endswith(("s", "sh", "ch"))}
