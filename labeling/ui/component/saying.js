// @ts-check
import { Tokens, lastStarting } from "./tokens.js";
import { Groups, stretchFrom } from "./noungroups.js";
import { wordClasses } from "./wordclasses.js";

/**
 * @typedef {import("./tokens.js").Stretch} Stretch
 * @typedef {import("./tokens.js").Paragraph} Paragraph
 */

const SPEAKING = /^(?:I|he|she|they|we|it|who)$/iu;
const WISHING =
  /^(?:hop|expect|fear|want|demand|continu|consider|ask|call|hold|held|think|thought|know|put|describ|stick|refus|fear|threaten|promis|agree)/u;
const TURNS = /^(?:while|but|although|though|whereas|as|which|who|when|where|since|because)$/u;

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
      const apposed = last?.to === from - 1 && classes[last.to] === "," && /C/u.test(classes.slice(last.from, last.to)); // “Anna Brook, the mayor,”
      const followed = next?.from === to + 1 && classes[to] === "," && classes[next.to] === "," && says(next.to);
      const indirect =
        /v[,:"]*$/u.test(classes.slice(Math.max(0, from - 4), from)) ||
        /according to$/iu.test(`${groups.read(from - 2)} ${groups.read(from - 1)}`);
      const doubt = !apposed && (indirect || followed || says(to)) ? 0 : 1;
      return [{ ...stretchFrom(tokens, words, from, to), doubt }];
    });
  });
}

/** Words of saying with their auxiliaries: “has cautioned”, “would say only”, “was quoted as saying”, “according to”. @param {Tokens} tokens @param {Paragraph} paragraph @returns {{from: number, to: number}[]} half-open, in words */
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

/** Returns the clauses of indirect or mixed quotes: those before and after a verb of saying. @param {Tokens} tokens @param {Paragraph} paragraph @param {(word: number) => boolean} quoted whether a word stands in quotation marks @returns {Stretch[]} */
export function saidClauses(tokens, paragraph, quoted) {
  return new SaidClauses(tokens, paragraph, quoted).all();
}

/** Reads off a paragraph what is said in its words. */
class SaidClauses {
  /** @param {Tokens} tokens @param {Paragraph} paragraph @param {(word: number) => boolean} quoted */
  constructor(tokens, paragraph, quoted) {
    const { words, classes } = wordClasses(tokens, paragraph);
    this.tokens = tokens;
    this.paragraph = paragraph;
    this.quoted = quoted;
    this.words = words;
    this.classes = classes;
    this.groups = new Groups(tokens, paragraph);
  }

  /** @param {number} index @returns {string} */
  read(index) {
    return this.groups.read(index).toLowerCase();
  }

  /** @returns {Stretch[]} */
  all() {
    const cues = cueWords(this.tokens, this.paragraph).filter(({ from }) => !this.quoted(from));
    /** @type {(Stretch & {wish?: boolean})[]} */
    const found = [];
    let first = 0;
    for (const sentence of this.tokens.sentences(this.paragraph)) {
      while (this.words[first]?.start < sentence.start) first++;
      let last = Math.min(lastStarting(this.words, sentence.end - 1), this.words.length - 1);
      while (last > first && this.classes[last] === "." && !this.words[last].word) last--;
      for (
        let at = this.classes.indexOf("h", first);
        at > first && at <= last;
        at = this.classes.indexOf("h", at + 1)
      ) {
        if (/[env]/u.test(this.classes[at - 1]) && this.classes[at + 1] !== "v")
          found.push({ start: this.words[at].start, end: this.words[this.contentEnd(at, last)].end, wish: true }); // “made it known that …”
      }
      for (const [index, cue] of cues.entries()) {
        if (cue.from < first || cue.to > last + 1) continue;
        const next = cues[index + 1] && cues[index + 1].from <= last ? cues[index + 1].from : last + 1;
        const start = this.contentStart(cue.to, next);
        if (start > 0) {
          const end = this.contentEnd(start, last);
          if (end >= start)
            found.push({
              start: this.words[start].start,
              end: this.words[end].end,
              wish: WISHING.test(this.read(cue.to - 1)),
            });
        }
        const before = this.contentBefore(first, cue);
        if (before) found.push(before);
      }
    }
    return found.filter(
      ({ wish, start, end }) =>
        !wish || !found.some((other) => !other.wish && other.start <= start && end <= other.end),
    );
  }

  /** Returns the start of the content after a verb of saying: at “that”, “to”, or after the hearer, time and place. @param {number} at @param {number} limit @returns {number} */
  contentStart(at, limit) {
    for (let index = at; index < Math.min(limit + 1, at + 12) && !/[.:]/u.test(this.classes[index] ?? "."); index++)
      if (this.classes[index] === "h") return index;
    let here = at;
    for (let turns = 0; turns < 6; turns++) {
      const kind = this.classes[here];
      if (kind === undefined || here > at + 12) return 0;
      if (this.read(here) === "to" && this.classes[here + 1] === "n") return here;
      const group = this.groups.group(here);
      const addressed = this.read(at - 1).startsWith("t") && turns === 0 && group > here; // “told someone”
      if (addressed) here = group;
      else if (kind === "," && this.classes[here + 1] === "u") here++;
      else if (kind === "t") while (this.classes[here] === "t") here++;
      else if (/[pl]/u.test(kind) && this.classes[here + 1] === "t") here++;
      else if (/[pl]/u.test(kind) && this.groups.group(here + 1) > here + 1) here = this.groups.group(here + 1);
      else if (kind === "x" && /^(?:only|also|earlier|later|again)$/u.test(this.read(here))) here++;
      else break;
    }
    return /[,.:v&oe)]/u.test(this.classes[here] ?? ".") ||
      (this.classes[here] === '"' && this.classes[here - 1] === ",")
      ? 0
      : here;
  }

  /** Returns the end of content that starts at a word: before the text turns to another subject, or at the end of the sentence. @param {number} start @param {number} last @returns {number} */
  contentEnd(start, last) {
    for (let at = start + 1; at <= last; at++) {
      if (this.quoted(at)) continue;
      if (this.classes[at] === "." && this.read(at) === ";") return at - 1;
      if (this.classes[at] !== ",") continue;
      const after = at + 1;
      if (TURNS.test(this.read(after)) || (/^[vaei]/u.test(this.classes[after]) && /ing$/u.test(this.read(after))))
        return at - 1;
      const joined = this.classes[after] === "&" ? after + 1 : after;
      const group = this.groups.group(joined);
      if (group > joined && /^x?a?x?v/u.test(this.classes.slice(group, group + 4))) return at - 1;
    }
    return last;
  }

  /** The content before “, she said” or before the colon of a headline. @param {number} first @param {{from: number, to: number}} cue @returns {Stretch | null} */
  contentBefore(first, cue) {
    for (let at = cue.from - 1; at > first && at > cue.from - 14; at--) {
      if (this.classes[at] !== ",") continue;
      const speaker = this.groups.group(at + 1);
      const after = this.groups.group(cue.to);
      const inverted =
        at + 1 === cue.from &&
        after > cue.to &&
        !this.read(cue.to - 1).startsWith("t") &&
        /[.,tp]/u.test(this.classes[after] ?? "."); // “…, said Anna Brook”
      if (!inverted && (speaker === at + 1 || speaker < cue.from) && this.read(cue.to) !== "as") continue;
      const dateline = this.classes.slice(first, at).lastIndexOf(":");
      const start = dateline >= 0 && dateline < 12 ? first + dateline + 1 : first;
      if (at - start < 3) return null;
      return { start: this.words[start].start, end: this.words[at - 1].end };
    }
    return null;
  }
}
