// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { dateParts } from "./datewords.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {import("./tokens.js").Token} Token
 * @typedef {Stretch & {name: string}} Name
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
const TITLES = setOf("mr mrs ms dr prof sir dame lord lady gen col capt lt sgt rev hon st sen rep gov pres jr sr");
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
const LATIN = /\p{Script=Latin}/u;
const OWNING = /(?:['’]s|s['’])$/u;

/**
 * The class of every word and mark of a paragraph, a character each:
 * A article, D determiner or number, P possessive, O pronoun, S owner («the union’s»), C capitalised, R role or body, n other word, e and i words in -ed and -ing,
 * o «of», p preposition, l one that attaches a place to a person, h «that», t time, v verb of saying, a auxiliary, j particle inside of names, & «and»,
 * u word of a script without capitals, x other function word, and for marks: , . : ( ) " and _ for what belongs to the word before.
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
  const named = capital && index > 0 && tokens[index - 1].word; // in the middle of a sentence: «the United States»
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

const SPEAKING = /^(?:I|he|she|they|we|it|who)$/iu;
const REACH_OF_GROUP = 60;
const HONOUR = /^(?:excellency|majesty|highness|honour)$/u;
const HAN_SAYING =
  /^(?:说|說|称|稱|表示|指出|认为|認為|宣布|宣佈|透露|强调|強調|补充|補充|告诉|告訴|警告|承认|承認|写道|述べ|語っ|言っ|話し|発表|明らか)$/u;
const HAN_BREAKS =
  /^(?:在|的|将|將|会|會|和|与|與|是|对|對|向|了|也|并|就|把|被|の|は|が|を|に|と|で|も|へ|や|から|まで|という|した|して|する|です|ます|だ|た|て)$/u;

/** Reads noun groups off a paragraph's classes, from left to right. */
class Groups {
  /** @param {Tokens} tokens @param {Paragraph} paragraph */
  constructor(tokens, paragraph) {
    const { words, classes } = wordClasses(tokens, paragraph);
    this.words = words;
    this.classes = classes;
    /** The classes from a word on, as far as a group may reach. @param {number} at */
    this.from = (at) => classes.slice(at, at + REACH_OF_GROUP);
    this.read = (/** @type {number} */ index) =>
      words[index] ? tokens.offsets.slice(words[index].start, words[index].end) : "";
  }

  /** @returns {{from: number, to: number}[]} half-open, in words */
  all() {
    const found = [];
    for (let at = 0; at < this.words.length;) {
      const to = this.group(at);
      if (to > at) found.push({ from: at, to });
      at = Math.max(to, at + 1);
    }
    return this.joined(found);
  }

  /** Where the group that starts at a word ends; `at` itself where none does. @param {number} at @returns {number} */
  group(at) {
    const { classes } = this;
    if (classes[at] === "u") return this.unspaced(at);
    if (classes[at] === "O") return at + 1;
    let to = this.core(at);
    if (to === at) return at;
    const role = /R/u.test(classes.slice(at, to));
    for (let next; classes[to] === "o" && (next = this.complement(to + 1)) > to + 1;) to = next;
    if (role || classes[at] === "D" || classes[at] === "A") to = this.place(at, to);
    to = this.gloss(to);
    return role ? this.apposition(to) : to;
  }

  /** Determiners, what describes, and the head: a name, a role, or after a determiner any noun. @param {number} at @returns {number} */
  core(at) {
    const { classes } = this;
    const led = /^[ADP]*/u.exec(this.from(at))?.[0].length ?? 0;
    const rest = this.from(at + led);
    const owned = /^(?:[CR]_?)*S_?/u.exec(rest);
    if (!led && owned && !/^(?:[nCRe]_?)*S_?(?:[nCReiS]_?)*[CR]/u.test(rest)) return at + owned[0].length;
    if (!led && !owned) {
      const bare = /^(?:[ne]{0,2}R_?(?:j?[CR]_?)*|C_?(?:j{0,2}[CR]_?|oD?(?=C)C_?)*)/u.exec(rest)?.[0] ?? "";
      const infinitive = /^[ne]/u.test(bare) && /^(?:to|not)$/iu.test(this.read(at - 1));
      return infinitive ? at : at + bare.length;
    }
    const run = /^(?:[nCReiSD]_?|jC)*/u.exec(rest)?.[0] ?? "";
    const stop = /R_?[nei](?![RC])/u.exec(run); // a verb is not known, but a role ends the group before it
    const within = stop && !/S/u.test(run.slice(stop.index)) ? run.slice(0, stop.index + stop[0].length - 1) : run;
    const headed = Math.max(within.lastIndexOf("C"), within.lastIndexOf("R"));
    const kept =
      headed >= 0
        ? within.slice(0, headed + (within[headed + 1] === "_" ? 2 : 1))
        : within.replace(/[eiD_]+$/u, "").replace(/S_?$/u, "");
    if (
      !kept &&
      led &&
      /^(?:one|two|three|some|many|most|several|both|all|another|others|a)$/iu.test(this.read(at + led - 1)) &&
      classes[at + led] === "o"
    )
      return at + led;
    return kept ? at + led + kept.length : at;
  }

