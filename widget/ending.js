/** The row above the text box: a way to a person, and a way out: was it of help, save it, erase it. */
import { button, el, icon } from "./dom.js";
import { authorOf } from "./message.js";
import { LANG, WORDS } from "./words.js";

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
