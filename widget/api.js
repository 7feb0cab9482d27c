//# allFunctionsCalledOnLoad
/** The chat API: one method an operation, a time limit on each, four ways to fail. */
import { LANG } from "./words.js";

class Failure extends Error {}

/** No answer: worth another try. */
export class Unreachable extends Failure {}

/** No such conversation, or another's. */
export class Gone extends Failure {}

/** This will never be taken; the message says why. */
export class Refused extends Failure {}

/** May be tried again after `seconds`. */
export class TooFast extends Failure {
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}

const FIRST = 1000; // milliseconds
const LONGEST = 30000;
const SECONDS = 12; // longer than the service thinks about an answer
const SILENCE_SECONDS = 40; // the service pings every 15
const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/;

export class Api {
  #base;

  constructor(origin) {
    this.#base = `${origin}/api/v1/conversations`;
  }

  /** Of the page's address, no `?` or `#` is told. */
  open() {
    const at = document.querySelector("[src*='widget/v1.js']")?.dataset.location;
    return this.#ask("", { body: { origin: location.origin + location.pathname, locale: LANG, location: at } });
  }

  /** Send `{client_id, text}` or `{client_id, choice}`, again if need be. */
  send(access, message) {
    return this.#ask("/messages", { access, body: message });
  }

  read(access, after) {
    return this.#ask(`/messages?after=${after}`, { access });
  }

  rate(access, seq, helpful) {
    return this.#ask("/feedback", { access, body: { seq, helpful } });
  }

  leave(access, contact) {
    return this.#ask("/contact", { access, body: contact });
  }

  erase(access) {
    return this.#ask("", { access, method: "DELETE" });
  }

  /** Yield the live events after number `after`; ends after a long silence. */
  async *stream(access, after, signal) {
    const limit = new AbortController();
    const stop = () => limit.abort();
    signal.addEventListener("abort", stop);
    let timer = setTimeout(stop, SECONDS * 1000);
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
      const response = await this.#fetch("/events", { access, headers, signal: limit.signal });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE_SECONDS * 1000);
        const { done, value } = await reader.read();
        if (done) return;
        rest += value;
        for (let end = BLANK_LINE.exec(rest); end; end = BLANK_LINE.exec(rest)) {
          const found = parse(rest.slice(0, end.index));
          rest = rest.slice(end.index + end[0].length);
          if (found) yield found;
        }
      }
    } catch (error) {
      throw known(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      limit.abort();
    }
  }

  async #ask(path, { access, body, method = body ? "POST" : "GET" }) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), SECONDS * 1000);
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
  return error instanceof Failure ? error : new Unreachable(error.message);
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  try {
    return { event, data: JSON.parse(data.join("\n")) };
  } catch {
    return null; // a comment, or nothing of ours
  }
}

/** How long to wait before the next try: longer each time, and not all at the same moment. */
export class Patience {
  failures = 0;

  /** Count a failure; return how many milliseconds to wait. */
  next() {
    const full = Math.min(LONGEST, FIRST * 2 ** this.failures);
    this.failures += 1;
    return full / 2 + (Math.random() * full) / 2;
  }

  reset() {
    this.failures = 0;
  }
}

/** Wait, or until the network is back, the page is looked at, or `target` says "calm". */
export function pause(milliseconds, target = window) {
  return new Promise((resolve) => {
    const wakers = [[window, "online"], [document, "visibilitychange"], [target, "calm"]];
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      for (const [source, name] of wakers) source.removeEventListener(name, done);
      resolve();
    }
    for (const [source, name] of wakers) source.addEventListener(name, done);
  });
}

export function looked() {
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** A random UUID, also where the page is not a secure context. */
export function uuid() {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
