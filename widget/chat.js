//# allFunctionsCalledOnLoad
/** Brings the conversation and the panel together. */
import { Api } from "./api.js";
import { Conversation } from "./conversation.js";
import { stylesheet } from "./dom.js";
import { Composer, Ending } from "./forms.js";
import { Announcer, Log, save } from "./log.js";
import { Panel } from "./panel.js";
import { Session } from "./session.js";
import { LANG, WORDS, speak } from "./words.js";

const TYPES_ON_GLASS = matchMedia("(pointer: coarse)"); // where a focused text box brings up the keyboard
const URGENT = ["crisis", "emergency"];
const OPENING = 1; // what is said of the first message is said of the whole chat

/** Make the chat of a page, where `page` is what the loader drew. */
export async function begin(page, parts) {
  const session = new Session();
  await Promise.all([
    speak(session.lang ?? page.lang, page.verify),
    stylesheet(page.shadow, new URL("panel.css", import.meta.url), parts["panel.css"]),
  ]);
  await pause();
  page.limit.throwIfAborted(); // the visitor was told that it did not load
  const chat = new Chat(page, session);
  await pause();
  return chat;
}

const pause = () => new Promise(setTimeout);

class Chat {
  #page;
  #session;
  #conversation;
  #panel;
  #log;
  #composer;
  #ending;
  #announcer;
  #clinic = null;
  #owner = "bot";
  #unread = 0;
  #leaving = false;

  constructor(page, session) {
    this.#page = page;
    this.#session = session;
    this.#conversation = new Conversation(new Api(new URL(import.meta.url).origin), session);
    this.#draw();
    this.#listen();
    // Esc on the page: the panel may lie over what has the focus there.
    addEventListener("keydown", ({ key, defaultPrevented }) =>
      key === "Escape" && !defaultPrevented && !this.#panel.node.hidden && this.close(false));
    addEventListener("beforeunload", (event) => this.#conversation.unsent && !this.#leaving && event.preventDefault());
  }

  /** Open the panel; the focus goes there only when the visitor asked for it. */
  open(focus = true) {
    this.#panel.show();
    this.#page.launcher.hidden = true;
    this.#page.launcher.ariaExpanded = "true";
    this.#unread = 0;
    this.#showUnread();
    this.#session.wasOpen = true;
    this.#saw(this.#conversation.seen);
    if (focus) (TYPES_ON_GLASS.matches ? this.#panel : this.#composer).focus();
    this.#log.toEnd();
    this.#conversation.start();
  }

  /** Go on behind the button. */
  resume() {
    this.#conversation.start();
  }

  close(focus = true) {
    this.#panel.hide();
    this.#session.wasOpen = false;
    this.#page.launcher.hidden = false;
    this.#page.launcher.ariaExpanded = "false";
    if (focus) this.#page.launcher.focus();
  }

  #draw() {
    const { root, host, text } = this.#page;
    const conversation = this.#conversation;
    this.#announcer = new Announcer();
    this.#log = new Log({
      choose: (suggestion) => conversation.choose(suggestion),
      rate: (seq, helpful) => conversation.rate(seq, helpful),
      rating: (seq) => this.#session.rating(seq),
      leave: (contact) => conversation.leave(contact),
    });
    this.#composer = new Composer((words) => conversation.say(words), (words) => this.#panel.say(words));
    this.#ending = new Ending({
      person: () => conversation.choose({ label: WORDS.person, value: "person" }),
      rate: (helpful) => conversation.rate(OPENING, helpful),
      save: () => save(conversation.messages, this.#clinic?.name ?? location.hostname),
      erase: () => conversation.erase(),
      done: () => this.#composer.focus(),
    });
    this.#panel = new Panel({
      log: this.#log.node, foot: [this.#ending.node, this.#composer.node],
      onClose: () => this.close(), onLanguage: (lang) => this.#speak(lang),
    });
    this.#panel.node.addEventListener("leave", () => {
      this.#leaving = true;
      this.#session.forget();
    });
    Object.assign(host, { lang: LANG, dir: WORDS.dir });
    text.textContent = WORDS.title;
    this.#panel.node.append(this.#announcer.node); // inside: on a phone nothing else is heard
    root.append(this.#panel.node);
  }

  /** Change the language: what is on the page is drawn anew from the log. */
  async #speak(lang) {
    try {
      await speak(lang, this.#page.verify);
    } catch {
      return this.#panel.say(WORDS.sameLanguage);
    }
    const draft = this.#composer.text;
    this.#panel.node.remove();
    this.#session.lang = lang;
    this.#draw();
    this.#conversation.replay();
    this.#composer.giveBack(draft);
    this.open();
  }

  #listen() {
    const { on } = this.#conversation;
    on.message = ({ message, history }) => this.#message(message, history);
    on.seen = (seq) => this.#saw(seq);
    on.pending = (item) => {
      this.#log.pending(item);
      if (!item.heard) this.#announcer.message({ author: "visitor", text: item.text });
      item.heard = true; // it may be drawn again
      this.#panel.say(this.#stateWords()); // what was said about an earlier one is over
      this.#thinking();
    };
    on.refused = (item) => {
      this.#log.drop(item);
      if (item.body.text) this.#composer.giveBack(item.body.text);
      this.#panel.say([WORDS.refused, item.reason].filter(Boolean).join(" "));
    };
    on.state = (state) => {
      if (state !== this.#panel.node.dataset.state) this.#panel.say(this.#stateWords());
      this.#panel.node.dataset.state = state;
      this.#ending.ready = this.#conversation.messages.length;
      this.#thinking();
    };
    on.owner = ({ owner, place }) => {
      this.#owner = owner;
      this.#panel.owner(owner, place);
      this.#thinking();
    };
    on.typing = ({ author_name: name }) => this.#panel.typing(name ?? WORDS.clinician);
    on.clinic = (clinic) => {
      this.#clinic = clinic;
      this.#panel.clinic(clinic);
    };
    on.restarted = ({ reason, text, receipt, history }) => {
      this.#log.clear();
      this.#panel.unpin();
      this.#ending.close();
      const words = reason === "erased" ? WORDS.erased(text, receipt) : WORDS.gone;
      this.#log.notice(words);
      if (!history) this.#announcer.say(words);
    };
  }

  #message(message, history) {
    const isNew = this.#log.add(message, history);
    this.#panel.pin(message);
    if (message.kind === "opening") this.#panel.numbers(message.contacts);
    if (message.author === "clinician") this.#panel.typing(null, message.author_name);
    if (message.kind === "crisis") this.#session.share();
    else if (message.kind === "answer") this.#session.unshare(); // a clinician has lowered the flag
    this.#thinking();
    if (history || !isNew) return;
    if (!this.#panel.node.hidden) this.#announcer.message(message, URGENT.includes(message.kind));
    else if (message.author !== "visitor") {
      this.#unread += 1;
      this.#showUnread();
    }
  }

  /** What was not seen on this page is news on the next. */
  #saw(seq) {
    if (seq && !this.#panel.node.hidden) this.#session.seen = seq;
  }

  #stateWords() {
    return WORDS.states[this.#conversation.state](this.#clinic);
  }

  #thinking() {
    const { busy, state } = this.#conversation;
    this.#panel.thinking(busy && state === "ready" && this.#owner !== "clinician");
  }

  #showUnread() {
    this.#page.badge.hidden = this.#unread === 0;
    this.#page.badge.textContent = this.#unread || "";
    this.#page.note.textContent = this.#unread ? WORDS.unread(this.#unread) : "";
  }
}
