//# allFunctionsCalledOnLoad
/** What a visitor fills in or answers: the text box, how they may be reached, what is asked at the end. */
import { button, el, icon } from "./dom.js";
import { LIMIT, WORDS } from "./words.js";

const FIELDS = {
  name: { type: "text", autocomplete: "name", maxlength: 100 },
  phone: { type: "tel", autocomplete: "tel", maxlength: 40 },
  email: { type: "email", autocomplete: "email", maxlength: 254 },
  best_time: { type: "text", autocomplete: "off", maxlength: 100 },
};
const NEAR_LIMIT = LIMIT - 200;
let forms = 0;

/** The text box. Too long a text is said, never cut. */
export class Composer {
  #box;
  #send;
  #count;
  #onSend;
  #warn;

  constructor(onSend, warn) {
    this.#onSend = onSend;
    this.#warn = warn;
    this.#box = el("textarea", {
      id: "box", rows: "1", placeholder: WORDS.placeholder, "aria-label": WORDS.box, "aria-describedby": "hint count",
      autocomplete: "off", enterkeyhint: "send",
      on: { input: () => this.#changed(), keydown: (event) => this.#key(event) },
    });
    this.#send = el("button", { type: "submit", class: "send", "aria-label": WORDS.send }, icon("send"));
    this.#count = el("p", { id: "count", class: "count", hidden: true });
    this.node = el(
      "form",
      { novalidate: true, on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      el("div", { class: "field" }, this.#box, this.#send),
      this.#count,
      el("p", { id: "hint", class: "hint", text: WORDS.hint }),
    );
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** What has been typed and not sent. */
  get text() {
    return this.#box.value;
  }

  /** Give a text back that could not be sent. */
  giveBack(text) {
    this.#box.value = [text, this.#box.value].filter(Boolean).join("\n");
    this.#changed();
  }

  get #length() {
    return [...this.#box.value.trim()].length; // as the service counts: characters, not UTF-16 units
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#box.value.trim();
    if (!text) return;
    if (this.#length > LIMIT) return this.#warn(WORDS.tooLongOnce());
    this.#box.value = "";
    this.#changed();
    this.#onSend(text);
  }

  #changed() {
    const length = this.#length;
    const over = length > LIMIT;
    if (over && this.#count.className === "count") this.#warn(WORDS.tooLongOnce());
    this.#count.hidden = length < NEAR_LIMIT;
    this.#count.className = over ? "count over" : "count";
    if (!this.#count.hidden) this.#count.textContent = over ? WORDS.tooLong(length) : WORDS.count(length);
    this.#box.ariaInvalid = over;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}

/** The row above the text box: a way to a person, and a way out: was it of help, save it, erase it. */
export class Ending {
  #open;
  #sheet;
  #sure;
  #said;
  #erase;
  #keep;

  constructor({ person, rate, save, erase, done }) {
    const words = WORDS.end;
    const quiet = (text, click) => button({ class: "quiet", text }, click);
    const attempt = (action, success, failure) => async () => {
      try {
        await action();
        this.#said.textContent = success;
      } catch {
        this.#said.textContent = failure;
      }
    };
    const answer = (text, helpful) => button({ class: "rate", text }, attempt(() => rate(helpful), words.thanks, words.failed));
    this.#open = quiet(words.open, () => this.#show(this.#sheet, yes));
    const row = el("div", { class: "tools" }, button({ class: "person" }, person, icon("person"), WORDS.person), this.#open);
    const yes = answer(words.yes, true);
    this.#said = el("p", { class: "said", role: "status" });
    this.#erase = quiet(words.erase, () => this.#show(this.#sure, this.#keep));
    this.#sheet = el("div", { class: "ending", role: "group", "aria-label": words.title, hidden: true },
      el("p", {}, words.ask, " ", yes, " ", answer(words.no, false)),
      el("p", {}, quiet(words.save, attempt(save, words.saved, words.failed)), this.#erase,
        quiet(words.back, () => { this.close(); done(); })),
      this.#said);
    this.#keep = quiet(words.eraseNo, () => this.#show(this.#sheet, this.#erase));
    const erased = attempt(erase, "", words.eraseFailed);
    this.#sure = el("div", { class: "ending alarm", role: "group", "aria-label": words.erase, hidden: true },
      el("p", { text: words.sure }),
      el("p", {}, button({ class: "danger", text: words.eraseYes }, () => {
        this.#show(this.#sheet, this.#erase);
        erased().then(() => this.#said.textContent || done());
      }), this.#keep));
    this.node = el("div", {}, this.#sheet, this.#sure, row);
  }

  /** There is something to end only once a conversation is open. */
  set ready(ready) {
    this.#open.hidden = !ready;
  }

  /** Show none of it. */
  close() {
    this.#sheet.hidden = this.#sure.hidden = true;
    this.#said.textContent = "";
  }

  #show(which, focus) {
    this.close();
    which.hidden = false;
    focus.focus();
  }
}

/** Make the form of a message. `leave` sends it and rejects when it was not kept. */
export function contactForm({ fields }, { leave }) {
  const id = `contact-${(forms += 1)}`;
  const inputs = fields
    .filter((name) => name in FIELDS)
    .map((name) => el("input", { id: `${id}-${name}`, name, ...FIELDS[name] }));
  const consent = el("input", { id: `${id}-consent`, type: "checkbox", required: true });
  const said = el("p", { class: "said", role: "status" });
  const send = el("button", { type: "submit", text: WORDS.contact.send });
  const form = el(
    "form",
    { novalidate: true, on: { submit: (event) => submit(event) } },
    el("p", { text: WORDS.contact.why }),
    ...inputs.map((input) => el("p", {}, el("label", { for: input.id, text: WORDS.contact[input.name] }), input)),
    el("p", { class: "consent" }, consent, el("label", { for: consent.id, text: WORDS.contact.consent })),
    send,
    said,
  );

  async function submit(event) {
    event.preventDefault();
    if (!consent.checked) {
      said.textContent = WORDS.contact.agree;
      return consent.focus();
    }
    const filled = inputs.filter(({ value }) => value.trim()).map(({ name, value }) => [name, value.trim()]);
    if (send.ariaDisabled) return;
    send.ariaDisabled = "true"; // unlike `disabled` it leaves the focus where it is
    try {
      await leave(Object.fromEntries(filled));
      if (form.matches(":focus-within")) form.previousSibling.focus();
      form.replaceChildren(said);
      said.textContent = WORDS.contact.left;
    } catch (error) {
      send.ariaDisabled = null;
      const wrong = inputs.find(({ name }) => error.message.startsWith(name));
      for (const input of inputs) input.ariaInvalid = input === wrong;
      said.textContent = wrong ? WORDS.contact.check : error.message || WORDS.contact.failed;
      wrong?.focus();
    }
  }
  return el("details", { class: "contact-form" }, el("summary", { text: WORDS.contact.open }), form);
}
