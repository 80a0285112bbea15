// @ts-check
import { Candidates } from "./candidates.js";
import { languageName } from "./lexicon.js";
import { shownTitle } from "./title.js";
import { Tokens } from "./tokens.js";
import { Annotation, emptyAnnotation } from "./annotation.js";
import { History } from "./history.js";
import { Outbox } from "./outbox.js";
import { make, painted } from "./dom.js";
import { thousands } from "./quantities.js";

/** @typedef {import("./client.js").Bundle} Bundle */

/** Opening articles and leaving them: the one on the page, the way to the next, and the outboxes of those that are left. */
export class Opening {
  /** @param {import("./workspace.js").Workspace} desk */
  constructor(desk) {
    this.desk = desk;
    /** Outboxes of articles that are left and have something to send still. @type {Set<Outbox>} */
    this.leaving = new Set();
    this.lastArticle = "";
    this.turn = 0; // of the way to an article: only the last one asked for is opened
    this.message = make("div", { class: "sw-message" });
    this.message.hidden = true;
  }

  async start() {
    await this.replay();
    const again = setTimeout(() => this.replay().then((sent) => sent && this.desk.outbox?.poll()), 3000); // a page just closed may hold its lock a little longer
    this.desk.cleanups.push(() => clearTimeout(again));
    await this.go(() => this.desk.queue.first(this.desk.data.article));
  }

  /** @returns {Promise<number>} how many ops of dead tabs were sent */
  async replay() {
    const { sent, refused, stuck } = await this.desk.tab.replay(this.desk.api);
    if (stuck.length)
      this.desk.hint(`Unsaved work from earlier can't be sent: ${stuck[0]}. It is kept in this browser.`, "bad");
    if (refused.length)
      this.desk.hint(`${refused.length} unsaved changes from earlier were rejected: ${refused[0]}`, "bad");
    return sent;
  }

  /** @param {() => Promise<{bundle: Bundle, ahead: boolean}>} fetchBundle */
  async go(fetchBundle) {
    const turn = ++this.turn;
    for (let pause = 500; ; pause = Math.min(5000, pause * 2)) {
      try {
        const { bundle, ahead } = await fetchBundle();
        if (turn !== this.turn) return;
        this.open(bundle);
        if (ahead) this.desk.outbox?.poll();
        return;
      } catch (error) {
        if (turn !== this.turn) return;
        const { status, message } = /** @type {any} */ (error);
        if (status === 410 && !this.desk.article) return this.removed(message);
        if (this.desk.article || (status >= 400 && status < 500)) {
          this.desk.hint(message, "bad");
          if (!this.desk.article)
            this.show([
              make("h2", { text: "The article can't be opened" }),
              make("p", { text: message }),
              make("p", { text: "Reload the page to try again." }),
            ]);
          return;
        }
        this.show([make("p", { class: "sw-quiet", text: "Waiting for the server …" })]);
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (turn !== this.turn) return;
      }
    }
  }

  /** Puts the caret somewhere in the article and scrolls there. @param {number} point in code points */
  stand(point) {
    this.desk.cursor.put(point);
    this.desk.caret.draw();
    this.desk.view.lines.reveal(point);
  }

  /** @param {Bundle} bundle @param {string} [removed] why there is no article any more */
  open({ article, annotation, entries, version, candidates, returned }, removed) {
    // An article fetched ahead may not know it yet, where the one before has been sent.
    const moved = this.desk.outbox?.moved || (version !== undefined && version > this.desk.schema.data.version);
    if (article && moved) return this.reload(article.id);
    this.leave();
    this.desk.clear();
    this.desk.history = article ? this.desk.shelf.take(article.id) : new History();
    this.desk.article = article;
    this.desk.root.dataset.article = article?.id ?? "";
    const address = new URL(location.href);
    if (article) address.searchParams.set("article", article.id);
    else address.searchParams.delete("article");
    const at = Number(address.searchParams.get("at") ?? -1); // code points; the story page links to words
    address.searchParams.delete("at");
    history.replaceState(history.state, "", address);
    this.desk.tokens = new Tokens(article?.text ?? "", candidates?.language, candidates?.sentences);
    this.desk.candidates = new Candidates(candidates, this.desk.tokens);
    this.desk.view.open(this.desk.tokens, article ? returned : null);
    this.desk.cursor.open(this.desk.tokens);
    if (!article) {
      this.desk.annotation = emptyAnnotation();
      if (removed) this.removed(removed);
      else this.allDone();
      return;
    }
    this.message.hidden = true;
    this.desk.root.classList.remove("sw-finished");
    this.lastArticle = article.id;
    const outbox = new Outbox({
      annotation: new Annotation(annotation, entries, this.desk.schema),
      newClient: () => this.desk.tab.newClient(),
      released: (client) => this.desk.tab.release(client),
      // What was edited is painted before the request starts, which takes milliseconds.
      send: (message, leaving) =>
        (leaving ? Promise.resolve() : painted()).then(() => this.desk.api.ops(article.id, message, leaving)),
      store: this.desk.tab.store,
      prefix: this.desk.tab.prefix,
      article: article.id,
      version: this.desk.schema.data.version,
      timers: { set: (action, wait) => setTimeout(action, wait), clear: (handle) => clearTimeout(handle) },
      onchange: (event) => this.desk.changed(outbox, event),
    });
    this.desk.outbox = outbox;
    this.desk.annotation = outbox.shown;
    this.desk.redraw(null);
    this.desk.details.later.now(); // the headline's height is part of the layout
    this.desk.caret.draw();
    this.desk.layout.fit();
    this.desk.keyboard.focusText();
    if (at >= 0 && at < article.text.length) this.stand(at);
    this.desk.say(
      `Article ${article.position ?? "no longer in your queue"}: ${shownTitle(article.title, article.text)}`,
    );
    this.countProgress();
    this.desk.afterwards.ask();
    this.desk.suggesting.fetch();
    if (!this.desk.candidates.rules)
      this.desk.hint(
        `There are no rules for ${languageName(this.desk.candidates.language)} yet: with nothing selected, keys mark text in quotation marks and capitalized words only.`,
      );
    if (this.desk.submitting.done)
      this.desk.hint(
        `This article is ${annotation.status}. Changes are still saved; reopen it to continue working on it.`,
      );
  }

