// @ts-check
import { Tokens } from "./tokens.js";
import { OWNING, TITLES, wordClasses } from "./wordclasses.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 * @typedef {import("./tokens.js").Token} Token
 * @typedef {Stretch & {name: string}} Name
 */

const REACH_OF_GROUP = 60;
const LATIN = /\p{Script=Latin}/u;
const HAN_BREAKS =
  /^(?:在|的|将|將|会|會|和|与|與|是|对|對|向|了|也|并|就|把|被|の|は|が|を|に|と|で|も|へ|や|から|まで|という|した|して|する|です|ます|だ|た|て)$/u;

/** Reads noun groups off a paragraph's classes, from left to right. */
export class Groups {
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

  /** Returns the end of the group that starts at a word; `at` itself if none does. @param {number} at @returns {number} */
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

  /** Returns the end of the phrase after “of”: its own head only. @param {number} at @returns {number} */
  complement(at) {
    if (this.classes[at] === "O") return at + 1;
    return this.core(at) > at ? this.core(at) : at + (/^n(?![nei])/u.test(this.from(at)) ? 1 : 0);
  }

  /** Returns the end of a phrase about where people are from or what they know: “in the ministry”, “close to the talks”. @param {number} start @param {number} at @returns {number} */
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

  /** The name once more in another script: “(ნათელა)”. @param {number} at @returns {number} */
  gloss(at) {
    const found = /^\([uCn]+\)/u.exec(this.from(at));
    return found && LATIN.test(this.read(at - 1)) && !LATIN.test(this.read(at + 1)) ? at + found[0].length : at;
  }

  /** The name of whose role stands before it: “the minister, Anna Brook,”. @param {number} at @returns {number} */
  apposition(at) {
    const name = /^,(?:R_?)*(?:C_?j?)*C_?/u.exec(this.from(at));
    if (!name) return at;
    const to = this.gloss(at + name[0].length);
    return /[,."va]/u.test(this.classes[to] ?? ".") ? to : at;
  }

  /** Two groups that “and” joins, where both speak. @param {{from: number, to: number}[]} groups @returns {{from: number, to: number}[]} */
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

/** The noun groups of a paragraph in which someone is named: names, roles, pronouns, and what a determiner begins. @param {Tokens} tokens @param {Paragraph} paragraph @returns {Stretch[]} */
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
        if (classes[index - 1] === "o" || to - from < 2) return []; // “Minister of Transport Anna Brook”: where the name begins is not known
        const { start, end } = stretchFrom(tokens, words, from, to);
        return [{ start, end, name: tokens.offsets.slice(start, end) }];
      });
    }),
  );
}

/** The stretch of some words; the owner's “’s” stays out at its end. @param {Tokens} tokens @param {Token[]} words @param {number} from @param {number} to @returns {Stretch} */
export function stretchFrom(tokens, words, from, to) {
  const { start } = words[from];
  const { end } = words[to - 1];
  const owner = OWNING.exec(tokens.offsets.slice(start, end))?.[0] ?? "";
  return { start, end: end - (owner.length === 2 && !owner.startsWith("s") ? 2 : 0) };
}
