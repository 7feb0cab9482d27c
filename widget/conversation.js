//# allFunctionsCalledOnLoad
/**
 * One conversation: opens or resumes it, keeps what is to be sent, follows what is said. Knows nothing of the page; tells
 * by `on`: `message`, `seen`, `pending` and `refused` (of the outbox), `state`, `owner`, `clinic`, `typing`, `restarted`.
 */
import { Gone, Patience, Refused, TooFast, looked, pause, uuid } from "./api.js";

const FAILURES_UNTIL_UNAVAILABLE = 3;

export class Conversation extends EventTarget {
  #api;
  #session;
  #access = null;
  #connecting = null;
  #told = new Map(); // number -> message
  #outbox = [];
  #sending = false;
  #failures = { opening: 0, line: 0, sending: 0 };
  #stream = null;
  #owner = { owner: "bot" };
  #clinic = null;
  #restarted = null; // why, if it was
  #contact = {}; // what was last sent, and under which id
  state = "connecting";
  on = {};
  seen = 0; // up to here the log is complete

  constructor(api, session) {
    super();
    this.#api = api;
    this.#session = session;
    document.addEventListener("visibilitychange", () => this.#isAway() && this.#stream?.abort());
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#change());
  }

  /** All messages so far, in order. */
  get messages() {
    return [...this.#told.values()].sort((one, other) => one.seq - other.seq);
  }

  /** Whether something that was sent is still under way. */
  get busy() {
    return this.#outbox.length > 0;
  }

  /** Whether words have not reached the service. */
  get unsent() {
    return this.#outbox.some(({ stored, body }) => !stored && body.text);
  }

  /** Tell everything again, for a page that was drawn anew. */
  replay() {
    this.#tell("clinic", this.#clinic);
    if (this.#restarted) this.#tell("restarted", { ...this.#restarted, history: true });
    this.#tell("owner", this.#owner);
    for (const message of this.messages) this.#tell("message", { message, history: true });
    for (const item of this.#outbox) if (!item.stored) this.#tell("pending", item);
    this.#tell("state", this.state);
  }

  /** Open a conversation, or the one that this tab had. */
  start() {
    this.#connecting ??= this.#connect();
  }

  say(text) {
    this.#post({ client_id: uuid(), text }, text);
  }

  /** Send a choice; one that is under way is not sent twice. */
  choose({ label, value }) {
    if (this.#outbox.some((item) => item.body.choice === value)) return;
    this.#post({ client_id: uuid(), choice: value }, label);
  }

  async rate(seq, helpful) {
    await this.#api.rate(this.#access, seq, helpful);
    this.#session.rate(seq, helpful);
  }

  async leave(contact) {
    const fields = JSON.stringify(contact);
    if (fields !== this.#contact.fields) this.#contact = { fields, client_id: uuid() }; // sent twice, it is one
    const { messages } = await this.#api.leave(this.#access, { client_id: this.#contact.client_id, ...contact, consent: true });
    this.#take(messages);
  }

  async erase() {
    const access = this.#access;
    const { receipt, text } = await this.#api.erase(access);
    this.#outbox = [];
    this.#restart(access, { reason: "erased", text, receipt });
  }

  async #connect() {
    const patience = new Patience();
    this.#change();
    while (!this.#access) {
      try {
        this.#access = await this.#enter();
      } catch (error) {
        if (error instanceof Gone) {
          this.#forget();
          continue;
        }
        const wait = patience.next();
        this.#fail("opening", patience.failures);
        await pause(error instanceof TooFast ? error.seconds * 1000 : wait, this);
      }
    }
    this.#fail("opening", 0);
    this.#follow(this.#access);
    this.#drain();
  }

  async #enter() {
    const stored = this.#session.access ?? (await this.#session.ofAnotherTab());
    if (stored) {
      this.#tell("clinic", (this.#clinic = this.#session.clinic));
      const { messages, owner } = await this.#api.read(stored, 0);
      this.#has({ owner });
      this.#take(messages, this.#session.seen);
      return stored;
    }
    const opened = await this.#api.open();
    this.#session.begin(opened);
    this.#tell("clinic", (this.#clinic = opened.clinic));
    this.#has({ owner: "bot" });
    this.#take(opened.messages);
    return this.#session.access;
  }

  /** Begin anew after `access` was lost; whoever notices first. */
  #restart(access, why) {
    if (this.#access !== access) return;
    this.#access = null;
    this.#told.clear();
    this.seen = 0;
    this.#stream?.abort();
    this.#forget(why);
    this.#connecting = this.#connect();
  }

  #forget(why = { reason: "gone" }) {
    this.#session.forget();
    if (this.#outbox.length) this.#session.keep();
    this.#tell("restarted", (this.#restarted = why));
    for (const item of this.#outbox) { // still to be sent, to the new one
      item.stored = false;
      this.#tell("pending", item);
    }
  }

  #post(body, text) {
    this.#session.keep(); // from now on there is something to come back to
    const item = { body, client_id: body.client_id, text, stored: false, failed: false };
    this.#outbox.push(item);
    this.#tell("pending", item);
    this.start();
    this.#drain();
  }

  /** Send what is in the outbox, in order, each until it is through. */
  async #drain() {
    if (this.#sending) return;
    this.#sending = true;
    const patience = new Patience();
    while (this.#outbox.length && this.#access) {
      const access = this.#access;
      const item = this.#outbox[0];
      try {
        const { messages } = await this.#api.send(access, item.body);
        if (this.#access === access) this.#take(messages);
        this.#done(item);
        patience.reset();
        this.#fail("sending", 0);
      } catch (error) {
        if (error instanceof Gone) this.#restart(access);
        else if (error instanceof Refused) {
          this.#done(item);
          this.#tell("refused", { ...item, reason: error.message });
        } else {
          const wait = patience.next();
          for (const waiting of this.#outbox.filter(({ stored }) => !stored)) { // it holds up those behind it
            waiting.failed = true;
            waiting.reason = error instanceof TooFast ? error.message : "";
            this.#tell("pending", waiting);
          }
          if (error instanceof TooFast) await pause(error.seconds * 1000);
          else {
            this.#fail("sending", patience.failures);
            await pause(wait, this);
          }
        }
      }
    }
    this.#sending = false;
    this.#fail("sending", 0);
  }

  #done(item) {
    this.#outbox = this.#outbox.filter((other) => other !== item);
  }

  /** Stay on the line; where live events do not get through, ask instead. */
  async #follow(access) {
    const patience = new Patience();
    while (this.#access === access) {
      while (this.#isAway()) await looked();
      this.#stream = new AbortController();
      try {
        for await (const { event, data } of this.#api.stream(access, this.seen, this.#stream.signal)) {
          if (this.#access !== access) return;
          patience.reset();
          this.#fail("line", 0);
          if (event === "message") this.#take([data]);
          if (event === "owner") this.#has(data);
          if (event === "typing") this.#tell("typing", data);
        }
      } catch (error) {
        if (error instanceof Gone) return this.#restart(access);
      }
      if (this.#isAway() || this.#access !== access) continue;
      await this.#ask(access, patience);
    }
  }

  async #ask(access, patience) {
    const wait = patience.next();
    try {
      const { messages, owner } = await this.#api.read(access, this.seen);
      if (this.#access !== access) return;
      this.#fail("line", 0);
      this.#has({ owner, place: this.#owner.place });
      this.#take(messages);
    } catch (error) {
      if (error instanceof Gone) return this.#restart(access);
      this.#fail("line", patience.failures);
    }
    await pause(wait);
  }

  /** Tell messages on, each once. History is what was said up to `seen`, and on an earlier page by the visitor. */
  #take(messages, seen = 0) {
    for (const message of messages) {
      if (this.#told.has(message.seq)) continue;
      this.#told.set(message.seq, message);
      const item = message.client_id && this.#outbox.find(({ client_id }) => client_id === message.client_id);
      if (item) item.stored = true; // even if the reply did not get through
      this.#tell("message", { message, history: !!seen && (message.seq <= seen || message.author === "visitor") });
    }
    while (this.#told.has(this.seen + 1)) this.seen += 1;
    this.#tell("seen", this.seen);
  }

  /** A page that nobody looks at holds no connection (a browser has six), unless a person may answer. */
  #isAway() {
    return document.hidden && this.#owner.owner === "bot";
  }

  #fail(what, failures) {
    const recovered = this.#failures[what] > 0 && failures === 0;
    this.#failures[what] = failures;
    this.#change();
    if (recovered) this.dispatchEvent(new CustomEvent("calm"));
  }

  #change() {
    const worst = Math.max(...Object.values(this.#failures));
    if (worst && !navigator.onLine) this.state = "offline";
    else if (worst >= FAILURES_UNTIL_UNAVAILABLE) this.state = "unavailable";
    else if (worst) this.state = "waiting";
    else this.state = this.#access ? "ready" : "connecting";
    this.#tell("state", this.state);
  }

  #has(owner) {
    this.#owner = owner;
    this.#tell("owner", owner);
  }

  #tell(name, detail) {
    try {
      this.on[name]?.(detail);
    } catch (error) {
      reportError(error); // and go on
    }
  }
}
