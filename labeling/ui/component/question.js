// @ts-check
import { make } from "./dom.js";
import { kindOf } from "./kinds.js";
import {
  cutAtShared,
  differingNames,
  offersOf,
  plainValue,
  sameContent,
  sameTaking,
  sharedStretch,
  suggestedShown,
} from "./lanes.js";
import { TAKES, reviewKey } from "./reviewcommands.js";
import { Schema } from "./schema.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {import("./lanes.js").Content} Content
 * @typedef {import("./lanes.js").Taking} Taking
 * @typedef {{schema: Schema, lanes: string[], slice: (start: number, end: number) => string, entry: (registry: string, id: string) => string, take: (taking: Taking) => void}} QuestionHost
 */

/** Long words are shortened inside, so that both ends can be seen. */
const LONGEST = 110;

/** The questions for the kinds of disagreement. @type {Record<string, string>} */
export const KINDS = {
  missing: "Is this a span?",
  split: "One span or several?",
  label: "Which label?",
  boundary: "Where are its boundaries?",
  value: "Which value?",
  relation: "Which link?",
  attribute: "Which value?",
};

/** @param {string} words @returns {string} */
function shortened(words) {
  const line = words.replace(/\s+/gu, " ");
  return line.length <= LONGEST
    ? line
    : `${line.slice(0, LONGEST / 2).trimEnd()} … ${line.slice(-LONGEST / 2).trimStart()}`;
}

/** A value in words. @param {Schema} schema @param {QuestionHost["entry"]} entry @param {string} label @param {string} name @param {any} value @returns {string} */
export function valueShown(schema, entry, label, name, value) {
  const attribute = schema.label.get(label)?.attributes.find(({ key }) => key === name);
  if (!attribute) return excerpt(plainValue(value), 60);
  const kind = kindOf(attribute);
  const words = kind.words(value, attribute, entry);
  return kind.free ? excerpt(words, 60) : words;
}

/** Returns a content with one line per span or link; differences from other versions are marked. @param {Question} question @param {Content} content @param {QuestionHost} host @returns {HTMLElement} */
function contentShown(question, content, { schema, slice, entry }) {
  const differing = differingNames(question);
  const shared = question.kinds.includes("boundary") ? sharedStretch(question) : null;
  const marked = question.versions.filter(({ spans }) => spans.length);
  const labeled = (/** @type {string} */ label) =>
    question.kinds.includes("label") && !marked.every(({ spans }) => spans.some((span) => span.label === label));
  const lines = content.spans.map(({ label, fragments, attributes }) => {
    const words = fragments.flatMap(([start, end], at) => [
      ...(at ? [" … "] : []),
      ...cutAtShared([start, end], shared).map((part) =>
        make("span", {
          class: part.own && shared ? "sw-differs" : "",
          dir: "auto",
          text:
            part.own && shared
              ? slice(part.start, part.end).replace(/\s+/gu, " ")
              : shortened(slice(part.start, part.end)),
        }),
      ),
    ]);
    const values = (schema.label.get(label)?.attributes ?? []).flatMap((attribute) => {
      const { key, title } = attribute;
      const differs = !kindOf(attribute).free && differing.has(`${label} ${key}`);
      const value = attributes[key];
      if (!differs && (value === undefined || question.kinds[0] !== "missing")) return [];
      return [
        make(
          "span",
          { class: differs ? "sw-offer-value sw-own-line" : "sw-offer-value" },
          `${title} `,
          make("span", {
            class: differs ? "sw-differs" : "",
            text: value === undefined ? "none" : valueShown(schema, entry, label, key, value),
          }),
        ),
      ];
    });
    return make(
      "div",
      { class: "sw-offer-line" },
      make("span", {
        class: labeled(label) ? "sw-offer-label sw-differs" : "sw-offer-label",
        text: schema.label.get(label)?.title ?? label,
      }),
      " ",
      make("span", { class: "sw-words" }, ...words),
      ...(values.length ? [make("div", { class: "sw-offer-values" }, ...values)] : []),
    );
  });
  const links = content.links.map(({ type, to }) =>
    make(
      "div",
      { class: "sw-offer-line" },
      make("span", { class: "sw-offer-label", text: schema.relation.get(type)?.title ?? type }),
      " ",
      make("span", {
        class: "sw-words sw-differs",
        text: shortened(to.fragments.map(([start, end]) => slice(start, end)).join(" … ")),
      }),
    ),
  );
  const wantsLink = question.kinds.includes("relation") && !links.length && lines.length;
  const empty = lines.length + links.length ? [] : [make("div", { class: "sw-offer-line sw-quiet", text: "nothing" })];
  return make(
    "div",
    { class: "sw-offer-lines" },
    ...lines,
    ...links,
    ...(wantsLink ? [make("div", { class: "sw-offer-line sw-quiet", text: "no link" })] : []),
    ...empty,
  );
}

