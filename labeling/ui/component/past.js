// @ts-check
import { Timeline, eventsOf, opsBetween, stateAt } from "./timeline.js";

/** The article as it once stood: looked at, never changed, and brought back if wanted. */
export class Past {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** The earlier state that is shown; null for the current one. @type {import("./annotation.js").Annotation | null} */
    this.state = null;
    /** @type {import("./timeline.js").Logged[]} */
    this.log = [];
    this.timeline = new Timeline({
      visit: (revision) => this.visit(revision),
      restore: () => this.restore(),
      leave: () => desk.sheets.close(),
    });
  }

  clear() {
    this.state = null;
    this.desk.root.classList.remove("sw-past");
  }

  /** Returns whether the current state is shown; if not, says that earlier states can't be changed. */
  present() {
    if (this.state)
      this.desk.hint(
        `You're viewing an earlier state. Press ${this.desk.keymap.keyOf("leave")} to return to the current one.`,
      );
    return !this.state;
  }

  /** Shows what was done on the article, from the server's log. */
  async showHistory() {
    const { outbox } = this.desk;
    if (!outbox) return;
    await outbox.flush();
    try {
      this.log = (await this.desk.api.log(outbox.article)).ops;
    } catch (error) {
      return this.desk.hint(/** @type {Error} */ (error).message, "bad");
    }
    if (outbox !== this.desk.outbox) return;
    const events = eventsOf(this.log, this.desk.annotation.entries, this.desk.schema, this.desk.wording.slice);
    this.desk.sheets.open("History", this.timeline.show(events, events.at(-1)?.revision ?? 0));
    this.timeline.list.focus();
  }

  /** Shows the article as it was after a revision; the last revision is the current state. @param {number} revision */
  visit(revision) {
    if (!this.desk.outbox) return;
    const last = this.log.at(-1)?.revision ?? 0;
    this.state = revision < last ? stateAt(this.log, revision, this.desk.annotation.entries, this.desk.schema) : null;
    this.desk.root.classList.toggle("sw-past", this.state !== null);
    this.desk.annotation = this.state ?? this.desk.outbox.shown;
    this.desk.redraw(null);
    this.desk.details.later.now();
  }

  /** Restores the state that is shown, as an action that can be undone. */
  restore() {
    const { desk, state } = this;
    if (!state || !desk.outbox) return;
    this.desk.sheets.close();
    this.desk.act(opsBetween(desk.outbox.shown, state, this.desk.wording.slice));
    this.desk.hint("State restored. The later changes stay in the history.");
  }
}
