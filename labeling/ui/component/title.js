// What an article is called where people see it.

/** The most characters of a text that stand for its title. */
const LONGEST_TITLE = 60;

/**
 * Returns an article's title or, if it has none, the first words of its text.
 * @param {string | null} title @param {string} text @returns {string}
 */
export function shownTitle(title, text) {
  if (title) return title;
  const [first] = text.trimStart().split("\n", 1);
  if (first.length <= LONGEST_TITLE) return first;
  const cut = first.lastIndexOf(" ", LONGEST_TITLE);
  return `${first.slice(0, cut > LONGEST_TITLE / 2 ? cut : LONGEST_TITLE)}…`;
}
