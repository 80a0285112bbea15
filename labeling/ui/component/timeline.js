// @ts-check
import { Annotation, addOp, fragmentsOf, judgeOp } from "./annotation.js";
import { make } from "./dom.js";
import { showKey } from "./keymap.js";
import { excerpt, quoted, Wording } from "./wording.js";
import { Schema } from "./schema.js";

/**
 * @typedef {import("./annotation.js").Op} Op
 * @typedef {Op & {client: string, number: number, revision: number, at: string, refused?: string}} Logged  an op as the log has it
 * @typedef {{revision: number, at: string, words: string, refused: string, closed: boolean}} Event  `closed`: of an earlier version of the label set, to be read only
 */

/** The keys that go through the history. */
const EARLIER_KEY = "ArrowUp";
const LATER_KEY = "ArrowDown";

/** The state after the ops of a log up to a revision. @param {Logged[]} log @param {number} revision @param {Record<string, Record<string, string>>} entries @param {Schema} schema @returns {Annotation} */
export function stateAt(log, revision, entries, schema) {
  const state = new Annotation({ revision, status: "new", published: null, spans: [], relations: [] }, entries, schema);
  for (const op of log) if (op.revision <= revision && !op.refused) state.apply(op);
  return state;
}

/** Returns the events of a log in words, one for each op that people know. @param {Logged[]} log @param {Record<string, Record<string, string>>} entries @param {Schema} schema @param {(start: number, end: number) => string} slice @returns {Event[]} */
export function eventsOf(log, entries, schema, slice) {
  const state = stateAt([], 0, entries, schema);
  const wording = new Wording(
    schema,
    () => state,
    slice,
    () => {},
  );
  const events = [];
  const opened = log.findLast(({ kind }) => kind === "migrate")?.revision ?? 0;
  for (const op of log) {
    const words = wordsOf(op, state, wording);
    if (!op.refused) state.apply(op);
    if (words)
      events.push({ revision: op.revision, at: op.at, words, refused: op.refused ?? "", closed: op.revision < opened });
  }
  return events;
}

/** @param {Op} op @param {Annotation} state before it @param {Wording} wording @returns {string} */
function wordsOf(op, state, wording) {
  const { schema } = wording;
  const name = (/** @type {string} */ id) => {
    const span = state.spans.get(id);
    return span
      ? `${wording.label(span.label).toLowerCase()} ${quoted(excerpt(wording.words(span), 40))}`
      : "an unknown span";
  };
  const words = (/** @type {{start: number, end: number, quote: string}[]} */ parts) =>
    quoted(excerpt(parts.map(({ quote }) => quote).join(" … "), 60));
  switch (op.kind) {
    case "add":
      return `${wording.label(op.label)} marked: ${words(op.fragments)}`;
    case "change":
      return [
        op.label ? `${name(op.id)} is now a ${wording.label(op.label).toLowerCase()}` : "",
        op.fragments ? `${name(op.id)} now reads ${words(op.fragments)}` : "",
      ]
        .filter(Boolean)
        .join("; ");
    case "set": {
      const attribute = schema.label
        .get(state.spans.get(op.id)?.label ?? "")
        ?.attributes.find(({ key }) => key === op.name);
      const gone = op.value === null || op.value === false;
      return `${attribute?.title ?? op.name} of ${name(op.id)}: ${gone ? "removed" : attribute ? wording.bare(attribute, op.value) : String(op.value)}`;
    }
    case "waive":
      return `“${wording.requirement(state.spans.get(op.id)?.label ?? "", op.name)}” of ${name(op.id)}: ${op.reason === null ? "required again" : `waived, ${op.reason}`}`;
    case "remove":
      return `Removed: ${name(op.id)}`;
    case "relate":
      return `${name(op.from)} ${schema.relation.get(op.type)?.title ?? op.type} ${name(op.to)}`;
    case "unrelate": {
      const link = state.relations.get(op.id);
      return link
        ? `Link removed: ${name(link.from)} ${schema.relation.get(link.type)?.title ?? link.type} ${name(link.to)}`
        : "Link removed";
    }
    case "comment":
      return `Comment on ${op.span ? name(op.span) : "the article"}: ${[op.flag ? wording.flag(op.flag) : "", excerpt(op.text ?? "", 60)].filter(Boolean).join(", ")}`;
    case "uncomment":
      return "Comment removed";
    case "judge":
      return op.verdict === null ? "Suggestion open again" : `Suggestion ${op.verdict}`;
    case "publish":
      return `Publication date: ${op.value ?? (op.basis === null ? "as imported" : "unknown")}`;
    case "submit":
      return "Submitted";
    case "reopen":
      return "Reopened";
    case "skip":
      return op.reason ? `Skipped: ${op.reason}` : "Skipped";
    case "migrate":
      return `The label set is now version ${op.version}${op.state ? ": spans migrated" : ""}`;
    default:
      return ""; // an entry of a registry is listed with the span that gets it
  }
}

/**
 * The ops that lead from one state to another: links and comments off first, then spans, then links and comments on.
 * @param {Annotation} now @param {Annotation} then @param {(start: number, end: number) => string} slice reads the article @returns {Op[]}
 */
