// @ts-check
import { keptFocus, keyed, make } from "./dom.js";
import { partlyShown } from "./lanes.js";
import { KINDS, decisionsShown, offersShown } from "./question.js";
import { REVIEW_COMMANDS, reviewKey } from "./reviewcommands.js";
import { sameEntryShown } from "./sameentry.js";
import { excerpt } from "./wording.js";

/**
 * @typedef {import("./lanes.js").Question} Question
 * @typedef {import("./lanes.js").ReviewView} ReviewView
 */

/** So many sentences at most about what gold breaks or lacks. */
const MOST_FAULTS = 8;

/** The names of the states of a disagreement. @type {Record<string, string>} */
const STATES = {
  open: "",
  rule: "resolved by the policy",
  decided: "decided",
  differing: "reviewers disagree; the first decision counts",
  conflict: "violates the label set",
  closed: "closed along with the span it depends on",
};

/** A lane's letter in its color. @param {string[]} lanes @param {string} lane @returns {HTMLElement} */
function laneShown(lanes, lane) {
  return make("kbd", { class: "sw-lane", style: `--sw-tint:var(--sw-c${lanes.indexOf(lane)})`, text: lane });
}

/** Returns whether fragments touch the range of a question. @param {[number, number][]} at @param {Question} question @returns {boolean} */
function touches(at, question) {
  return at[0][0] < question.end && at[at.length - 1][1] > question.start;
}

