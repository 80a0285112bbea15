// @ts-check

/**
 * @typedef {import("./annotation.js").Snapshot} Snapshot
 * @typedef {import("./annotation.js").Published} Published
 * @typedef {{id: string, title: string | null, outlet: string | null, url: string | null, language: string | null, published: Published | null, text: string, position: number | null}} Article  `position` in the queue; null: it is not in it any more
 * @typedef {{article: Article | null, annotation: Snapshot, entries: Record<string, Record<string, string>>, version?: number, candidates?: import("./candidates.js").CandidateData, returned?: string | null}} Bundle  `version` of the label set that holds now; `returned`: the note with which the article was given back
 * @typedef {{edtf: string | null, timex3?: string | null, mod?: string | null, timex_type?: string | null, anchor?: string | null, explain: string}} Reading  without `edtf` the words have no place on the calendar
 * @typedef {{id: string, name: string}} Entry
 * @typedef {{total: number, new: number, open: number, submitted: number, skipped: number}} Progress
 * @typedef {{since: string | null, articles: number, marks: number, marks_per_hour: number | null}} Session  what was submitted and marked since the last long pause
 * @typedef {{id: string, position: number, title: string | null, outlet: string | null, published: string | null, status: string, flags: string[], snippet: {start: number, text: string, ranges: [number, number][]}}} Found  `published` is EDTF; the snippet starts at a code point of the text, `ranges` are where the words stand in it, in its own code points
 * @typedef {{outlets: Record<string, number>, statuses: Record<string, number>, flags: Record<string, number>}} Facets  how many articles there are of each
 */

const ANSWER_WITHIN = 15000;
const TOKEN_WITHIN = 10000;
const ASK_EVERY = 1000;

/** A request that failed; `status` is the HTTP status, 0 where there was no answer. */
export class RequestError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The API of the app, with its token kept fresh. */
export class Api {
  /** @param {{api: string, token: string, expires: number}} access @param {() => void} askForToken asks Python for a new token; it arrives by `renewed` */
  constructor(access, askForToken) {
    this.base = access.api;
    this.token = access.token;
    this.askForToken = askForToken;
    /** @type {((value: boolean) => void)[]} */
    this.waiting = [];
    /** @type {any} */
    this.timer = null;
    this.schedule(access.expires);
  }

  /** @param {string} token @param {number} expires unix seconds */
  renewed(token, expires) {
    if (token === this.token) return;
    this.token = token;
    this.schedule(expires);
    for (const resolve of this.waiting.splice(0)) resolve(true);
  }

  /** @param {number} expires */
  schedule(expires) {
    clearTimeout(this.timer);
    const half = (expires * 1000 - Date.now()) / 2;
    if (!(half > 0)) return;
    this.timer = setTimeout(
      () => {
        this.request("POST", "/token").then(
          (/** @type {any} */ answer) => this.renewed(answer.token, answer.expires),
          () => {},
        );
      },
      Math.min(half, 2 ** 31 - 1),
    );
  }

  close() {
    clearTimeout(this.timer);
  }

  /** @returns {Promise<boolean>} whether a new token came */
  newToken() {
    return new Promise((resolve) => {
      if (!this.waiting.length) this.askForToken();
      const again = setInterval(() => this.waiting[0] === done && this.askForToken(), ASK_EVERY); // what is asked while Streamlit reconnects is lost
      const late = setTimeout(() => done(false), TOKEN_WITHIN);
      const done = (/** @type {boolean} */ came) => {
        clearInterval(again);
        clearTimeout(late);
        this.waiting = this.waiting.filter((each) => each !== done);
        resolve(came);
      };
      this.waiting.push(done);
    });
  }

  /** @param {string} method @param {string} path @param {any} [body] @param {boolean} [leaving] the page is going away: the browser is to send it all the same @returns {Promise<any>} */
  async request(method, path, body, leaving = false) {
    for (let attempt = 1; ; attempt++) {
      const token = this.token;
      const text = body === undefined ? undefined : JSON.stringify(body);
      /** @type {Response} */
      let response;
      try {
        response = await fetch(this.base + path, {
          method,
          headers: {
            Authorization: `Bearer ${token}`,
            ...(text === undefined ? {} : { "Content-Type": "application/json" }),
          },
          body: text,
          cache: "no-store",
          credentials: "same-origin",
          keepalive: leaving && text !== undefined && text.length < 20000, // browsers refuse more than 64 KiB of such requests together, and a character may take three bytes
          signal: AbortSignal.timeout(ANSWER_WITHIN),
        });
        if (response.ok) return await response.json();
      } catch {
        throw new RequestError(0, "The server does not answer.");
      }
      if (response.status === 401 && attempt === 1 && (this.token !== token || (await this.newToken()))) continue;
      const answer = await response.json().catch(() => ({}));
      throw new RequestError(
        response.status,
        typeof answer.error === "string" ? answer.error : `The server answered ${response.status}.`,
      );
    }
  }

  /** @param {string} id @returns {Promise<Bundle>} */
  article(id) {
    return this.request("GET", `/articles/${encodeURIComponent(id)}`);
  }