export function opsBetween(now, then, slice) {
  const same = (/** @type {any} */ one, /** @type {any} */ other) => JSON.stringify(one) === JSON.stringify(other);
  const before = now.copy();
  /** @type {Op[]} */
  const ops = [];
  const carry = (/** @type {Op} */ op) => {
    before.apply(op);
    ops.push(op);
  };
  for (const [id, link] of now.relations) if (!same(then.relations.get(id), link)) carry({ kind: "unrelate", id });
  for (const id of now.comments.keys()) if (!then.comments.has(id)) carry({ kind: "uncomment", id });
  for (const id of now.spans.keys()) if (!then.spans.has(id)) carry({ kind: "remove", id });
  for (const [id, span] of then.spans) {
    const there = before.spans.get(id);
    if (!there) carry(addOp(span, slice));
    else if (there.label !== span.label || !same(there.fragments, span.fragments)) {
      carry({
        kind: "change",
        id,
        ...(there.label === span.label ? {} : { label: span.label }),
        ...(same(there.fragments, span.fragments) ? {} : { fragments: fragmentsOf(span.fragments, slice) }),
      });
    }
    const { attributes, waivers = {} } = before.spans.get(id) ?? span;
    for (const name of new Set([...Object.keys(attributes), ...Object.keys(span.attributes)])) {
      if (!same(attributes[name], span.attributes[name]))
        carry({ kind: "set", id, name, value: span.attributes[name] ?? null });
    }
    for (const name of new Set([...Object.keys(waivers), ...Object.keys(span.waivers ?? {})])) {
      if (waivers[name] !== span.waivers?.[name])
        carry({ kind: "waive", id, name, reason: span.waivers?.[name] ?? null });
    }
  }
  for (const [id, link] of then.relations) if (!before.relations.has(id)) carry({ kind: "relate", ...link });
  for (const [id, comment] of then.comments)
    if (!same(before.comments.get(id), comment)) carry({ kind: "comment", ...comment });
  for (const [id, judgment] of now.judgments)
    if (!then.judgments.has(id)) carry(judgeOp(id, { ...judgment, verdict: null, spans: [] }));
  for (const [id, judgment] of then.judgments)
    if (!same(before.judgments.get(id), judgment)) carry(judgeOp(id, judgment));
  if (!same(now.published, then.published))
    carry({ kind: "publish", value: then.published?.value ?? null, basis: then.published?.basis ?? null });
  return ops;
}

/** The history of an article as a sheet: what happened, latest first; going through it shows the article as it stood. */
export class Timeline {
  /**
   * @param {object} host
   * @param {(revision: number) => void} host.visit shows the state after a revision
   * @param {(revision: number) => void} host.restore makes that state the current one again
   * @param {() => void} host.leave
   */
  constructor(host) {
    this.host = host;
    this.list = make("ol", {
      class: "sw-events",
      tabindex: "0",
      role: "listbox",
      "aria-label": "Changes, latest first",
    });
    this.restore = make(
      "button",
      { type: "button", class: "sw-button sw-small", onclick: () => host.restore(this.at) },
      "Restore this state",
    );
    this.about = make("p", { class: "sw-quiet" });
    this.at = 0;
    this.latest = 0;
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {Event[]} events @param {number} latest revision @returns {HTMLElement[]} */
  show(events, latest) {
    this.latest = latest;
    let day = "";
    /** @type {HTMLElement[]} */
    const rows = [];
    for (const { revision, at, words, refused, closed } of events.toReversed()) {
      const when = new Date(at);
      const today = when.toLocaleDateString(undefined, {
        weekday: "short",
        day: "numeric",
        month: "long",
        year: "numeric",
      });
      if (today !== day) rows.push(make("li", { class: "sw-event-day", role: "presentation", text: today }));
      day = today;
      rows.push(
        make(
          "li",
          closed
            ? { class: "sw-event-closed", role: "presentation" }
            : {
                class: refused ? "sw-event sw-refused" : "sw-event",
                role: "option",
                id: `sw-event-${revision}`,
                "data-revision": revision,
                "aria-selected": "false",
                onclick: () => this.visit(revision),
              },
          make("time", {
            datetime: at,
            text: when.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
          }),
          make(
            "span",
            { dir: "auto" },
            words,
            ...(refused ? [make("span", { class: "sw-bad", text: ` refused: ${refused}` })] : []),
          ),
        ),
      );
    }
    this.list.replaceChildren(...rows);
    this.visit(latest, false);
    const buttons = make(
      "div",
      { class: "sw-sheet-tools" },
      this.restore,
      make(
        "button",
        { type: "button", class: "sw-button sw-small", onclick: () => this.host.leave() },
        "Back to the current state",
      ),
    );
    return events.length
      ? [this.about, buttons, this.list]
      : [make("p", { class: "sw-quiet", text: "No changes yet." })];
  }

  /** @param {number} revision @param {boolean} [tell] */
  visit(revision, tell = true) {
    this.at = revision;
    let chosen = "";
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".sw-event"))) {
      const on = Number(row.dataset.revision) === revision;
      row.setAttribute("aria-selected", String(on));
      if (on) {
        chosen = row.id;
        row.scrollIntoView({ block: "nearest" });
      }
    }
    if (chosen) this.list.setAttribute("aria-activedescendant", chosen);
    const present = revision === this.latest;
    this.about.textContent = present
      ? `This is the current state. Press ${showKey(EARLIER_KEY)} and ${showKey(LATER_KEY)} to view earlier ones.`
      : `Revision ${revision} of ${this.latest}.`;
    this.restore.disabled = present;
    if (tell) this.host.visit(revision);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const revisions = [.../** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".sw-event"))].map(
      ({ dataset }) => Number(dataset.revision),
    );
    const at = revisions.indexOf(this.at);
    const step = {
      [LATER_KEY]: 1,
      [EARLIER_KEY]: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -revisions.length,
      End: revisions.length,
    }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.visit(revisions[Math.min(Math.max(at + step, 0), revisions.length - 1)]);
  }
}