/** The offers of a question, each a button with its key; what a majority has is highlighted, and taken only on request, as is what is suggested. @param {Question} question @param {QuestionHost} host @returns {HTMLElement[]} */
export function offersShown(question, host) {
  const offers = offersOf(question);
  const versions = offers.filter(({ lanes }) => lanes.length);
  const takes = offers.filter(({ lanes }) => !lanes.length);
  const own = question.decisions.find((each) => each.own);
  const chosen = (/** @type {Taking} */ taking) =>
    own !== undefined &&
    own.took === taking.take &&
    (taking.take !== "version" ||
      sameContent(
        own,
        question.versions.find(({ id }) => id === taking.version),
      ));
  const isSuggested = (/** @type {import("./lanes.js").Offer} */ { taking }) =>
    question.left && sameTaking(taking, question.suggested ?? null);
  const button = (/** @type {import("./lanes.js").Offer} */ offer, /** @type {(Node | string)[]} */ ...inner) => {
    const here = question.left && sameTaking(offer.taking, question.preselected);
    return make(
      "button",
      {
        type: "button",
        class: `sw-offer${here ? " sw-preselected" : ""}${chosen(offer.taking) ? " sw-taken" : ""}`,
        "data-sw": "offer",
        "data-take": offer.taking.take,
        "data-lanes": offer.lanes.join(" "),
        "aria-keyshortcuts": (here ? `${offer.key} ${reviewKey("go-on")}` : offer.key) || null,
        onclick: () => host.take(offer.taking),
      },
      ...inner,
      ...(isSuggested(offer)
        ? [make("span", { class: "sw-suggested", "data-sw": "suggested", text: suggestedShown(question) })]
        : []),
    );
  };
  return [
    make(
      "div",
      { class: "sw-offers", role: "group", "aria-label": "Versions" },
      ...versions.map((offer) =>
        button(
          offer,
          make(
            "span",
            { class: "sw-offer-lanes" },
            ...(/[1-9]/u.test(offer.key) ? [make("kbd", { class: "sw-kbd", text: offer.key })] : []),
            ...offer.lanes.map((lane) =>
              make("kbd", { class: "sw-lane", style: `--sw-tint:var(--sw-c${host.lanes.indexOf(lane)})`, text: lane }),
            ),
          ),
          contentShown(question, offer.content, host),
          make("span", {
            class: "sw-votes",
            text: `${offer.lanes.length} of ${host.lanes.length}${question.left && sameTaking(offer.taking, question.preselected) ? ` · ${reviewKey("go-on")}` : ""}`,
          }),
        ),
      ),
    ),
    make(
      "div",
      { class: "sw-takes", role: "group", "aria-label": "None of these versions" },
      ...takes.map((offer) =>
        button(
          offer,
          make("kbd", { class: "sw-kbd", text: offer.key }),
          make("span", {
            class: "sw-take-title",
            text:
              offer.taking.take === "none" &&
              !question.kinds.some((kind) => ["missing", "split", "label", "boundary"].includes(kind))
                ? "None of these values or links"
                : offer.title,
          }),
          ...(offer.taking.take === "none" ? [] : [contentShown(question, offer.content, host)]),
          ...(question.left && sameTaking(offer.taking, question.preselected)
            ? [make("span", { class: "sw-votes", text: reviewKey("go-on") })]
            : []),
        ),
      ),
    ),
  ];
}

/** Returns the decisions, with reviewer and reason; a decision that equals no version is shown in full. @param {Question} question @param {QuestionHost} host @returns {HTMLElement[]} */
export function decisionsShown(question, host) {
  return question.decisions.map((made) => {
    const { reviewer, own, took, note, clause } = made;
    const version = question.versions.find((each) => sameContent(made, each));
    const title = version
      ? `took ${version.lanes.join(" ")}`
      : took === "anew"
        ? "redrew it"
        : (TAKES.find(({ name }) => name === took)?.title ?? took);
    const parts = [make("b", { text: own ? "You" : reviewer }), make("span", { text: ` ${title}` })];
    if (!version && took !== "none") parts.push(contentShown(question, made, host));
    for (const words of [note, clause]) if (words) parts.push(make("span", { class: "sw-quiet", text: ` · ${words}` }));
    return make("div", { class: "sw-decision", "data-sw": "decision", "data-own": String(own) }, ...parts);
  });
}
