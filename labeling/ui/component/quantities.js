// @ts-check

/** Returns a number with its noun: “1 article”, “2,000 articles”; the plural adds an s unless it is given, and a verb can come with the noun. @param {number} number @param {string} noun @param {string} [plural] @returns {string} */
export function many(number, noun, plural = `${noun}s`) {
  return `${thousands(number)} ${number === 1 ? noun : plural}`;
}

/** Returns a number with commas between its thousands. @param {number} number @returns {string} */
export const thousands = (number) => number.toLocaleString("en-GB");
