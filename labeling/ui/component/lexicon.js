// @ts-check

/** @typedef {{pronouns: string[], plural: string[], articles: string[], definite: string[], indefinite: string[], conjunctions: string[]}} LexiconData  in small letters */

/** @type {LexiconData} */
export const NO_WORDS = { pronouns: [], plural: [], articles: [], definite: [], indefinite: [], conjunctions: [] };

/** The few words of the article's language that the page compares names by; the server's rules list them. */
export class Lexicon {
  /** @param {Partial<LexiconData>} [words] */
  constructor(words = {}) {
    const { pronouns, plural, articles, definite, indefinite, conjunctions } = { ...NO_WORDS, ...words };
    this.pronouns = new Set(pronouns);
    this.plural = new Set(plural);
    this.articles = new Set(articles);
    this.definite = new Set(definite);
    this.indefinite = new Set(indefinite);
    this.conjunctions = new Set(conjunctions);
  }

  /** @param {string} words @returns {boolean} */
  isPronoun(words) {
    return this.pronouns.has(words.trim().toLowerCase());
  }

  /** @param {string} word @returns {boolean} */
  isArticle(word) {
    return this.articles.has(word.toLowerCase());
  }

  /** Whether words begin as those for what was mentioned before do: “the minister”, “his aide”. @param {string} words @returns {boolean} */
  isDefinite(words) {
    const [first, ...others] = words.trim().toLowerCase().split(/\s+/u);
    return others.length > 0 && this.definite.has(first);
  }

  /** Whether words begin as those for someone not mentioned yet do: “a senior envoy”, “two pilots”. @param {string} words @returns {boolean} */
  isIndefinite(words) {
    const [first, ...others] = words.trim().toLowerCase().split(/\s+/u);
    return others.length > 0 && this.indefinite.has(first);
  }

  /** Whether a name is of several people: “Brook and Vell”. @param {string} name @returns {boolean} */
  isJoint(name) {
    const words = name.trim().toLowerCase().split(/\s+/u);
    return words.slice(1, -1).some((word) => this.conjunctions.has(word));
  }

  /** Whether words may mean several people: “they”, “Brook and Vell”. @param {string} words @returns {boolean} */
  isPlural(words) {
    return this.plural.has(words.trim().toLowerCase()) || this.isJoint(words);
  }

  /** Words as they are compared: small, in one line, hyphens as spaces (“Jong-un”, “Jong Un”), without an article before them, and quotation marks or a full stop around them. @param {string} words @returns {string} */
  folded(words) {
    const [first, ...others] = words
      .trim()
      .toLowerCase()
      .split(/[\s\-‐‑]+/u);
    const bare = others.length > 0 && this.articles.has(first) ? others : [first, ...others];
    return bare.join(" ").replace(/^["“”„«»\s]*|["“”„«»,.;:\s]*$/gu, "");
  }
}

/** The name of a language, or of a script where that is all that is known. @param {string} tag BCP 47 @returns {string} in English */
export function languageName(tag) {
  const script = /^und-(\p{L}{4})$/u.exec(tag)?.[1];
  const names = new Intl.DisplayNames(["en"], { type: script ? "script" : "language" });
  return script ? `text in ${names.of(script)} script` : (names.of(tag) ?? tag);
}
