// @ts-check
import { Tokens } from "./tokens.js";
import { dateParts } from "./datewords.js";

/**
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {import("./tokens.js").Token} Token
 */

/** A word, in any form of it, or in any of the forms listed. @param {string} words @returns {Set<string>} */
const setOf = (/** @type {string} */ words) => new Set(words.split(/\s+/u));

const ARTICLES = setOf("the a an this these those");
const DETERMINERS = setOf(
  "some any no every each all both either neither another other others certain several many most multiple few numerous various two three four five six seven eight nine ten eleven twelve twenty thirty hundreds dozens one",
);
const POSSESSIVES = setOf("my your his her its our their whose");
const PRONOUNS = setOf("i you he she it we they him them us me someone somebody everyone everybody anyone nobody");
const AUXILIARIES = setOf(
  "am is are was were be been being has have had having do does did will would can could may might shall should must used ’s ’re ’ve ’d ’ll don't doesn't didn't isn't wasn't won't can't couldn't wouldn't hasn't haven't hadn't",
);
const PREPOSITIONS = setOf(
  "in on at by for with from to into onto over under about against between among through during before after since until till as than like near off out up down without within across behind beyond per via upon toward towards amid despite following",
);
const JOINERS = setOf("de da del della di du la le van von der den al bin ibn el y");
const CONJUNCTIONS = setOf("and or & und et y");
const PLAIN = setOf(
  "that which who whom while when where why how what whether because if although though but so yet nor however not never also only just still even already too very more less there here then thus therefore whereas unless once again ever often later earlier ago",
);
const ROLES = setOf(
  "president vice-president premier minister chancellor secretary governor mayor senator deputy deputies chief head boss chair chairman chairwoman chairperson director general leader official officer spokesman spokeswoman spokesperson spokespeople diplomat ambassador envoy consul delegate representative negotiator source aide adviser advisor expert analyst economist scientist researcher engineer professor doctor lawyer attorney judge prosecutor police policeman soldier captain colonel commander brigadier sergeant admiral lieutenant king queen prince princess pope bishop priest rabbi imam author writer editor journalist reporter correspondent columnist blogger critic activist campaigner protester organiser organizer lawmaker legislator parliamentarian member councillor commissioner inspector investigator witness victim survivor resident neighbour neighbor citizen passenger driver farmer worker employee employer owner founder executive manager coach player captain trainer teacher headmaster headmistress student pupil parent mother father husband wife son daughter brother sister friend colleague partner widow man woman men women people person child children girl boy lady gentleman doctor nurse insider veteran critic supporter opponent ally rival pilot skipper secretary-general chef owner guest " +
    "ministry government administration cabinet parliament congress senate court office department agency bureau authority authorities commission committee council board party union association federation organisation organization institute university company firm group bank fund embassy consulate army navy force police media press newspaper paper magazine daily weekly website outlet channel network broadcaster report reports statement letter study survey spokesperson staff team side delegation lobby consortium excellency majesty highness",
);
/** Words before a name that are not part of it. */
export const TITLES = setOf(
  "mr mrs ms dr prof sir dame lord lady gen col capt lt sgt rev hon st sen rep gov pres jr sr",
);
const LINKS = setOf("in at from on with for near inside within close familiar briefed");
const SAYING = wordForms(
  "acknowledge add admit advise affirm agree allege announce argue assert assure believe boast caution cite claim clarify comment complain concede conclude confess confirm continue declare demand deny describe disclose emphasize emphasise estimate exclaim explain express fear forecast guess hail hint hope imply indicate inform insist instruct joke lament maintain mention moderate note observe opine order pledge posit post predict proclaim promise propose protest quip quote reaffirm reason recall reckon recommend recount refuse reiterate relate remark remind repeat reply report request respond reveal signal speculate stress suggest suspect testify text threaten tweet underline underscore urge voice vow warn whisper wonder answer ask call circulate conclude counsel dispute dismiss pretend",
);
for (const form of "states stated stating say says said saying tell tells told telling write writes wrote written writing think thinks thought thinking know knows knew swear swears swore sworn commit commits committed committing consider considers considered considering want wants wanted wanting according put puts shout shouts shouted plead pleads pleaded stick expect expects expected know hold holds held".split(
  " ",
))
  SAYING.add(form);

/** The forms of regular verbs. @param {string} verbs @returns {Set<string>} */
function wordForms(verbs) {
  const forms = new Set();
  for (const verb of verbs.split(" ")) {
    const y = /[^aeiou]y$/u.test(verb);
    const stem = verb.replace(/e$/u, "");
    const doubled = /^(?:admit|quip|refer)$/u.test(verb) ? `${verb}${verb.slice(-1)}` : stem;
    for (const form of [
      verb,
      y ? `${verb.slice(0, -1)}ies` : /(?:s|sh|ch)$/u.test(verb) ? `${verb}es` : `${verb}s`,
      y ? `${verb.slice(0, -1)}ied` : `${doubled}ed`,
      `${doubled}ing`,
    ])
      forms.add(form);
  }
  return forms;
}

