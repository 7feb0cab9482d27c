/** The chat API: one method an operation, a time limit on each, and four ways in which it can fail. */

/** No answer in time, or the service is down. Worth another try. */
export class Unreachable extends Error {}

/** The conversation does not exist, or this token does not open it. */
export class Gone extends Error {}

/** The service will not take this, however often it is tried; the message says why. */
export class Refused extends Error {}

/** Too many requests; may be tried again after `seconds`. */
export class TooFast extends Error {
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}

const SECONDS = 12;
const SEND_SECONDS = 40; // longer than the service may think about an answer
const SILENCE_SECONDS = 40; // the service pings every 15
const LOCALE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/;

export class Api {
  #base;

  /** @param {string} origin where the service is */
  constructor(origin) {
    this.#base = `${origin}/api/v1/conversations`;
  }

  /** Open a conversation. Of the page only its address is told, without anything after a `?` or `#`. */
  open() {
    const locale = LOCALE.test(navigator.language) ? navigator.language : "en-US";
    return this.#ask("", { body: { origin: location.origin + location.pathname, locale } });
  }

  /** Send a message: `{client_id, text}` or `{client_id, choice}`. The same `client_id` may be sent again. */
  send(access, message) {
    return this.#ask("/messages", { access, body: message, seconds: SEND_SECONDS });
  }

  /** Read the messages after number `after`. */
  read(access, after) {
    return this.#ask(`/messages?after=${after}`, { access });
  }

  /** Say whether message `seq` helped. */
  rate(access, seq, helpful) {
    return this.#ask("/feedback", { access, body: { seq, helpful } });
  }

  /** Leave how to be reached. The same `client_id` may be sent again. */
  leave(access, contact) {
    return this.#ask("/contact", { access, body: contact });
  }

  /** Erase the conversation. */
  erase(access) {
    return this.#ask("", { access, method: "DELETE" });
  }

  /** Open the live events after number `after`. Yields pieces of text; ends by itself after a long silence. */
  async *stream(access, after, signal) {
    const limit = new AbortController();
    const stop = () => limit.abort();
    signal.addEventListener("abort", stop);
    let timer = setTimeout(stop, SECONDS * 1000);
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
      const response = await this.#fetch("/events", { access, headers, signal: limit.signal });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE_SECONDS * 1000);
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw known(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      limit.abort();
    }
  }

  async #ask(path, { access, body, method = body ? "POST" : "GET", seconds = SECONDS }) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), seconds * 1000);
    const headers = body ? { "Content-Type": "application/json" } : {};
    try {
      const response = await this.#fetch(path, { access, method, headers, body, signal: limit.signal });
      return response.status === 204 ? null : await response.json();
    } catch (error) {
      throw known(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(path, { access, headers, body, ...options }) {
    const response = await fetch(this.#base + (access ? `/${encodeURIComponent(access.conversation)}` : "") + path, {
      ...options,
      headers: access ? { ...headers, Authorization: `Bearer ${access.token}` } : headers,
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (response.ok) return response;
    const { title = "", type = "" } = await response.json().catch(() => ({}));
    if (response.status === 429) throw new TooFast(title, Number(response.headers.get("Retry-After")) || 60);
    if (response.status === 401 || (response.status === 404 && type !== "/problems/no-such-message")) {
      throw new Gone(title);
    }
    if (response.status >= 500 || response.status === 408) throw new Unreachable(title);
    throw new Refused(title);
  }
}

function known(error) {
  const ours = [Unreachable, Gone, Refused, TooFast].some((kind) => error instanceof kind);
  return ours ? error : new Unreachable(error.message);
}