/** The panel beside the text: the disagreement that is open, what can be taken, what was decided and said. */
export class ReviewPanel {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    this.shown = ""; // the question on the panel, and whether it is being redrawn
    this.count = make("span", { class: "sw-count", "data-sw": "left" });
    this.second = page.tool(
      "②",
      keyed("Second opinion: review others' decisions without seeing them", reviewKey("second-opinion")),
      "second",
      () => page.secondOpinion(),
    );
    this.head = make(
      "div",
      { class: "sw-panel-head" },
      this.count,
      make("span", { class: "sw-grow" }),
      page.tool("↑", keyed("Previous disagreement", reviewKey("previous")), "previous", () => page.step(-1)),
      page.tool("↓", keyed("Next disagreement", reviewKey("next")), "next", () => page.step(1)),
      page.tool("↶", keyed("Undo the last decision", reviewKey("undo")), "undo", () => page.undo()),
      this.second,
      page.tool("≡", keyed("Policy and patterns", reviewKey("overview")), "overview", () => page.showOverview()),
      page.tool("?", keyed("All keys", reviewKey("help")), "help", () => this.toggleHelp()),
    );
    this.body = make("div", { class: "sw-review-body", "data-sw": "question", tabindex: "-1" });
    const keys = REVIEW_COMMANDS.filter(({ title }) => title).flatMap(({ name, shown, title }) => [
      make("dt", {}, make("kbd", { class: "sw-kbd", text: shown ?? reviewKey(name) })),
      make("dd", { text: title }),
    ]);
    this.help = make(
      "div",
      { class: "sw-foot", "data-sw": "keys" },
      make("h2", { text: "Keys" }),
      make("dl", { class: "sw-review-keys" }, ...keys),
    );
    this.help.hidden = true;
    this.root = make(
      "aside",
      { class: "sw-panel sw-review", "aria-label": "Disagreement" },
      this.head,
      this.body,
      page.alike.root,
      page.why.root,
      this.help,
      page.overview.root,
    );
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
  }

  draw() {
    const { question, article } = this.page;
    if (!article) return;
    const here = this.page.leftHere();
    this.count.textContent = here ? `${here} left in this article` : "This article is resolved";
    this.count.dataset.left = String(here);
    const names = this.names(article);
    const faults = this.faults(article, question, here);
    if (question) return this.drawQuestion(article, question, names, faults);
    const text = article.disagreements.length ? "" : "Everyone who submitted this article agrees.";
    this.body.replaceChildren(...names, ...faults, make("p", { class: "sw-quiet", text }));
  }

  /** @param {ReviewView} article @param {Question} question @param {HTMLElement[]} names @param {HTMLElement[]} faults */
  drawQuestion(article, question, names, faults) {
    const { page } = this;
    const lanes = article.lanes.map(({ lane }) => lane);
    const host = {
      schema: page.schema,
      lanes,
      slice: page.text.slice,
      entry: page.entry,
      take: (/** @type {import("./lanes.js").Taking} */ taking) => (page.take(taking), page.focusText()),
    };
    const state = page.sent.has(question.id) ? "saving …" : (STATES[question.state] ?? "");
    const title = make(
      "div",
      { class: "sw-question-head" },
      make("h2", { text: KINDS[question.kinds[0]] ?? question.kinds[0] }),
      make("span", { class: "sw-quiet", "data-sw": "pattern", text: question.pattern.title }),
      ...(state ? [make("span", { class: "sw-state", "data-sw": "state", text: state })] : []),
    );
    const { drafting } = page;
    const inner = drafting.draft
      ? drafting.editor(drafting.draft, question)
      : [...offersShown(question, host), ...sameEntryShown(question, this.page, reviewKey("same-entry")), this.anew()];
    const focus = keptFocus(this.body);
    const { scrollTop } = this.body;
    const shown = `${question.id} ${drafting.draft !== null}`;
    this.body.replaceChildren(
      ...names,
      title,
      ...decisionsShown(question, host),
      ...faults,
      ...(question.left ? this.partly(question) : []),
      ...inner,
      ...this.comments(article, question, lanes),
    );
    if (shown === this.shown) focus();
    this.body.scrollTop = shown === this.shown ? scrollTop : 0;
    this.shown = shown;
  }

  /** Shows the points most agree on, if there is no majority to take. @param {Question} question @returns {HTMLElement[]} */
  partly(question) {
    const text = partlyShown(question);
    return text ? [make("p", { class: "sw-quiet", "data-sw": "partly", text })] : [];
  }

  /** Shows the annotator of each lane, if names may be shown. @param {ReviewView} article @returns {HTMLElement[]} */
  names({ lanes }) {
    if (lanes.some(({ name }) => name === null)) return [];
    const letters = lanes.map(({ lane }) => lane);
    const shown = lanes.flatMap(({ lane, name }) => [laneShown(letters, lane), ` ${name}  `]);
    return [make("p", { class: "sw-review-names" }, ...shown)];
  }

  /** Shows the rules that gold breaks: at this question, or in the article once nothing else is left. @param {ReviewView} article @param {Question | null} question @param {number} here @returns {HTMLElement[]} */
  faults(article, question, here) {
    const shown = article.faults.filter(
      ({ at }) => !here || !at.length || (question && question.state === "conflict" && touches(at, question)),
    );
    return shown.slice(0, MOST_FAULTS).map(({ at, text }) => {
      const words = excerpt(at.map(([start, end]) => this.page.text.slice(start, end)).join(" … "), 50);
      const place = at.length ? [make("span", { class: "sw-words", text: words }), " "] : [];
      return make("p", { class: "sw-fault", "data-sw": "fault" }, ...place, text);
    });
  }

  /** @param {ReviewView} article @param {Question} question @param {string[]} lanes @returns {HTMLElement[]} */
  comments(article, question, lanes) {
    const flags = this.page.schema.flags;
    return article.lanes.flatMap(({ lane, comments }) =>
      comments
        .filter(({ at }) => at === null || touches(at, question))
        .map(({ flag, text }) => {
          const title = flags.find(({ key }) => key === flag)?.title ?? flag ?? "";
          return make(
            "div",
            { class: "sw-comment", "data-sw": "comment" },
            laneShown(lanes, lane),
            ...(flag ? [make("span", { class: "sw-flagged", text: title })] : []),
            make("span", { dir: "auto", text }),
          );
        }),
    );
  }

  /** @returns {HTMLElement} */
  anew() {
    const onclick = () => this.page.drafting.begin();
    return make(
      "button",
      { type: "button", class: "sw-offer", "data-sw": "anew", "aria-keyshortcuts": "r", onclick },
      make("kbd", { class: "sw-kbd", text: reviewKey("redraw") }),
      make("span", { class: "sw-take-title", text: "Redraw it" }),
    );
  }
}
