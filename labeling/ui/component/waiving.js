// @ts-check
import { askLine } from "./prompt.js";

/** Waiving what a span misses, with a reason. */
export class Waiving {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    this.lastReason = ""; // the next one is often the same
  }

  /** Waives what the active span misses, or else what the next one after the caret does. */
  next() {
    const { desk } = this;
    const missing = desk.schema.missing(desk.annotation);
    const after = (/** @type {string} */ id) =>
      (desk.annotation.spans.get(id)?.fragments[0][0] ?? 0) >= desk.cursor.point;
    const lack =
      missing.find(({ id }) => id === desk.active) ?? missing.find(({ id }) => !desk.active && after(id)) ?? missing[0];
    if (!lack) return desk.hint("Nothing is missing.");
    desk.activate(lack.id, { reveal: true });
    this.ask(lack.id, lack.name);
  }

  /** @param {string} id @param {string} name of what it lacks */
  ask(id, name) {
    const { desk } = this;
    const span = desk.annotation.spans.get(id);
    if (!span) return;
    const waived = span.waivers?.[name];
    askLine(desk, {
      question: `Why is “${desk.wording.requirement(span.label, name)}” not needed?`,
      example: "reason, for example: an interviewer’s question",
      verb: "Waive",
      value: waived ?? this.lastReason,
      take: (reason) => {
        if (!reason) return desk.hint("Enter a reason.");
        this.lastReason = reason;
        if (reason !== waived) desk.act([{ kind: "waive", id, name, reason }]);
        desk.hint("");
      },
    });
  }
}
