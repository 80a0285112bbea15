// @ts-check
import { make } from "./dom.js";
import { ending } from "./lanes.js";

/** So long after an answer that knows only some of the articles the rest is asked for, in milliseconds. */
const LOOK_AGAIN = 200;

/** The articles with something left to resolve, what is worth most first, and what the page says where none is. */
export class ReviewQueue {
  /** @param {import("./review.js").Review} page */
  constructor(page) {
    this.page = page;
    this.own = false; // a second opinion: also what others decided
    /** @type {{id: string, left: number}[]} */
    this.articles = [];
    this.open = 0;
    this.total = 0;
    this.count = 0; // articles with something left; `articles` has the first of them
    this.pending = 0; // articles the server has not looked at yet
    this.waiting = 0; // those in which spans want more votes
    this.alone = 0; // those of these that one alone has submitted
    /** @type {any} */
    this.again = null;
    this.message = make("div", { class: "sw-message" });
    this.message.hidden = true;
  }

  /** Whether the page shows that nothing is left. */
  get ended() {
    return !this.message.hidden;
  }

  close() {
    clearTimeout(this.again);
  }

  async fetch() {
    try {
      const { articles, open, total, count, pending, waiting, alone } = await this.page.api.reviewQueue(this.own);
      Object.assign(this, { articles, open, total, count, pending, waiting, alone });
      clearTimeout(this.again);
      if (this.pending) this.again = setTimeout(() => this.lookFurther(), LOOK_AGAIN);
      this.page.status.drawProgress();
    } catch (error) {
      this.page.tell(/** @type {Error} */ (error).message, true);
    }
  }

  /** Asks for the rest of the queue; where nothing was left so far, the page goes on with what is found. */
  async lookFurther() {
    await this.fetch();
    if (this.ended) await this.goFirst();
  }

  /** @param {string} [id] the most valuable one if none is named */
  async goFirst(id = this.articles[0]?.id) {
    if (id) await this.page.go(id);
    else this.showEnd();
  }

  /** @param {1 | -1} along */
  async goAlong(along) {
    await this.fetch();
    const here = this.page.article?.article.id;
    const { articles } = this;
    const at = articles.findIndex(({ id }) => id === here);
    const next =
      at < 0
        ? articles[along > 0 ? 0 : articles.length - 1]
        : articles[(at + along + articles.length) % articles.length];
    if (next) await this.page.go(next.id);
    else this.showEnd();
  }

  showEnd() {
    const { page } = this;
    const { title, sentences } = ending(this);
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, /** @type {string | null} */ name) =>
      make("button", { type: "button", class: "sw-button", "data-sw": name, onclick }, text);
    const policy = this.waiting ? [button("Policy and patterns", () => page.showOverview(), "end-policy"), " "] : [];
    this.message.hidden = false;
    this.message.replaceChildren(
      make(
        "div",
        { class: "sw-message-text", "data-sw": "end" },
        make("h2", { text: title }),
        ...sentences.map((text) => make("p", { text })),
        ...policy,
        button("Check again", () => page.start(), null),
      ),
    );
  }
}
