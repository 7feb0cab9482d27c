"""The interface in English and Spanish, and ready for languages that run from right to left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import watched
from tests.browser.service import message, serve
from tests.browser.states import reach
from tests.browser.visit import ANSWER_MS, QUESTION, Visit
from tools.house import House

WORDS = Path(__file__).parents[2] / "widget" / "words"


def test_a_spanish_browser_gets_spanish_words_on_a_page_without_a_language(browser: Browser, house: House) -> None:
    context = browser.new_context(locale="es-MX")
    visit = watched(context.new_page())
    page = f'<!doctype html><title>Clínica</title><script type="module" src="{house.api}/widget/v1.js"></script>'
    visit.page.route("**/clinica", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"))
    visit.page.goto(house.demo.replace("/demo", "/clinica"))
    visit.page.get_by_role("button", name="Haga una pregunta").click()
    dialog = visit.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Hablar con una persona")).to_be_visible()
    expect(dialog).to_contain_text("Las respuestas de este asistente están en inglés.")
    assert visit.page.locator("clinic-chat").get_attribute("lang") == "es"
    assert visit.errors == []
    context.close()


def test_changing_the_language_keeps_the_chat_and_the_draft(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    said = visit.log.locator("article .text").all_inner_texts()
    visit.box.fill("half a question")
    visit.page.get_by_role("button", name="Español").click()
    box = visit.page.get_by_role("textbox", name="Su pregunta")
    expect(box).to_have_value("half a question")
    expect(box).to_be_focused()
    messages = visit.page.get_by_role("log", name="Mensajes")
    assert messages.locator("article .text").all_inner_texts() == said
    expect(visit.page.locator("clinic-chat .heard")).to_be_empty()  # nothing is said again

    box.fill("How does ketamine work?")
    box.press("Enter")
    expect(messages.locator("article[data-kind=answer]")).to_have_count(2, timeout=ANSWER_MS)
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Hablar con una persona")).to_be_visible(timeout=ANSWER_MS)


def test_in_a_spanish_chat_what_is_in_english_is_marked_as_such(context: BrowserContext, house: House) -> None:
    visit = reach("spanish", context, house)
    language = "nodes => nodes.map((node) => node.closest('[lang]')?.lang ?? node.getRootNode().host.lang)"
    assert visit.page.locator("clinic-chat .log .text").evaluate_all(language) == ["en", "en"]
    assert set(visit.page.locator("clinic-chat .log .by").evaluate_all(language)) == {"es"}
    serve(
        visit.page,
        [message(2), message(3, kind="crisis", category="a", text="Llame al 988."), message(4, author="visitor")],
    )
    expect(visit.page.locator("clinic-chat .log article")).to_have_count(4, timeout=10_000)
    assert visit.page.locator("clinic-chat .log .text").evaluate_all(language) == ["en", "en", "es", "es"]


def test_both_catalogues_say_the_same_things() -> None:
    def keys(name: str) -> list[str]:
        return re.findall(r"^ +(\w+):", (WORDS / name).read_text(encoding="utf-8"), re.MULTILINE)

    assert keys("es.js") == keys("en.js")


@pytest.mark.parametrize("width", [320, 1280])
def test_from_right_to_left(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    launcher = visit.page.get_by_role("button", name="Ask a question")
    visit.page.locator("clinic-chat").evaluate("host => { host.dir = 'rtl'; }")
    box = launcher.bounding_box()
    assert box and box["x"] < 60
    visit.open_chat()
    visit.page.locator("clinic-chat").evaluate("host => { host.dir = 'rtl'; }")
    visit.ask(QUESTION)
    dialog = visit.page.get_by_role("dialog")
    panel = dialog.bounding_box()
    assert panel and panel["x"] <= 20
    assert dialog.evaluate("node => node.querySelector('.log').scrollWidth <= node.clientWidth")
    title, close = (
        dialog.get_by_role("heading").first.bounding_box(),
        visit.page.get_by_role("button", name="Close chat").bounding_box(),
    )
    assert title and close and close["x"] < title["x"]
