/**
 * What this tab remembers from the visitor's first message on: its conversation and token, never a message. After a
 * crisis other tabs of the site, which ask this one, go on with the same conversation, so that the help stays in sight.
 */

const KEY = "clinic-chat.v1"; // as in v1.js
const ANSWER_MS = 150;

export class Session {
  #kept;
  #isKept;
  #channel = null;
  #lost = null; // is no more, which another tab may not know yet

  constructor() {
    this.#kept = attempt(() => JSON.parse(sessionStorage.getItem(KEY)));
    this.#isKept = this.#kept !== null;
  }

  get access() {
    const { conversation, token } = this.#kept ?? {};
    return conversation && token ? { conversation, token } : null;
  }

  get clinic() {
    return this.#kept?.clinic ?? null;
  }

  /** What the visitor chose, if they did. */
  get lang() {
    return this.#kept?.lang;
  }

  set lang(lang) {
    this.#set({ ...this.#kept, lang });
  }

  /** The last message that the visitor saw in this tab; if not known, all. */
  get seen() {
    return this.#kept?.seen ?? Infinity;
  }

  set seen(seq) {
    if (!(seq <= this.#kept?.seen)) this.#set({ ...this.#kept, seen: seq });
  }

  set wasOpen(open) {
    this.#set({ ...this.#kept, open });
  }

  begin({ conversation, token, clinic }) {
    const { open, lang } = this.#kept ?? {};
    this.#set({ conversation, token, clinic, open, lang });
  }

  /** From now on, remember over a reload of the page. */
  keep() {
    this.#isKept = true;
    this.#set(this.#kept);
  }

  /** Forget the conversation; nothing stays in the browser. */
  forget() {
    const { open, lang, conversation } = this.#kept ?? {};
    this.#lost = conversation;
    this.unshare();
    this.#isKept = false;
    this.#kept = { open, lang };
    attempt(() => sessionStorage.removeItem(KEY));
  }

  /** Whether message `seq` helped; undefined when nothing was said. */
  rating(seq) {
    return this.#kept?.ratings?.[seq];
  }

  rate(seq, helpful) {
    this.#set({ ...this.#kept, ratings: { ...this.#kept?.ratings, [seq]: helpful } });
  }

  /** Let other tabs go on with this conversation. */
  share() {
    if (this.#channel) return;
    this.#channel = line();
    this.#channel?.addEventListener("message", ({ data, origin }) => {
      if (origin !== location.origin || data !== "?") return;
      const { conversation, token, clinic } = this.#kept ?? {};
      if (token) this.#channel.postMessage({ conversation, token, clinic });
    });
  }

  unshare() {
    this.#channel?.close();
    this.#channel = null;
  }

  /** Ask the other tabs for a conversation to go on with, or null. */
  async ofAnotherTab() {
    const channel = line();
    if (!channel) return null;
    const shared = await new Promise((resolve) => {
      setTimeout(resolve, ANSWER_MS);
      channel.addEventListener("message", ({ data, origin }) => {
        if (origin === location.origin && data?.token && data.conversation !== this.#lost) resolve(data);
      });
      channel.postMessage("?");
    });
    channel.close();
    if (!shared) return null;
    this.begin(shared);
    this.keep();
    return this.access;
  }

  #set(kept) {
    this.#kept = kept;
    if (this.#isKept) attempt(() => sessionStorage.setItem(KEY, JSON.stringify(kept)));
  }
}

/** A line to the other tabs. */
function line() {
  return attempt(() => new BroadcastChannel(KEY));
}

/** Do what a browser may refuse: then null. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}
