/** The list of messages: in order, each once, announced as it comes, and scrolled without surprise. */
import { el, icon } from "./dom.js";
import { messageNode, noticeNode, pendingNode, settle, showDelivery } from "./message.js";
import { WORDS } from "./words.js";

const NEAR = 60; // pixels from the end that count as being at the end

export class Log {
  #list;
  #newer;
  #actions;
  #pending = new Map(); // client_id -> node
  #announcing = 0;
  #awaiting = false; // a reply to what the visitor sent last

  constructor(actions) {
    this.#actions = actions;
    // Reading on is by the scroll keys, so the list can have the focus.
    this.#list = el("div", {
      class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": WORDS.log, tabindex: "0",
    });
    this.#newer = el("button", { type: "button", class: "newer", hidden: true, on: { click: () => this.toEnd() } },
      icon("down"), el("span", { text: WORDS.newer }));
    this.#list.addEventListener("scroll", () => { if (this.#atEnd()) this.#newer.hidden = true; }, { passive: true });
    this.node = el("div", { class: "log-frame" }, this.#list, this.#newer);
  }

  /** Add a message. One from an earlier visit to the page is not announced. */
  add(message, history) {
    if (history) this.#quietly();
    const pending = message.client_id && this.#pending.get(message.client_id);
    if (pending) {
      this.#pending.delete(message.client_id);
      settle(pending, message);
      return;
    }
    const node = messageNode(message, this.#actions);
    const wasAtEnd = this.#atEnd();
    this.#place(node, message.seq);
    if (message.author !== "visitor") this.#latest(node);
    if (history) this.toEnd();
    else this.#reveal(node, message, wasAtEnd);
  }

  /** Show a message that is still to be sent, or how it stands now. */
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

  /** Take back a message that was refused. */
  drop(item) {
    this.#pending.get(item.client_id)?.remove();
    this.#pending.delete(item.client_id);
  }

  /** Add a remark of the widget itself. */
  notice(text) {
    this.#list.append(noticeNode(text));
    this.toEnd();
  }

  /** Empty the list. */
  clear() {
    this.#list.replaceChildren();
    this.#pending.clear();
  }

  /** Show the newest message. */
  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#newer.hidden = true;
  }

  /** Move the focus here. */
  focus() {
    this.#list.focus({ preventScroll: true });
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
    if (author !== "visitor") this.#awaiting = false;
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

  #quietly() {
    clearTimeout(this.#announcing);
    this.#list.setAttribute("aria-live", "off");
    this.#announcing = setTimeout(() => this.#list.setAttribute("aria-live", "polite"), 500);
  }
}
