/**
 * What this tab remembers: which conversation it has and the token that opens it. Never a message.
 * Where storage is forbidden, it lasts until the page is left.
 *
 * After a crisis a new tab of the same browser goes on with the same conversation, for half a day: the help that was
 * shown stays in sight. Erasing the chat, or leaving the page quickly, ends that.
 */

const KEY = "clinic-chat.v1";
const SHARED_KEY = "clinic-chat.crisis.v1";
const SHARED_HOURS = 12;

export class Session {
  #kept = null;

  constructor() {
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(KEY));
      this.#kept ??= shared();
    } catch {
      // no storage, or not ours to read
    }
  }

  /** Let other tabs go on with this conversation too. */
  share() {
    const { conversation, token, clinic } = this.#kept ?? {};
    try {
      localStorage.setItem(SHARED_KEY, JSON.stringify({ conversation, token, clinic, since: Date.now() }));
    } catch {
      // then each tab has its own
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
    this.unshare();
  }

  /** Other tabs begin a conversation of their own again. */
  unshare() {
    try {
      localStorage.removeItem(SHARED_KEY);
    } catch {
      // nothing was kept
    }
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

function shared() {
  const { since, ...kept } = JSON.parse(localStorage.getItem(SHARED_KEY)) ?? {};
  return since && Date.now() - since < SHARED_HOURS * 3600 * 1000 ? kept : null;
}
