/** Builds DOM nodes. Text only ever enters the page as text: there is no way to pass markup. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  person: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-3.6 3.4-5.5 7-5.5s6.4 1.9 7 5.5",
  down: "M12 5v14M6 13l6 6 6-6",
};

/** Make an element. `text` is its text, `on` its listeners, everything else an attribute. */
export function el(tag, { text, on, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(on ?? {})) node.addEventListener(name, listener);
  if (text !== undefined) node.textContent = text;
  node.append(...children.filter((child) => child != null));
  return node;
}

export function button(attributes, click, ...children) {
  return el("button", { type: "button", on: { click }, ...attributes }, ...children);
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Add a stylesheet to a shadow root. As text of ours it needs no permission from the page's own policy. */
export async function stylesheet(shadow, url, integrity, seconds = 10) {
  const response = await fetch(url, { integrity, credentials: "omit", signal: AbortSignal.timeout(seconds * 1000) });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