  /** Loads the page again, for the label set has changed; what is not confirmed is kept and sent by the new page. @param {string} article */
  reload(article) {
    const address = new URL(location.href);
    address.searchParams.set("article", article);
    history.replaceState(history.state, "", address);
    location.reload();
  }

  /** Lets the outbox of the article being left send what it still has. */
  leave() {
    const left = this.desk.outbox;
    this.desk.outbox = null;
    if (!left) return;
    left.onchange = ({ refused }) => {
      if (refused.length) this.desk.hint(`Not saved in the previous article: ${refused[0].reason}`, "bad");
      this.desk.drawStatus();
    };
    this.leaving.add(left);
    left.flush().then(() => {
      left.close();
      this.leaving.delete(left);
      this.desk.drawStatus();
      if (this.desk.outbox?.article === left.article) this.desk.outbox.poll();
    });
  }

  async countProgress() {
    try {
      const [progress, session] = await Promise.all([this.desk.api.progress(), this.desk.api.session()]);
      this.desk.status.count(progress, session, this.desk.article?.position ?? null);
      return progress;
    } catch {
      return null;
    }
  }

  /** @param {HTMLElement[]} content */
  show(content) {
    this.message.hidden = false;
    this.message.replaceChildren(make("div", { class: "sw-message-text" }, ...content));
  }

  /** Shows that the article was removed from the project, in its place. @param {string} words */
  removed(words) {
    this.desk.root.classList.add("sw-finished");
    this.desk.drawStatus();
    const next = make("button", {
      type: "button",
      class: "sw-button",
      text: "Go to the next article",
      onclick: () => this.next(),
    });
    const shown = `${words[0].toUpperCase()}${words.slice(1)}.`;
    this.show([make("h2", { text: "This article was removed" }), make("p", { text: shown }), next]);
    next.focus();
    this.desk.say(shown);
  }

  async allDone() {
    this.desk.root.classList.add("sw-finished");
    this.desk.drawStatus();
    const figures = await this.countProgress();
    if (this.desk.article) return;
    const back = make("button", {
      type: "button",
      class: "sw-button",
      text: "Return to the last article",
      onclick: () => this.back(),
    });
    if (!figures || figures.total === 0)
      this.show([
        make("h2", { text: "Nothing to label yet" }),
        make("p", { text: "Articles appear here once they are imported or assigned to you." }),
      ]);
    else {
      const skipped = figures.skipped ? `, ${figures.skipped} skipped` : "";
      this.show([
        make("h2", {
          text: figures.total === 1 ? "The article is done" : `All ${thousands(figures.total)} articles are done`,
        }),
        make("p", { text: `${figures.submitted} submitted${skipped}.` }),
        back,
      ]);
      back.focus();
    }
    this.desk.say("All articles are done.");
  }

  async next() {
    const here = this.desk.article?.id ?? null;
    await this.go(() => this.desk.queue.next(here));
  }

  async back() {
    const here = this.desk.article?.id;
    if (here) await this.go(() => this.desk.queue.previous(here));
    else
      await this.go(() =>
        this.lastArticle ? this.desk.queue.first(this.lastArticle) : this.desk.queue.previous(null),
      );
  }
}
