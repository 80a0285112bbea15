// @ts-check
import { keyed, make } from "./dom.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {{registry: string, into: string, entries: string[]}} SameEntry  entries to merge into the one that most annotators have
 */

/** Returns the entries by which the versions of a question differ, as far as they could be the same one; null where they differ by none. @param {Question} question @param {Schema} schema @returns {SameEntry | null} */
export function entriesToMerge(question, schema) {
  /** @type {Map<string, Map<string, number>>} */
  const found = new Map();
  for (const { spans, lanes } of question.versions) {
    for (const { label, attributes } of spans) {
      for (const { key, registry } of schema.label.get(label)?.attributes ?? []) {
        const value = attributes[key];
        if (!registry || typeof value !== "string") continue;
        const votes = found.get(`${label} ${key} ${registry}`) ?? new Map();
        votes.set(value, (votes.get(value) ?? 0) + lanes.length);
        found.set(`${label} ${key} ${registry}`, votes);
      }
    }
  }
  for (const [key, votes] of found) {
    if (votes.size < 2) continue;
    const [into, ...entries] = [...votes].sort((one, two) => two[1] - one[1]).map(([id]) => id);
    return { registry: key.split(" ")[2], into, entries };
  }
  return null;
}

/** Returns the button that merges the entries by which the versions of a question differ; none where they differ by none. @param {Question} question @param {import("./review.js").Review} page @param {string} key that does the same @returns {HTMLElement[]} */
export function sameEntryShown(question, page, key) {
  const same = question.left ? entriesToMerge(question, page.schema) : null;
  if (!same) return [];
  const names = [same.into, ...same.entries].map((id) => `“${page.entry(same.registry, id)}”`);
  return [
    make(
      "button",
      {
        type: "button",
        class: "sw-offer",
        "data-sw": "same-entry",
        "aria-keyshortcuts": key,
        title: keyed("Merge these entries in everyone's work", key),
        onclick: () => mergeEntries(page),
      },
      make("kbd", { class: "sw-kbd", text: key }),
      make("span", { class: "sw-take-title", dir: "auto", text: `Merge ${names.join(" and ")}: they are the same` }),
    ),
  ];
}

/** Merges the entries by which the versions of the open question differ, and shows what is left of the article. @param {import("./review.js").Review} page */
export async function mergeEntries(page) {
  const { question } = page;
  const same = question?.left ? entriesToMerge(question, page.schema) : null;
  if (!same || !page.article)
    return page.tell("The versions differ in more than registry entries, so there is nothing to merge.");
  try {
    await page.api.mergeEntries(same);
    await page.go(page.article.article.id);
    await page.queue.fetch();
    page.tell(`Merged into “${page.entry(same.registry, same.into)}”. You can undo it on the Registries page.`);
  } catch (error) {
    page.tell(/** @type {Error} */ (error).message, true);
  }
}
