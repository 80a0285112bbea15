// @ts-check
import { make } from "./dom.js";
import { dateOf } from "./kinds.js";
import { askedIn, chosenPart, optionsOf } from "./suggestionchoices.js";
import { fragmentsIn, isLikely, proposed } from "./suggestions.js";
import { excerpt, quoted } from "./wording.js";
import { many } from "./quantities.js";

/**
 * @typedef {import("./suggestions.js").Suggestion} Suggestion
 * @typedef {{open: Suggestion[], shown: Suggestion | null, dates: Suggestion[], withDates: boolean, chosen: number, why: boolean, without: ReadonlySet<string>, threshold: number, labels: string[], key: string}} Shown
 */

/** So many other options are read out. */
const MOST_SAID = 3;

/** The suggestion that is shown, in the panel above the records; while none is, one line that says how many wait. */
export class SuggestionCard {
  /**
   * @param {import("./wording.js").Wording} wording
   * @param {{accept: () => void, reject: () => void, choose: (at: number) => void, step: (direction: 1 | -1) => void, explain: () => void, dates: () => void, ask: () => void, extend: () => void, close: () => void, start: () => void, toggle: (label: string, on: boolean) => void, threshold: (value: number) => void, paragraph: () => void}} host
   */
  constructor(wording, host) {
    this.wording = wording;
    this.host = host;
    this.root = make("section", { class: "sw-suggestions", "aria-label": "Suggestions", "data-sw": "suggestions" });
    this.root.hidden = true;
    this.settings = false;
    this.drawn = "";
  }

  /** @param {Shown} now */
  draw(now) {
    const { open, shown } = now;
    this.root.hidden = !now.labels.length && !now.without.has("");
    const { chosen, why, dates, withDates } = now;
    const about = [
      shown?.fragments,
      shown?.score,
      chosen,
      why,
      dates.map(({ id }) => id),
      withDates,
      [...now.without],
      this.settings,
    ];
    const key = JSON.stringify([open.length, shown?.id, shown?.parts, ...about]);
    if (key === this.drawn) return;
    this.drawn = key;
    const off = now.without.has("");
    const count = off ? "Suggestions are off" : inWords(open);
    const line = make(
      "div",
      { class: "sw-suggestions-head" },
      shown || off || !open.length
        ? make("span", { class: "sw-suggestions-count", text: count })
        : this.button(count, now.key, () => this.host.start(), "sw-suggestions-start"),
      make("span", { class: "sw-grow" }),
      ...(shown ? [make("span", { class: "sw-certain", text: percent(shown.score) })] : []),
      make("button", {
        type: "button",
        class: "sw-icon",
        "aria-label": "Suggestion settings",
        "aria-expanded": String(this.settings),
        title: "Suggestion settings",
        text: "⚙",
        onclick: () => {
          this.settings = !this.settings;
          this.draw(now);
        },
      }),
    );
    this.root.replaceChildren(
      line,
      ...(this.settings ? [this.settingsOf(now)] : []),
      ...(shown ? this.body(shown, now) : []),
    );
  }

  /** @param {Suggestion} shown @param {Shown} now @returns {HTMLElement[]} */
  body(shown, { chosen, why, dates, withDates }) {
    const [head, ...parts] = proposed(shown, chosen);
    const words = excerpt(this.wording.words(head.span), 160);
    const rows = parts.map(({ span, part, entry }) =>
      this.row(part?.relation ?? "", [
        quoted(excerpt(this.wording.words(span), 60)),
        ...(entry ? [make("span", { class: "sw-entity", text: entryName(entry) })] : []),
      ]),
    );
    const { readings = [] } = shown;
    const time = dateOf(this.wording.schema.label.get(shown.label));
    if (time && readings.length === 1) rows.push(this.line(time.title, [readings[0].explain]));
    for (const { relation, to } of shown.parts)
      if (to)
        rows.push(
          this.row(relation, [quoted(excerpt(this.wording.words({ ...head.span, fragments: fragmentsIn(to) }), 60))]),
        );
    for (const each of withDates ? dates : [])
      rows.push(
        this.line(this.wording.label(each.label), [
          quoted(excerpt(this.wording.words(proposed(each, 0)[0].span), 60)),
          make("span", { class: "sw-suggested-date", text: each.readings?.[0]?.explain ?? "" }),
        ]),
      );
    const choices = this.choices(shown, chosen);
    const asked = askedIn(shown, this.wording.schema);
    const toggle = withDates ? "Without dates" : "With dates";
    return [
      make(
        "div",
        { class: "sw-suggestion", "data-suggestion": shown.id },
        make(
          "p",
          { class: "sw-suggested", dir: "auto" },
          make("span", { class: "sw-suggested-label", text: `${this.wording.label(shown.label)}?` }),
          ` ${words}`,
        ),
        make("dl", { class: "sw-suggested-parts" }, ...rows.flat()),
        ...(choices.length ? [make("ol", { class: "sw-suggested-choices" }, ...choices)] : []),
        ...(why ? [make("p", { class: "sw-quiet", text: this.reason(shown) })] : []),
        make(
          "div",
          { class: "sw-suggestion-tools" },
          this.button("Accept", "Enter", () => this.host.accept(), "sw-button sw-small sw-primary"),
          this.button("Reject", "x", () => this.host.reject(), "sw-button sw-small"),
          ...(asked
            ? [
                this.button(
                  asked.relation ? "Another entity" : "Another date",
                  "e",
                  () => this.host.ask(),
                  "sw-button sw-small",
                ),
              ]
            : []),
          ...(shown.extents?.length
            ? [this.button("Another extent", "v", () => this.host.extend(), "sw-button sw-small")]
            : []),
          ...(dates.length ? [this.button(toggle, "d", () => this.host.dates(), "sw-button sw-small")] : []),
          this.button("Why?", "w", () => this.host.explain(), "sw-button sw-small"),
          this.button("Close", "Esc", () => this.host.close(), "sw-button sw-small"),
        ),
      ),
    ];
  }

