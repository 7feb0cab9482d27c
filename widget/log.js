//# allFunctionsCalledOnLoad
/** The list of messages, each once, in order; the voice that says them; the file that keeps them. */
import { button, el, icon } from "./dom.js";
import { authorOf, messageNode, noticeNode, pendingNode, settle, showDelivery } from "./message.js";
import { LANG, WORDS } from "./words.js";

const KEPT_MS = 4000; // long enough to be picked up
const NEAR = 60; // pixels from the end that count as being at the end

export class Log {
  #list;
  #newer;
  #actions;
  #pending = new Map(); // client_id -> node
  #awaiting = false; // a reply to what the visitor sent last

  constructor(actions) {
    this.#actions = actions;
    this.#list = el("div", {
      class: "log", role: "log", "aria-live": "off", "aria-label": WORDS.log, tabindex: "0",
    });
    this.#newer = button({ class: "newer", hidden: true }, () => { this.toEnd(); this.#list.focus(); },
      icon("down"), WORDS.newer);
    this.#list.addEventListener("scroll", () => { if (this.#atEnd()) this.#newer.hidden = true; });
    this.node = el("div", { class: "log-frame" }, this.#list, this.#newer);
  }

  /** Add a message; return whether it is new. `history`: it was said on an earlier page. */
  add(message, history) {
    const pending = message.client_id && this.#pending.get(message.client_id);
    if (pending) {
      this.#pending.delete(message.client_id);
      settle(pending, message);
      return false;
    }
    const node = messageNode(message, this.#actions);
    const wasAtEnd = this.#atEnd();
    this.#place(node, message.seq);
    if (message.author !== "visitor") this.#latest(node);
    if (history) this.toEnd();
    else this.#reveal(node, message, wasAtEnd);
    return true;
  }

  pending(item) {
    let node = this.#pending.get(item.client_id);
    if (!node) {
      node = pendingNode(item);
      this.#pending.set(item.client_id, node);
      this.#list.append(node);
      this.#awaiting = true;
      this.toEnd();
    }
    showDelivery(node, item);
  }

  drop(item) {
    this.#pending.get(item.client_id)?.remove();
    this.#pending.delete(item.client_id);
  }

  notice(text) {
    this.#list.append(noticeNode(text));
    this.toEnd();
  }

  clear() {
    this.#list.replaceChildren();
    this.#pending.clear();
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#newer.hidden = true;
  }

  #place(node, seq) {
    const later = [...this.#list.children].find((other) =>
      other.dataset.seq ? Number(other.dataset.seq) > seq : other.classList.contains("pending"));
    this.#list.insertBefore(node, later ?? null);
  }

  /** Only the newest message's suggestions stand out; earlier ones stay within reach. */
  #latest(node) {
    const all = this.#list.querySelectorAll("article:not(.visitor)");
    if (all[all.length - 1] !== node) return;
    all.forEach((other) => other.classList.toggle("past", other !== node));
  }

  /** Bring a new message into view from its first line, unless the visitor is reading further up. */
  #reveal(node, { author, kind }, wasAtEnd) {
    if (!wasAtEnd && !this.#awaiting && !["crisis", "emergency"].includes(kind)) {
      this.#newer.hidden = false;
      return;
    }
    if (author !== "visitor" && kind !== "opening") this.#awaiting = false;
    // After the next layout: a pinned message may have taken some of the room.
    requestAnimationFrame(() => {
      const { previousElementSibling: before } = node;
      const question = before?.classList.contains("visitor") && before.offsetHeight < this.#list.clientHeight / 4;
      this.#list.scrollTop = (question ? before : node).offsetTop - 12;
    });
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }
}

/** Says new messages to a screen reader. The list itself is silent: drawn anew, it would say all again, and its buttons. */
export class Announcer {
  #polite = el("div", { "aria-live": "polite" });
  #urgent = el("div", { "aria-live": "assertive" });

  constructor() {
    this.node = el("div", { class: "heard" }, this.#polite, this.#urgent);
  }

  /** Say a message; an urgent one does not wait for what is being read. */
  message(message, urgent) {
    const label = message.author === "bot" ? WORDS.kinds[message.kind] : null;
    this.say(`${[authorOf(message), label].filter(Boolean).join(", ")}: ${message.text}`, urgent);
  }

  say(text, urgent = false) {
    const said = el("p", { text });
    (urgent ? this.#urgent : this.#polite).append(said);
    setTimeout(() => said.remove(), KEPT_MS);
  }
}

/** Save the chat as a text file on the visitor's device. */
export function save(messages, clinic) {
  const parts = messages.map(transcript);
  const text = [WORDS.transcript(clinic, new Date().toLocaleString(LANG)), ...parts].join("\n\n\n");
  const url = URL.createObjectURL(new Blob([text, "\n"], { type: "text/plain;charset=utf-8" }));
  el("a", { href: url, download: `${clinic} ${new Date().toISOString().slice(0, 10)}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function transcript(message) {
  const when = new Date(message.sent_at).toLocaleString(LANG);
  const sources = (message.sources ?? []).map((it) => `- ${[it.title, it.heading, it.url, it.corrected && WORDS.corrected(it.corrected)].filter(Boolean).join(", ")}`);
  return [
    `${authorOf(message)}, ${when}:`,
    message.text,
    ...(message.contacts ?? []).map(({ label }) => `- ${label}`),
    ...(sources.length ? ["", WORDS.sources, ...sources] : []),
  ].join("\n");
}
