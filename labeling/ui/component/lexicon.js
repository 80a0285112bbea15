// @ts-check

/** @typedef {{pronouns: string[], articles: string[], definite: string[]}} LexiconData  in small letters */

/** The few words of the article's language that the page compares names by; the server's rules list them. */
export class Lexicon {
  /** @param {LexiconData} [words] */
  constructor({ pronouns, articles, definite } = { pronouns: [], articles: [], definite: [] }) {
    this.pronouns = new Set(pronouns);
    this.articles = new Set(articles);
    this.definite = new Set(definite);
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

  /** Words as they are compared: small, in one line, without an article before them, and quotation marks or a full stop around them. @param {string} words @returns {string} */
  folded(words) {
    const [first, ...others] = words.trim().toLowerCase().split(/\s+/u);
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