  /** What follows «of»: no more than its own head. @param {number} at @returns {number} */
  complement(at) {
    if (this.classes[at] === "O") return at + 1;
    return this.core(at) > at ? this.core(at) : at + (/^n(?![nei])/u.test(this.from(at)) ? 1 : 0);
  }

  /** Where people are from, what they know: «in the ministry», «close to the talks». @param {number} start @param {number} at @returns {number} */
  place(start, at) {
    const { classes } = this;
    const led = /^[lp]{1,2}/u.exec(this.from(at))?.[0] ?? "";
    if (!led.startsWith("l")) return at;
    let to = this.complement(at + led.length);
    if (to === at + led.length) return at;
    for (let next; classes[to] === "o" && (next = this.complement(to + 1)) > to + 1;) to = next;
    while (
      /[nCR]/u.test(classes[to] ?? "") &&
      /[nCRi]/u.test(classes[to - 1]) &&
      !/^[ADP]/u.test(this.from(at + led.length))
    )
      to++;
    const loose =
      !/^(?:the|this|that)$/iu.test(this.read(start)) &&
      /[ADPR]/u.test(classes[start]) &&
      (classes[to] === "," || /^(?:who|that|which)$/u.test(this.read(to)));
    return /[va]/u.test(classes[to] ?? "") || this.read(to) === "as" || loose ? to : at;
  }

  /** The name once more in another script: «(ნათელა)». @param {number} at @returns {number} */
  gloss(at) {
    const found = /^\([uCn]+\)/u.exec(this.from(at));
    return found && LATIN.test(this.read(at - 1)) && !LATIN.test(this.read(at + 1)) ? at + found[0].length : at;
  }