  /** Gets what a suggester proposes for an article. @param {string} id @returns {Promise<import("./suggestions.js").SuggestionData>} */
  suggestions(id) {
    return this.request("GET", `/articles/${encodeURIComponent(id)}/suggestions`);
  }

  /** Gets the likeliest other versions of an article's quotes, by span. @param {string} id @returns {Promise<{versions: Record<string, import("./versions.js").Version[]>}>} */
  versions(id) {
    return this.request("GET", `/articles/${encodeURIComponent(id)}/versions`);
  }

  /** @param {string | null} after @returns {Promise<Bundle>} */
  next(after) {
    return this.request("GET", after ? `/next?after=${encodeURIComponent(after)}` : "/next");
  }

  /** @param {string | null} before @returns {Promise<Bundle>} */
  previous(before) {
    return this.request("GET", before ? `/previous?before=${encodeURIComponent(before)}` : "/previous");
  }

  /** @param {import("./search.js").Wanted} wanted @param {number} limit @param {number} offset @returns {Promise<{total: number, unread: number, rows: Found[]}>} */
  search(wanted, limit, offset) {
    const set = Object.entries(wanted).filter(([, value]) => value);
    return this.request(
      "GET",
      `/articles?${new URLSearchParams([...set, ["limit", String(limit)], ["offset", String(offset)]])}`,
    );
  }

  /** @returns {Promise<Facets>} */
  facets() {
    return this.request("GET", "/facets");
  }

  /** @returns {Promise<Progress>} */
  progress() {
    return this.request("GET", "/progress");
  }

  /** @returns {Promise<Session>} */
  session() {
    return this.request("GET", "/session");
  }

  /** @param {string} article @param {import("./outbox.js").Message} message @param {boolean} [leaving] @returns {Promise<import("./outbox.js").Answer>} */
  ops(article, message, leaving) {
    return this.request("POST", `/articles/${encodeURIComponent(article)}/ops`, message, leaving);
  }

  /** @param {string} article @returns {Promise<{ops: import("./timeline.js").Logged[]}>} everything that was done */
  log(article) {
    return this.request("GET", `/articles/${encodeURIComponent(article)}/ops`);
  }

  /** @param {string} words @param {string | null} against EDTF @param {string | null} language BCP 47 @param {string} [before] the sentence up to the words @returns {Promise<{readings: Reading[], error: string | null, lead: string}>} `lead`: the word before the words that their value hangs on (“since”) */
  dates(words, against, language, before) {
    const query = new URLSearchParams({
      words,
      ...(against ? { against } : {}),
      ...(language ? { language } : {}),
      ...(before ? { before: before.slice(-1000) } : {}),
    });
    return this.request("GET", `/dates?${query}`);
  }

  /** @param {string} registry @param {string} query @param {string} [article] the one that the entry is wanted in @returns {Promise<{entries: Entry[]}>} */
  registry(registry, query, article = "") {
    const asked = new URLSearchParams({ q: query, article });
    return this.request("GET", `/registry/${encodeURIComponent(registry)}?${asked}`);
  }

  /** Gets the disagreements left to review, the most valuable first. @param {boolean} own also what others decided @returns {Promise<{total: number, open: number, count: number, articles: {id: string, left: number, of: number, questions: string[]}[], pending: number, waiting: number, alone: number}>} `pending`: articles not looked at yet; `waiting`: those in which spans want more votes, `alone` of them submitted by one only */
  reviewQueue(own) {
    return this.request("GET", `/review?own=${own}`);
  }

  /** @param {string} article @param {boolean} own @returns {Promise<import("./lanes.js").ReviewView>} */
  reviewArticle(article, own) {
    return this.request("GET", `/review/articles/${encodeURIComponent(article)}?own=${own}`);
  }

  /** @param {{client: string, steps: any[], article: string | null, own: boolean}} message @returns {Promise<import("./steps.js").StepAnswer>} */
  reviewSteps(message) {
    return this.request("POST", "/review/steps", message);
  }

  /** Merges registry entries, in everyone's work. @param {import("./sameentry.js").SameEntry} same @returns {Promise<{change: number, values: number}>} */
  mergeEntries({ registry, into, entries }) {
    return this.request("POST", `/registries/${encodeURIComponent(registry)}`, { kind: "merge", entry: into, entries });
  }

  /** @param {string} rule @param {number} votes @returns {Promise<import("./overview.js").PolicyPreview>} */
  reviewPolicy(rule, votes) {
    return this.request("GET", `/review/policy?rule=${rule}&votes=${votes}`);
  }

  /** @returns {Promise<{patterns: import("./overview.js").PatternFound[]}>} */
  reviewPatterns() {
    return this.request("GET", "/review/patterns");
  }

  /** Gets the other places where a decision could be applied. @param {string} article @param {string} disagreement @returns {Promise<{found: {article: string, title: string | null, disagreement: string, take: string, version: string | null, before: string, words: string, after: string}[]}>} */
  reviewAlike(article, disagreement) {
    return this.request("GET", `/review/alike?${new URLSearchParams({ article, disagreement })}`);
  }
}
