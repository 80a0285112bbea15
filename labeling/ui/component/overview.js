// @ts-check
import { make } from "./dom.js";
import { excerpt } from "./wording.js";
import { aloneShown } from "./lanes.js";
import { many } from "./quantities.js";

/**
 * @typedef {{policy: {rule: string, votes: number}, now: {rule: string, votes: number}, articles: number, complete: number, spans: Record<string, number>, disagreements: Record<string, number>, waiting: number, alone: number, pending: number}} PolicyPreview  `pending`: articles not looked at yet; `alone`: those that need a second annotator
 * @typedef {{key: string, title: string, count: number, open: number, took: Record<string, number>, clauses: {text: string, used: number}[], examples: {article: string, disagreement: string, before: string, words: string, after: string}[]}} PatternFound
 * @typedef {{preview: (rule: string, votes: number) => Promise<PolicyPreview>, patterns: () => Promise<{patterns: PatternFound[]}>, setPolicy: (rule: string, votes: number) => void, go: (article: string, question: string) => void}} OverviewHost
 */

/** @type {[string, number, string][]} */
const POLICIES = [
  ["all", 1, "What all annotators agree on exactly"],
  ["majority", 1, "What more than half of the annotators agree on exactly"],
  ["points", 1, "Point by point, what more than half of those who marked it agree on"],
  ["votes", 2, "What at least two annotators agree on exactly, if no alternative has as many votes"],
  ["votes", 1, "What most annotators agree on exactly, and all work by a single annotator"],
];

/** The names of counts on the page. @type {Record<string, string>} */
const CALLED = {
  agreement: "agreed",
  rule: "by policy",
  decision: "decided",
  version: "a version",
  most: "the most common",
  union: "the union",
  core: "the shared part",
  mixed: "a combination",
  crossed: "a combination",
  none: "none",
  anew: "redrawn",
};

/** Numbers with what they count, largest first. @param {Record<string, number>} counts @returns {string} */
export function tallied(counts) {
  return (
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .map(([name, count]) => `${count} ${CALLED[name] ?? name}`)
      .join(", ") || "none"
  );
}

/** The whole project on a sheet: what becomes gold by itself, previewed before it is set, and disagreements by pattern. */
export class Overview {
  /** @param {OverviewHost} host */
  constructor(host) {
    this.host = host;
    this.root = make("div", {
      class: "sw-sheet",
      "data-sw": "overview",
      role: "region",
      "aria-label": "Policy and patterns",
      tabindex: "0",
    });
    this.root.hidden = true;
    this.turn = 0;
  }

  async show() {
    const { host, root } = this;
    const policies = make("div", {});
    const found = make("div", {});
    const looked = make("p", {
      class: "sw-quiet",
      "data-sw": "looked",
      role: "status",
      text: "Checking the articles …",
    });
    root.replaceChildren(
      looked,
      make("section", {}, make("h2", { text: "Policy: what becomes gold without a decision" }), policies),
      make("section", {}, make("h2", { text: "Patterns: where annotators disagree" }), found),
    );
    root.hidden = false;
    root.focus();
    const turn = ++this.turn;
    for (let pending = 1; pending;) {
      const previews = [];
      for (const [rule, votes] of POLICIES) previews.push(await host.preview(rule, votes)); // one after the other: the second finds what the first computed
      const { patterns } = await host.patterns();
      if (turn !== this.turn || root.hidden) return;
      pending = Math.max(...previews.map((each) => each.pending));
      looked.textContent = pending
        ? `${many(pending, "article isn't", "articles aren't")} checked yet and not counted here.`
        : "";
      this.draw(policies, found, previews, patterns);
    }
  }

  /** @param {HTMLElement} policies @param {HTMLElement} found @param {PolicyPreview[]} previews @param {PatternFound[]} patterns */
  draw(policies, found, previews, patterns) {
    const { host } = this;
    const opened = new Set(
      [...found.querySelectorAll("details[open]")].map((each) => /** @type {HTMLElement} */ (each).dataset.key),
    );
    policies.replaceChildren(
      ...previews.map(({ policy, now, articles, complete, spans, disagreements, alone }, at) => {
        const holds = policy.rule === now.rule && policy.votes === now.votes;
        return make(
          "div",
          { class: `sw-policy${holds ? " sw-here" : ""}`, "data-sw": "policy", "data-rule": policy.rule },
          make(
            "div",
            { class: "sw-follow-head" },
            make("b", { text: POLICIES[at][2] }),
            holds
              ? make("span", { class: "sw-state", text: "current" })
              : make(
                  "button",
                  {
                    type: "button",
                    class: "sw-button sw-small",
                    onclick: () => (host.setPolicy(policy.rule, policy.votes), this.hide()),
                  },
                  "Use this policy",
                ),
          ),
          make("div", {
            class: "sw-quiet",
            text: `${complete} of ${many(articles, "article")} fully resolved · spans: ${tallied(spans)} · disagreements: ${tallied(disagreements)}`,
          }),
          ...(alone
            ? [
                make("div", {
                  class: "sw-quiet",
                  "data-sw": "alone",
                  text: `${aloneShown(alone)} They need a second annotator.`,
                }),
              ]
            : []),
        );
      }),
    );
    found.replaceChildren(
      ...patterns.map(({ key, title, count, open, took, clauses, examples }) =>
        make(
          "details",
          { class: "sw-pattern", "data-sw": "pattern-found", "data-key": key, open: opened.has(key) },
          make(
            "summary",
            {},
            make("b", { text: String(count) }),
            ` ${title} `,
            make("span", { class: "sw-quiet", text: open ? `${open} open` : "all resolved" }),
          ),
          ...(Object.keys(took).length ? [make("p", { class: "sw-quiet", text: `taken: ${tallied(took)}` })] : []),
          ...examples.map(({ article, disagreement, before, words, after }) =>
            make(
              "button",
              {
                type: "button",
                class: "sw-pattern-example sw-words",
                dir: "auto",
                onclick: () => (this.hide(), host.go(article, disagreement)),
              },
              `… ${before.replace(/\s+/gu, " ")}`,
              make("b", { text: excerpt(words, 90) }),
              after.replace(/\s+/gu, " "),
            ),
          ),
          ...clauses.map(({ text, used }) =>
            make(
              "p",
              { class: "sw-pattern-clause" },
              make("span", { text: text.replace(/[*`]/gu, "") }),
              ...(used ? [make("span", { class: "sw-quiet", text: ` · decisions that cite it: ${used}` })] : []),
            ),
          ),
        ),
      ),
    );
  }

  hide() {
    this.root.hidden = true;
    this.root.replaceChildren();
  }
}