  /** The name of whose role was told: «the minister, Anna Brook,». @param {number} at @returns {number} */
  apposition(at) {
    const name = /^,(?:R_?)*(?:C_?j?)*C_?/u.exec(this.from(at));
    if (!name) return at;
    const to = this.gloss(at + name[0].length);
    return /[,."va]/u.test(this.classes[to] ?? ".") ? to : at;
  }

  /** Two groups that «and» joins, where both speak. @param {{from: number, to: number}[]} groups @returns {{from: number, to: number}[]} */
  joined(groups) {
    const { classes } = this;
    /** @type {{from: number, to: number}[]} */
    const found = [];
    for (const group of groups) {
      const last = found[found.length - 1];
      const speaks = /^,?(?:x?[va]|nv)/u.test(this.from(group.to)) && !/v/u.test(classes[(last?.from ?? 0) - 1] ?? "");
      if (
        last &&
        last.to + 1 === group.from &&
        classes[last.to] === "&" &&
        speaks &&
        /[CRO]/u.test(classes.slice(last.from, last.to))
      )
        last.to = group.to;
      else found.push({ ...group });
    }
    return found;
  }

  /** A run of words that no space and no small word parts. @param {number} at @returns {number} */
  unspaced(at) {
    if (HAN_BREAKS.test(this.read(at))) return at;
    let to = at + 1;
    while (
      this.classes[to] === "u" &&
      this.words[to].start === this.words[to - 1].end &&
      !HAN_BREAKS.test(this.read(to))
    )
      to++;
    return to;
  }
}

/** Whether words are but a pronoun. @param {string} words @returns {boolean} */
export function isPronoun(words) {
  return PRONOUNS.has(words.trim().toLowerCase()) || words.trim().toLowerCase() === "who";
}

/** The noun groups of a paragraph in which somebody is named: names, roles, pronouns, and what a determiner begins. @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]} */
export function nounGroups(tokens, paragraph) {
  return tokens.once("n", paragraph, () => {
    const groups = new Groups(tokens, paragraph);
    return groups.all().map(({ from, to }) => stretchFrom(tokens, groups.words, from, to));
  });
}

/**
 * The names of an article, of two words and more, in reading order: capitalised words without titles.
 * @param {Tokens} tokens @returns {Name[]}
 */
export function properNames(tokens) {
  return tokens.paragraphs.flatMap((paragraph) =>
    tokens.once("o", paragraph, () => {
      const { words, classes } = wordClasses(tokens, paragraph);
      return [...classes.matchAll(/C_?(?:j{0,2}C_?)*(?:j{0,2}[CS]_?)/gu)].flatMap(({ index, 0: run }) => {
        let from = index;
        const to = index + run.length;
        while (
          TITLES.has(tokens.offsets.slice(words[from].start, words[from].end).toLowerCase()) ||
          classes[from] === "_"
        )
          from++;
        if (classes[index - 1] === "o" || to - from < 2) return []; // «Minister of Transport Anna Brook»: where the name begins is not known
        const { start, end } = stretchFrom(tokens, words, from, to);
        return [{ start, end, name: tokens.offsets.slice(start, end) }];
      });
    }),
  );
}

/** The noun groups of a paragraph that can speak, each with how likely it does: 0 beside words of saying, 1 a name, a role or a pronoun elsewhere. @param {Tokens} tokens @param {Paragraph} paragraph @returns {(Stretch & {doubt: number})[]} */
export function speakers(tokens, paragraph) {
  return tokens.once("l", paragraph, () => {
    const groups = new Groups(tokens, paragraph);
    const { words, classes } = groups;
    const starts = new Set(cueWords(tokens, paragraph).map(({ from }) => from));
    const says = (/** @type {number} */ to) =>
      [0, 1, 2].some((gap) => starts.has(to + gap) && /^[x,ht]*$/u.test(classes.slice(to, to + gap)));
    const all = groups.all();
    return all.flatMap(({ from, to }, index) => {
      const own = classes.slice(from, to);
      if (/^O$/u.test(own) && !SPEAKING.test(groups.read(from))) return [];
      if (!/[CROuS]/u.test(own)) return [];
      const [last, next] = [all[index - 1], all[index + 1]];
      const apposed = last?.to === from - 1 && classes[last.to] === "," && /C/u.test(classes.slice(last.from, last.to)); // «Anna Brook, the mayor,»
      const followed = next?.from === to + 1 && classes[to] === "," && classes[next.to] === "," && says(next.to);
      const told =
        /v[,:"]*$/u.test(classes.slice(Math.max(0, from - 4), from)) ||
        /according to$/iu.test(`${groups.read(from - 2)} ${groups.read(from - 1)}`);
      const doubt = !apposed && (told || followed || says(to)) ? 0 : 1;
      return [{ ...stretchFrom(tokens, words, from, to), doubt }];
    });
  });
}

/** The stretch of some words; the owner's «’s» stays out at its end. @param {Tokens} tokens @param {Token[]} words @param {number} from @param {number} to @returns {Stretch} */
function stretchFrom(tokens, words, from, to) {
  const { start } = words[from];
  const { end } = words[to - 1];
  const owner = OWNING.exec(tokens.offsets.slice(start, end))?.[0] ?? "";
  return { start, end: end - (owner.length === 2 && !owner.startsWith("s") ? 2 : 0) };
}

/** Words of saying with their auxiliaries: «has cautioned», «would say only», «was quoted as saying», «according to». @param {Tokens} tokens @param {Paragraph} paragraph @returns {{from: number, to: number}[]} half-open, in words */
function cueWords(tokens, paragraph) {
  const { words, classes } = wordClasses(tokens, paragraph);
  const read = (/** @type {number} */ index) =>
    words[index] ? tokens.offsets.slice(words[index].start, words[index].end).toLowerCase() : "";
  const found = [];
  for (const { index, 0: run } of classes.matchAll(/(?:a[xe]?){0,3}v/gu)) {
    let to = index + run.length;
    if (read(to - 1) === "according") to += read(to) === "to" ? 1 : 0;
    else if (read(to) === "as" && classes[to + 1] === "v" && /a/u.test(run)) to += 2;
    else if (read(to) === "out" || read(to) === "only") to++;
    found.push({ from: index, to });
  }
  return found;
}

/** The words of saying of a paragraph, each with its auxiliaries. @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]} */
export function cues(tokens, paragraph) {
  const words = tokens.words(paragraph);
  return cueWords(tokens, paragraph).map(({ from, to }) => ({ start: words[from].start, end: words[to - 1].end }));
}

const WISHING =
  /^(?:hop|expect|fear|want|demand|continu|consider|ask|call|hold|held|think|thought|know|put|describ|stick|refus|fear|threaten|promis|agree)/u;
const TURNS = /^(?:while|but|although|though|whereas|as|which|who|when|where|since|because)$/u;

/** What is said without quotation marks, or with some words in them: the clauses before and after words of saying. @param {Tokens} tokens @param {Paragraph} paragraph @param {(word: number) => boolean} quoted whether a word stands in quotation marks @returns {Stretch[]} */
export function saidClauses(tokens, paragraph, quoted) {
  const { words, classes } = wordClasses(tokens, paragraph);
  const read = (/** @type {number} */ index) =>
    words[index] ? tokens.offsets.slice(words[index].start, words[index].end).toLowerCase() : "";
  const groups = new Groups(tokens, paragraph);
  const told = cueWords(tokens, paragraph).filter(({ from }) => !quoted(from));
  /** @type {(Stretch & {wish?: boolean})[]} */
  const found = [];
  let first = 0;
  for (const sentence of tokens.sentences(paragraph)) {
    while (words[first]?.start < sentence.start) first++;
    let last = Math.min(lastStarting(words, sentence.end - 1), words.length - 1);
    while (last > first && classes[last] === "." && !words[last].word) last--;
    for (let at = classes.indexOf("h", first); at > first && at <= last; at = classes.indexOf("h", at + 1)) {
      if (/[env]/u.test(classes[at - 1]) && classes[at + 1] !== "v")
        found.push({ start: words[at].start, end: words[contentEnd(at, last)].end, wish: true }); // «made it known that …»
    }
    for (const [index, cue] of told.entries()) {
      if (cue.from < first || cue.to > last + 1) continue;
      const next = told[index + 1] && told[index + 1].from <= last ? told[index + 1].from : last + 1;
      const start = contentStart(cue.to, next);
      if (start > 0) {
        const end = contentEnd(start, last);
        if (end >= start)
          found.push({ start: words[start].start, end: words[end].end, wish: WISHING.test(read(cue.to - 1)) });
      }
      const before = contentBefore(first, cue);
      if (before) found.push(before);
    }
  }
  return found.filter(
    ({ wish, start, end }) => !wish || !found.some((other) => !other.wish && other.start <= start && end <= other.end),
  );

  /** Where the content after a word of saying starts: at «that», «to», or past who was told, when and where. @param {number} at @param {number} limit @returns {number} */
  function contentStart(at, limit) {
    for (let index = at; index < Math.min(limit + 1, at + 12) && !/[.:]/u.test(classes[index] ?? "."); index++)
      if (classes[index] === "h") return index;
    let here = at;
    for (let turns = 0; turns < 6; turns++) {
      const kind = classes[here];
      if (kind === undefined || here > at + 12) return 0;
      if (read(here) === "to" && classes[here + 1] === "n") return here;
      const group = groups.group(here);
      const told = read(at - 1).startsWith("t") && turns === 0 && group > here; // told somebody
      if (told) here = group;
      else if (kind === "," && classes[here + 1] === "u") here++;
      else if (kind === "t") while (classes[here] === "t") here++;
      else if (/[pl]/u.test(kind) && classes[here + 1] === "t") here++;
      else if (/[pl]/u.test(kind) && groups.group(here + 1) > here + 1) here = groups.group(here + 1);
      else if (kind === "x" && /^(?:only|also|earlier|later|again)$/u.test(read(here))) here++;
      else break;
    }
    return /[,.:v&oe)]/u.test(classes[here] ?? ".") || (classes[here] === '"' && classes[here - 1] === ",") ? 0 : here;
  }

  /** Where content that starts at a word ends: before a turn to other things, or with the sentence. @param {number} start @param {number} last @returns {number} */
  function contentEnd(start, last) {
    for (let at = start + 1; at <= last; at++) {
      if (quoted(at)) continue;
      if (classes[at] === "." && read(at) === ";") return at - 1;
      if (classes[at] !== ",") continue;
      const after = at + 1;
      if (TURNS.test(read(after)) || (/^[vaei]/u.test(classes[after]) && /ing$/u.test(read(after)))) return at - 1;
      const joined = classes[after] === "&" ? after + 1 : after;
      const group = groups.group(joined);
      if (group > joined && /^x?a?x?v/u.test(classes.slice(group, group + 4))) return at - 1;
    }
    return last;
  }

  /** The content before «, she said» or before the colon of a headline. @param {number} first @param {{from: number, to: number}} cue @returns {Stretch | null} */
  function contentBefore(first, cue) {
    for (let at = cue.from - 1; at > first && at > cue.from - 14; at--) {
      if (classes[at] !== ",") continue;
      const speaker = groups.group(at + 1);
      const after = groups.group(cue.to);
      const inverted =
        at + 1 === cue.from &&
        after > cue.to &&
        !read(cue.to - 1).startsWith("t") &&
        /[.,tp]/u.test(classes[after] ?? "."); // «…, said Anna Brook»
      if (!inverted && (speaker === at + 1 || speaker < cue.from) && read(cue.to) !== "as") continue;
      const dateline = classes.slice(first, at).lastIndexOf(":");
      const start = dateline >= 0 && dateline < 12 ? first + dateline + 1 : first;
      if (at - start < 3) return null;
      return { start: words[start].start, end: words[at - 1].end };
    }
    return null;
  }
}