  /** @param {string} relation @param {(string | HTMLElement)[]} content @returns {HTMLElement[]} */
  row(relation, content) {
    return this.line(this.wording.schema.relation.get(relation)?.title ?? relation, content);
  }

  /** @param {string} title @param {(string | HTMLElement)[]} content @returns {HTMLElement[]} */
  line(title, content) {
    return [make("dt", { text: title }), make("dd", { dir: "auto" }, ...content)];
  }

  /** The options that digits take. @param {Suggestion} shown @param {number} chosen @returns {HTMLElement[]} */
  choices(shown, chosen) {
    const texts = this.optionTexts(shown);
    if (texts.length < 2) return [];
    return texts.map(([words, name], at) =>
      make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            class: at === chosen ? "sw-suggested-choice sw-chosen" : "sw-suggested-choice",
            "aria-pressed": String(at === chosen),
            onclick: () => this.host.choose(at),
          },
          make("kbd", { class: "sw-kbd", text: String(at + 1) }),
          ` ${words}`,
          ...(name ? [make("span", { class: "sw-entity", text: name })] : []),
        ),
      ),
    );
  }

  /** The words and the entry of each option; of readings, the words alone. @param {Suggestion} shown @returns {[string, string][]} */
  optionTexts(shown) {
    const choices = chosenPart(shown)?.choices ?? [];
    const { readings = [] } = shown;
    return optionsOf(shown).map(({ reading, choice, entry }) => {
      if (readings.length > 1) return [readings[reading].explain, ""];
      const { fragments, entity } = choices[choice];
      const words = fragments.map(([start, end]) => this.wording.slice(start, end)).join(" … ");
      const named = entity?.choices[entry];
      return [excerpt(words, 40), named ? entryName(named) : ""];
    });
  }

  /** @param {Suggestion} shown @returns {string} */
  reason({ why, origin, place }) {
    const where = place ? `The same words are marked in “${place.title ?? "another article"}”` : "";
    return `${[...(why.length ? why : [origin]), where].filter(Boolean).join("; ")}.`;
  }

  /** @param {Shown} now @returns {HTMLElement} */
  settingsOf({ without, threshold, labels }) {
    const box = (/** @type {string} */ label, /** @type {string} */ title) =>
      make(
        "label",
        { class: "sw-check" },
        make("input", {
          type: "checkbox",
          checked: !without.has(label),
          onchange: (/** @type {any} */ event) => this.host.toggle(label, event.target.checked),
        }),
        ` ${title}`,
      );
    const most = make("input", {
      type: "number",
      class: "sw-input",
      min: "50",
      max: "100",
      step: "1",
      value: String(Math.round(threshold * 100)),
      "aria-label": "Minimum certainty in percent",
      onchange: (/** @type {any} */ event) =>
        this.host.threshold(Math.min(100, Math.max(50, Number(event.target.value) || 90)) / 100),
    });
    return make(
      "div",
      { class: "sw-suggestion-settings" },
      box("", "Suggestions"),
      ...(without.has("") ? [] : labels.map((label) => box(label, this.wording.label(label)))),
      make("label", { class: "sw-check" }, "Accept in a paragraph if certain to ", most, " %"),
    );
  }

  /** A suggestion in a sentence, for those who hear it, with what digits take instead. @param {Suggestion} suggestion @param {number} chosen @param {Suggestion[]} dates @returns {string} */
  aloud(suggestion, chosen, dates) {
    const [head, ...parts] = proposed(suggestion, chosen);
    const { readings = [] } = suggestion;
    const reading = readings[readings.length > 1 ? chosen : 0];
    const linked = parts.map(({ span, part, entry }) => {
      const words = excerpt(this.wording.words(span), 40);
      const title = this.wording.schema.relation.get(part?.relation ?? "")?.title ?? "";
      return [title, words, ...(entry && entry.name !== words ? [`(${entry.name})`] : [])].join(" ");
    });
    const others = this.optionTexts(suggestion).map((words, at) => `${at + 1} ${words.filter(Boolean).join(", ")}`);
    others.splice(chosen, 1);
    return [
      `Suggestion, ${percent(suggestion.score)}: ${this.wording.label(suggestion.label)} ${excerpt(this.wording.words(head.span), 80)}`,
      ...(reading ? [reading.explain] : []),
      ...linked,
      ...dates.map((each) => `${this.wording.label(each.label)} ${each.readings?.[0]?.explain ?? ""}`),
      ...(others.length ? [`or ${others.slice(0, MOST_SAID).join("; ")}`] : []),
    ].join("; ");
  }

  /** @param {string} text @param {string} key @param {() => void} onclick @param {string} kind */
  button(text, key, onclick, kind) {
    return make(
      "button",
      { type: "button", class: kind, title: key ? `${text} (${key})` : text, onclick },
      text,
      ...(key ? [make("kbd", { class: "sw-kbd", text: key })] : []),
    );
  }
}

/** @param {import("./suggestions.js").EntryChoice} entry @returns {string} */
function entryName({ id, name }) {
  return id ? name : `${name} (new)`;
}

/** How many suggestions wait, the doubtful ones apart. @param {Suggestion[]} open @returns {string} */
function inWords(open) {
  const likely = open.filter(isLikely).length;
  const doubtful = open.length - likely;
  return `${many(likely, "suggestion")}${doubtful ? `, ${doubtful} doubtful` : ""}`;
}

/** @param {number} score from 0 to 1 @returns {string} */
function percent(score) {
  return `${Math.round(score * 100)} %`;
}
