/**
 * The one tag that a clinic embeds. Draws the launcher; everything else is loaded when it is needed:
 * on the first click, or at once when this tab already has a conversation.
 */
import { append, el, icon, stylesheet } from "./dom.js";
import { Session } from "./session.js";
import { WORDS } from "./words.js";

const HOST = "clinic-chat";
const NARROW = "(max-width: 640px)";

function start() {
  const host = el(HOST, { lang: "en" });
  const shadow = host.attachShadow({ mode: "open" });
  const session = new Session();
  const badge = el("span", { class: "badge", hidden: true });
  const launcher = el(
    "button",
    { class: "launcher", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" },
    icon("bubble"),
    el("span", { text: WORDS.launcher }),
    badge,
  );
  const note = el("p", { class: "launcher-note", role: "status" });
  const root = el("div", { class: "root", hidden: true }, note, launcher);
  append(shadow, root);
  stylesheet(shadow, new URL("launcher.css", import.meta.url)).then(() => { root.hidden = false; });
  document.body.append(host);

  let chat = null;
  const load = () => {
    chat ??= import("./chat.js").then(({ Chat }) => new Chat({ shadow, root, launcher, badge, note, session }));
    chat.catch(() => {
      chat = null;
      note.textContent = WORDS.notLoaded;
    });
    return chat;
  };
  launcher.addEventListener("click", () => load().then((it) => it.open(), () => {}));
  if (session.access) {
    // Never cover a small screen unasked.
    const reopen = session.wasOpen && !matchMedia(NARROW).matches;
    load().then((it) => (reopen ? it.open({ focus: false }) : it.resume()), () => {});
  }
}

if (!document.querySelector(HOST)) start();
