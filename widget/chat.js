/** Brings the conversation and the panel together. */
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { stylesheet } from "./dom.js";
import { Log } from "./log.js";
import { Panel } from "./panel.js";
import { Pinned } from "./pinned.js";
import { Tools } from "./tools.js";
import { WORDS } from "./words.js";

const TYPES_ON_GLASS = matchMedia("(pointer: coarse)"); // where a focused text box brings up the keyboard

export class Chat {
  #conversation;
  #panel;
  #log;
  #pinned = new Pinned();
  #composer;
  #tools;
  #page; // what the loader drew
  #session;
  #clinic = null;
  #owner = "bot";
  #unread = 0;
  #styled;

  constructor({ shadow, root, session, ...page }) {
    this.#page = page;
    this.#session = session;
    const conversation = new Conversation(new Api(new URL(import.meta.url).origin), session);
    this.#conversation = conversation;
    this.#log = new Log({
      choose: (suggestion) => conversation.choose(suggestion),
      rate: (seq, helpful) => conversation.rate(seq, helpful),
      rating: (seq) => session.rating(seq),
      leave: (contact) => conversation.leave(contact),
    });
    this.#composer = new Composer((text) => conversation.say(text), (text) => this.#panel.say(text));
    this.#tools = new Tools({
      person: () => conversation.choose({ label: WORDS.person, value: "person" }),
      erase: () => conversation.erase().catch(() => this.#panel.say(WORDS.eraseFailed)),
    });
    this.#panel = new Panel({
      pinned: this.#pinned.node, log: this.#log.node, tools: this.#tools.node, composer: this.#composer.node,
      onClose: () => this.close(),
    });
    this.#listen();
    this.#styled = stylesheet(shadow, new URL("panel.css", import.meta.url));
    this.#panel.node.addEventListener("leave", () => session.forget());
    root.append(this.#panel.node);
  }

  /** Open the panel. Only when the visitor asked for it does the focus go there. */
  async open({ focus = true } = {}) {
    await this.#styled;
    this.#panel.show();
    this.#page.launcher.hidden = true;
    this.#page.launcher.setAttribute("aria-expanded", "true");
    this.#page.note.textContent = "";
    this.#unread = 0;
    this.#showUnread();
    this.#session.wasOpen = true;
    if (focus) (TYPES_ON_GLASS.matches ? this.#panel : this.#composer).focus();
    this.#log.toEnd();
    this.#conversation.start();
  }

  /** Go on with the conversation that this tab had, behind the launcher. */
  resume() {
    this.#conversation.start();
  }

  /** Close the panel; the conversation goes on. */
  close() {
    this.#panel.hide();
    this.#session.wasOpen = false;
    this.#page.launcher.hidden = false;
    this.#page.launcher.setAttribute("aria-expanded", "false");
    this.#page.launcher.focus();
  }

  #listen() {
    const on = (name, listener) => this.#conversation.addEventListener(name, ({ detail }) => listener(detail));
    on("message", ({ message, history }) => this.#message(message, history));
    on("pending", (item) => {
      this.#log.pending(item);
      this.#panel.say(WORDS.states[this.#conversation.state](this.#clinic)); // what was said about an earlier one is over
      this.#thinking();
    });
    on("refused", (item) => {
      this.#log.drop(item);
      if (item.body.text) this.#composer.giveBack(item.body.text);
      this.#panel.say([WORDS.refused, item.reason].filter(Boolean).join(" "));
    });
    on("state", (state) => {
      if (state !== this.#panel.node.dataset.state) this.#panel.say(WORDS.states[state](this.#clinic));
      this.#panel.node.dataset.state = state;
      this.#tools.canErase = state === "ready";
      this.#thinking();
    });
    on("owner", (owner) => {
      this.#owner = owner;
      this.#panel.owner(owner);
    });
    on("clinic", (clinic) => {
      this.#clinic = clinic;
      this.#panel.clinic(clinic);
    });
    on("restarted", ({ reason, text, receipt }) => {
      this.#log.clear();
      this.#pinned.clear();
      this.#log.notice(reason === "erased" ? WORDS.erased(text, receipt) : WORDS.gone);
    });
  }

  #message(message, history) {
    this.#log.add(message, history);
    this.#pinned.consider(message);
    if (message.kind === "crisis") this.#session.share();
    else if (!history && message.kind === "answer") this.#session.unshare(); // a clinician has lowered the flag
    this.#thinking();
    if (!history && message.author !== "visitor" && this.#panel.node.hidden) {
      this.#unread += 1;
      this.#showUnread();
    }
  }

  #thinking() {
    this.#panel.thinking(this.#conversation.busy && this.#conversation.state === "ready" && this.#owner !== "clinician");
  }

  #showUnread() {
    this.#page.badge.hidden = this.#unread === 0;
    this.#page.badge.textContent = this.#unread || "";
    this.#page.note.textContent = this.#unread ? WORDS.unread(this.#unread) : "";
  }
}
