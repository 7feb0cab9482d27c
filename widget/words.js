/** The words of the interface in the language in use. Catalogues are in words/; answers come from the service. */

export const LANGUAGES = { en: "English", es: "Español" };
export const LIMIT = 2000; // characters of a message

/** The catalogue in use; every module reads it when it draws. */
export let WORDS = null;
export let LANG = "en";

/** Use another language. Rejects when its catalogue cannot be loaded. */
export async function speak(lang, verify) {
  const path = `words/${lang}.js`;
  await verify(path);
  ({ WORDS } = await import(`./${path}`));
  LANG = lang;
}

export const number = (count) => count.toLocaleString(LANG);
