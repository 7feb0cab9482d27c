/** The form by which a visitor may leave how to reach them: their choice, with their consent, never asked twice. */
import { el } from "./dom.js";
import { WORDS } from "./words.js";

const FIELDS = {
  name: { type: "text", autocomplete: "name", maxlength: 100 },
  phone: { type: "tel", autocomplete: "tel", maxlength: 40 },
  email: { type: "email", autocomplete: "email", maxlength: 254 },
  best_time: { type: "text", autocomplete: "off", maxlength: 100 },
};
let count = 0;

/** Make the form of a message, closed until the visitor opens it. `leave` sends it and rejects when it was not kept. */
export function contactForm({ fields }, { leave }) {
  const id = `contact-${(count += 1)}`;
  const inputs = fields
    .filter((name) => name in FIELDS)
    .map((name) => el("input", { id: `${id}-${name}`, name, ...FIELDS[name] }));
  const consent = el("input", { id: `${id}-consent`, type: "checkbox", required: true });
  const said = el("p", { class: "said", role: "status" });
  const send = el("button", { type: "submit", text: WORDS.contact.send });
  const form = el(
    "form",
    { on: { submit: (event) => submit(event) } },
    el("p", { text: WORDS.contact.why }),
    ...inputs.map((input) => el("p", {}, el("label", { for: input.id, text: WORDS.contact[input.name] }), input)),
    el("p", { class: "consent" }, consent, el("label", { for: consent.id, text: WORDS.contact.consent })),
    send,
    said,
  );

  async function submit(event) {
    event.preventDefault();
    const filled = inputs.filter(({ value }) => value.trim()).map(({ name, value }) => [name, value.trim()]);
    send.disabled = true;
    try {
      await leave(Object.fromEntries(filled));
      form.replaceChildren(el("p", { role: "status", text: WORDS.contact.left }));
    } catch (error) {
      send.disabled = false;
      said.textContent = error.message || WORDS.contact.failed;
    }
  }
  return el("details", { class: "contact-form" }, el("summary", { text: WORDS.contact.open }), form);
}
