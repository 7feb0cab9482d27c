/**
 * What this tab remembers: which conversation it has and the token that opens it. Never a message.
 * Where storage is forbidden, it lasts until the page is left.
 */

const KEY = "clinic-chat.v1";

export class Session {
  #kept = null;

  constructor() {
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(KEY));
    } catch {
      // no storage, or not ours to read
    }
  }

  /** The conversation and its token, or null. */
  get access() {
    const { conversation, token } = this.#kept ?? {};
    return conversation && token ? { conversation, token } : null;
  }

  /** Name and phone of the clinic, as told when the conversation was opened. */
  get clinic() {
    return this.#kept?.clinic ?? null;
  }

  /** Whether the panel was open when the page was left. */
  get wasOpen() {
    return this.#kept?.open === true;
  }

  set wasOpen(open) {
    this.#keep({ ...this.#kept, open });
  }

  /** Keep a new conversation. */
  begin({ conversation, token, clinic }) {
    this.#keep({ conversation, token, clinic: { name: clinic.name, phone: clinic.phone }, open: this.wasOpen });
  }

  /** Forget the conversation. */
  forget() {
    this.#keep({ open: this.wasOpen });
  }

  /** What was said about message `seq`: true, false, or undefined. */
  rating(seq) {
    return this.#kept?.ratings?.[seq];
  }

  /** Remember what was said about message `seq`. */
  rate(seq, helpful) {
    this.#keep({ ...this.#kept, ratings: { ...this.#kept?.ratings, [seq]: helpful } });
  }

  #keep(kept) {
    this.#kept = kept;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // then it lasts as long as the page
    }
  }
}
