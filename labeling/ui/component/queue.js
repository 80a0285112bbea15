// @ts-check

/**
 * @typedef {import("./client.js").Api} Api
 * @typedef {import("./client.js").Bundle} Bundle
 */

/** The way from article to article. The next one is fetched ahead; whoever shows it asks the server for what is newer. */
export class Queue {
  /** @param {Pick<Api, "article" | "next" | "previous">} api */
  constructor(api) {
    this.api = api;
    /** @type {{after: string, bundle: Promise<Bundle | null>} | null} */
    this.ahead = null;
  }

  /** Fetches the article after `id` before anyone asks for it. @param {string} id */
  look(id) {
    if (this.ahead?.after === id) return;
    this.ahead = { after: id, bundle: this.api.next(id).catch(() => null) };
  }

  /** @param {string | null} after @returns {Promise<{bundle: Bundle, ahead: boolean}>} `ahead`: it was fetched earlier, so there may be newer work on it */
  async next(after) {
    const { ahead } = this;
    this.ahead = null;
    if (ahead && ahead.after === after) {
      const bundle = await ahead.bundle;
      // The article itself, or none, was the answer while it was still to do.
      if (bundle?.article && bundle.article.id !== after) return { bundle, ahead: true };
    }
    return { bundle: await this.api.next(after), ahead: false };
  }

  /** The article before another one; without one, the last. @param {string | null} before @returns {Promise<{bundle: Bundle, ahead: boolean}>} */
  async previous(before) {
    const bundle = await this.api.previous(before);
    if (!bundle.article) throw Object.assign(new Error("This is the first article."), { status: 404 });
    return { bundle, ahead: false };
  }

  /** The article wanted, or the first one to do if it is not there. @param {string | null} wanted @returns {Promise<{bundle: Bundle, ahead: boolean}>} */
  async first(wanted) {
    if (wanted) {
      try {
        return { bundle: await this.api.article(wanted), ahead: false };
      } catch (error) {
        if (/** @type {any} */ (error).status !== 404) throw error;
      }
    }
    return this.next(null);
  }
}
