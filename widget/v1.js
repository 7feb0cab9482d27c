//# allFunctionsCalledOnLoad
/**
 * The one tag that a clinic embeds. Draws the button; brings in the rest when it is needed. Each file is checked against
 * parts.js, and that against the value here: so the `integrity` in the page's tag vouches for all.
 */
const PARTS = "sha256-a7vrr1sY2v//UhdvCQVR9Y0ENAceUGbJexL3zhmp2/8="; // `make integrity` writes it
const HOST = "clinic-chat";
const KEPT = "clinic-chat.v1"; // as in session.js
const SECONDS = 20;
const WORDS = {
  en: ["Ask a question", "The chat cannot be loaded right now. Please try again, or call the clinic."],
  es: ["Haga una pregunta", "El chat no se puede cargar ahora. Inténtelo de nuevo o llame a la clínica."],
};
// A clinic may change these: docs/embedding.md
const STYLE = `
:host {
  all: initial !important;
  display: block !important;
  --chat-scheme: light dark;
  --chat-accent: #2b5d56;
  --chat-on-accent: #fff;
  --chat-alarm: #a3291b;
  --chat-on-alarm: #fff;
  --chat-surface: #fff;
  --chat-ink: #2a2724;
  --chat-line: #e3dcd1;
  --chat-shadow: 0 1px 2px #3c2d1e20, 0 12px 40px #3c2d1e30;
}
@supports (color: light-dark(red, red)) {
  :host {
    --chat-accent: light-dark(#2b5d56, #8fc7bb);
    --chat-on-accent: light-dark(#fff, #10231f);
    --chat-alarm: light-dark(#a3291b, #ffab9c);
    --chat-on-alarm: light-dark(#fff, #3a0d06);
    --chat-surface: light-dark(#fff, #272523);
    --chat-ink: light-dark(#2a2724, #f1ece5);
    --chat-line: light-dark(#e3dcd1, #3d3935);
  }
}
.root {
  color: var(--chat-ink);
  color-scheme: var(--chat-scheme);
  font: medium/1.5 system-ui, sans-serif;
  -webkit-text-size-adjust: 100%;
}
[hidden] { display: none !important; }
:focus-visible { outline: 3px solid var(--chat-accent); outline-offset: 2px; }
.launcher, .note {
  bottom: max(20px, env(safe-area-inset-bottom));
  box-shadow: var(--chat-shadow);
  inset-inline-end: 20px;
  padding: 10px 18px;
  position: fixed;
  z-index: 2147483000;
}
.launcher {
  background: var(--chat-accent);
  border: 1px solid transparent;
  border-radius: 99px;
  color: var(--chat-on-accent);
  cursor: pointer;
  font: inherit;
  font-weight: 600;
  min-height: 52px;
}
.launcher:hover { text-decoration: underline; }
.launcher:focus-visible { box-shadow: 0 0 0 4px var(--chat-surface); outline-offset: 4px; }
.badge {
  background: var(--chat-alarm);
  border-radius: 99px;
  color: var(--chat-on-alarm);
  margin-inline-start: .6em;
  padding: 0 .5em;
}
.note {
  background: var(--chat-surface);
  border: 1px solid var(--chat-line);
  border-radius: 12px;
  bottom: 84px;
  margin: 0;
  max-width: 16em;
}
.note:empty { border: 0; box-shadow: none; padding: 0; }
`;

const here = (path) => new URL(path, import.meta.url).href;

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}

/** The page's language if we speak it, else the first of the visitor's that we speak. */
function language() {
  const wanted = [document.documentElement.lang, ...navigator.languages, "en"].map((it) => it.slice(0, 2).toLowerCase());
  return wanted.find((it) => it in WORDS);
}

/** Bring a module into the page if it is what it should be; importing it gives that, or fails. */
function verify(shadow, path, integrity) {
  const link = make("link", { rel: "modulepreload", href: here(path), crossorigin: "", integrity });
  if (!link.relList.supports("modulepreload")) return;
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    shadow.append(link);
  });
}

async function load(page) {
  await verify(page.shadow, "parts.js", PARTS);
  const parts = (await import(here("parts.js"))).PARTS;
  page.verify = (path) => verify(page.shadow, path, parts[path]);
  await Promise.all(Object.keys(parts).filter((path) => /^\w+\.js$/.test(path)).map(page.verify));
  return (await import(here("chat.js"))).begin(page, parts);
}

function start() {
  const lang = language();
  const [label, notLoaded] = WORDS[lang];
  const host = make(HOST, { lang });
  const shadow = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [style];
  const badge = make("span", { class: "badge", hidden: "" });
  const text = make("span", {}, label);
  const launcher = make("button", { class: "launcher", type: "button", "aria-expanded": false, "aria-haspopup": "dialog" },
    text, badge);
  const note = make("p", { class: "note", role: "status" });
  const root = make("div", { class: "root" }, note, launcher);
  shadow.append(root);
  document.documentElement.append(host); // not the body, whose zoom or transform would move it
  root.style.zoom = 1 / (host.currentCSSZoom || 1);

  let chat;
  const open = async (how) => {
    const limit = AbortSignal.timeout(SECONDS * 1000);
    chat ??= Promise.race([
      load({ lang, host, shadow, root, launcher, text, badge, note, limit }),
      new Promise((_, reject) => (limit.onabort = reject)),
    ]);
    try {
      how(await chat);
    } catch {
      chat = null;
      note.textContent = notLoaded;
    }
  };
  launcher.onclick = () => open((it) => it.open());
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    // no storage
  }
  // Never cover a small screen unasked.
  if (kept?.token) open((it) => (kept.open && !matchMedia("(max-width: 40em)").matches ? it.open(false) : it.resume()));
}

if (!document.querySelector(HOST)) start();