const CAPITAL = /^\p{Lu}/u;
const CASED = /[\p{Lu}\p{Ll}]/u;
/** The end of a word that owns what follows it. */
export const OWNING = /(?:['’]s|s['’])$/u;
const HONOUR = /^(?:excellency|majesty|highness|honour)$/u;
const HAN_SAYING =
  /^(?:说|說|称|稱|表示|指出|认为|認為|宣布|宣佈|透露|强调|強調|补充|補充|告诉|告訴|警告|承认|承認|写道|述べ|語っ|言っ|話し|発表|明らか)$/u;

/**
 * The class of every word and punctuation mark of a paragraph, a character each:
 * A article, D determiner or number, P possessive, O pronoun, S owner (“the union’s”), C capitalised, R role or body, n other word, e and i words in -ed and -ing,
 * o “of”, p preposition, l one that attaches a place to a person, h “that”, t time, v verb of saying, a auxiliary, j particle inside of names, & “and”,
 * u word of a script without capitals, x other function word, and for punctuation: , . : ( ) " and _ for what belongs to the word before.
 * @param {Tokens} tokens @param {Paragraph} paragraph @returns {{words: Token[], classes: string}}
 */
export function wordClasses(tokens, paragraph) {
  return tokens.once("c", paragraph, () => {
    const words = tokens.words(paragraph);
    const dates = dateParts(paragraph.text);
    const read = words.map(({ start, end }) => tokens.offsets.slice(start, end));
    let at = 0;
    const classes = words.map((word, index) => {
      const unit = tokens.offsets.units(word.start) - paragraph.unit;
      while (dates[at] && dates[at][1] <= unit) at++;
      const dated = Boolean(dates[at] && dates[at][0] <= unit);
      return classOf(read, index, word, words, dated);
    });
    return { words, classes: classes.join("") };
  });
}

/** @param {string[]} read @param {number} index @param {Token} token @param {Token[]} tokens @param {boolean} dated @returns {string} */
function classOf(read, index, token, tokens, dated) {
  const word = read[index];
  const touches = tokens[index - 1]?.end === token.start;
  if (!token.word) {
    if (
      /^['’]$/u.test(word) &&
      touches &&
      /s$/u.test(read[index - 1]) &&
      tokens[index + 1]?.start !== token.end &&
      tokens[index + 1]?.word
    )
      return "_";
    if (word === "." && touches && (TITLES.has(read[index - 1].toLowerCase()) || /^\p{Lu}$/u.test(read[index - 1])))
      return "_";
    if (word === "&") return "j";
    if (/^[([]/u.test(word)) return "(";
    if (/^[)\]]/u.test(word)) return ")";
    if (/^[,，、،]/u.test(word)) return ",";
    if (/^["“”„«»‹›「」『』‘’']/u.test(word)) return '"';
    if (/^[:：—–-]/u.test(word)) return ":";
    return ".";
  }
  const small = word.toLowerCase();
  const capital = CAPITAL.test(word);
  const owner =
    OWNING.test(word) ||
    (/s$/u.test(word) &&
      /^['’]$/u.test(read[index + 1] ?? "") &&
      tokens[index + 1].start === token.end &&
      tokens[index + 2]?.word === true);
  if (dated && !(capital && OWNING.test(word))) return "t";
  if (!CASED.test(word) && !/\d/u.test(word)) return HAN_SAYING.test(word) ? "v" : "u";
  if (word.length > 1 && word === word.toUpperCase() && !/\d/u.test(word)) return "C";
  if (small === "the" && HONOUR.test((read[index - 1] ?? "").toLowerCase())) return "_";
  if (ARTICLES.has(small)) return "A";
  if (DETERMINERS.has(small) || /^\d/u.test(word)) return "D";
  if (POSSESSIVES.has(small)) return "P";
  if (PRONOUNS.has(small)) return "O";
  if (small === "of") return "o";
  if (small === "that") return "h";
  const named = capital && index > 0 && tokens[index - 1].word; // in the middle of a sentence: “the United States”
  if (!named && AUXILIARIES.has(small)) return "a";
  if (!named && SAYING.has(small))
    return /^(?:report|reports|letter|post|claim|claims|request|hope|hopes|text|signal|comment)$/u.test(small) &&
      /^(?:the|a|other|its|his|her|their|these|those|some|several|new|local|of)$/iu.test(read[index - 1] ?? "")
      ? "R"
      : "v";
  if (LINKS.has(small)) return "l";
  if (PREPOSITIONS.has(small)) return "p";
  if (CONJUNCTIONS.has(small)) return "&";
  if (PLAIN.has(small)) return "x";
  if (JOINERS.has(word)) return "j";
  if (owner) return "S";
  if (
    ROLES.has(small) ||
    ROLES.has(small.replace(/ies$/u, "y")) ||
    ROLES.has(small.replace(/s$/u, "")) ||
    ROLES.has(small.replace(/es$/u, ""))
  )
    return "R";
  if (capital) return "C";
  if (/ed$/u.test(small)) return "e";
  if (/ing$/u.test(small)) return "i";
  return "n";
}

/** Returns whether words are only a pronoun. @param {string} words @returns {boolean} */
export function isPronoun(words) {
  return PRONOUNS.has(words.trim().toLowerCase()) || words.trim().toLowerCase() === "who";
}
