"""What a screen reader is told of what others do: a clinician, the service, another tab, a line that comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clinician import Clinician
from tests.browser.visit import ANSWER_MS, LISTEN, QUESTION, Visit
from tools.house import House


def heard(page: Page) -> list[str]:
    """Return what was announced."""
    return [text for _, text in page.evaluate("window.heard")]


def messages(page: Page) -> list[str]:
    """Return the messages among what was announced: those that begin with their author."""
    return [text for text in heard(page) if re.match(r"(You|Assistant|Notice|Sam Sample|Usted|Asistente)[^:]*:", text)]


def shown(visit: Visit, since: int) -> list[str]:
    """Return the text of the messages in the list, without the first ``since``."""
    return visit.page.locator("clinic-chat .log article .text").all_inner_texts()[since:]


def plain(text: str) -> str:
    """Drop spaces and marks: a list is announced as lines, and shown as a list."""
    return re.sub(r"\W+", "", text)


def assert_announced_once_in_order(visit: Visit, since: int) -> None:
    said, texts = messages(visit.page), shown(visit, since)
    assert [plain(text.partition(": ")[2]) for text in said] == [plain(text) for text in texts]


def test_a_clinician_is_announced_by_name_once_and_so_is_who_has_the_chat(visit: Visit, house: House) -> None:
    visit.open_chat()
    visit.ask("hello")
    before = len(shown(visit, 0))
    visit.page.evaluate(LISTEN)
    clinician = Clinician(visit.page, house)
    clinician.takes_over()
    clinician.says("Hello.\n\nHow can I help?")
    clinician.says("I am here.")
    expect(visit.log).to_contain_text("I am here.", timeout=clinician.SEEN_MS)
    visit.page.wait_for_timeout(500)
    assert_announced_once_in_order(visit, before)
    by_clinician = [
        text for text in messages(visit.page) if text.startswith("Sam Sample, registered nurse (clinician): ")
    ]
    assert len(by_clinician) == 2
    assert heard(visit.page).count("Sam Sample, registered nurse has joined this chat") == 1


def test_a_notice_is_announced_with_the_word_and_once(visit: Visit) -> None:
    visit.open_chat()
    visit.page.locator("clinic-chat .person").click()
    expect(visit.log.locator("article[data-kind=handoff]")).to_be_visible(timeout=ANSWER_MS)
    visit.log.get_by_text("Leave a number or an e-mail address").click()
    before = len(shown(visit, 0))
    visit.page.evaluate(LISTEN)
    visit.log.get_by_label("Phone").fill("(202) 555-0142")
    visit.log.get_by_label("The clinic may use this").check()
    visit.log.get_by_role("button", name="Send to the clinic").click()
    expect(visit.log.locator("article[data-kind=notice]")).to_be_visible(timeout=ANSWER_MS)
    visit.page.wait_for_timeout(1_000)
    assert_announced_once_in_order(visit, before)
    assert messages(visit.page)[0].startswith("Notice: ")
    assert heard(visit.page).count("Sent to the clinic.") == 1


def test_what_was_sent_again_after_an_outage_is_announced_once(visit: Visit) -> None:
    visit.open_chat()
    visit.page.evaluate(LISTEN)
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route.request.url)
        if len(sent) == 1:  # it never gets there
            return route.abort()
        if len(sent) == 2:  # it gets there, but the answer is lost on the way back
            route.fetch()
            return route.abort()
        return route.continue_()

    visit.page.route("**/messages", cut)
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    visit.box.fill("How does ketamine work?")
    visit.box.press("Enter")
    expect(visit.answers).to_have_count(2, timeout=30_000)
    visit.page.unroute("**/messages")
    visit.page.wait_for_timeout(1_000)
    assert len(sent) >= 4
    said = messages(visit.page)
    assert sorted(plain(text.partition(": ")[2]) for text in said) == sorted(plain(text) for text in shown(visit, 1))
    assert [text for text in said if text.startswith("You")] == [f"You: {QUESTION}", "You: How does ketamine work?"]
    waiting = [text for text in heard(visit.page) if text.startswith("Cannot send yet.")]
    assert len(waiting) == 1  # and that there was an outage
    visit.errors.clear()


def test_a_message_of_another_tab_is_announced_here_once(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("I want to die")
    before = len(shown(visit, 0))
    other = Visit(visit.page.context.new_page())
    other.page.goto(visit.page.url)
    other.page.evaluate(LISTEN)
    other.page.get_by_role("button", name="Ask a question").click()
    expect(other.log).to_contain_text("I want to die", timeout=ANSWER_MS)
    other.page.wait_for_timeout(500)
    assert messages(other.page) == []  # for that tab it is history
    visit.page.evaluate(LISTEN)
    other.ask("are you still there?")
    expect(visit.log.locator("article")).to_have_count(before + 2, timeout=ANSWER_MS)
    visit.page.wait_for_timeout(500)
    assert_announced_once_in_order(visit, before)
    assert messages(visit.page)[0] == "You: are you still there?"
    assert_announced_once_in_order(other, before)


def to_spanish(visit: Visit) -> None:
    """Change the language."""
    visit.page.get_by_role("button", name="Español").click()
    expect(visit.page.get_by_role("textbox", name="Su pregunta")).to_be_focused()


def away_and_back(visit: Visit) -> None:
    """Close the chat and open it again."""
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("button", name="Ask a question").click()


def another_page(visit: Visit) -> None:
    """Go to another page of the site, where the chat is open again."""
    visit.page.add_init_script(f"({LISTEN})()")
    visit.page.reload()


@pytest.mark.parametrize("change", [to_spanish, away_and_back, another_page])
def test_what_was_said_before_is_not_said_again(visit: Visit, change: Callable[[Visit], None]) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    before = shown(visit, 0)
    expect(visit.page.locator("clinic-chat .heard > *").first).to_be_empty(timeout=10_000)
    visit.page.evaluate(LISTEN)
    change(visit)
    expect(visit.page.locator("clinic-chat .log article")).to_have_count(len(before), timeout=ANSWER_MS)
    visit.page.wait_for_timeout(500)
    assert messages(visit.page) == []


def test_what_a_clinician_said_between_two_pages_is_news_on_the_next(visit: Visit, house: House) -> None:
    visit.open_chat()
    visit.ask("hello")
    page, address = visit.page, visit.page.url
    clinician = Clinician(page, house)
    clinician.takes_over()
    clinician.says("I am here.")
    expect(visit.log).to_contain_text("I am here.", timeout=clinician.SEEN_MS)
    before = len(shown(visit, 0))
    page.add_init_script(f"({LISTEN})()")

    def says_between_two_pages(text: str) -> None:
        page.goto("about:blank")
        clinician.says(text)
        page.goto(address)

    says_between_two_pages("While you were away.")
    expect(visit.log).to_contain_text("While you were away.", timeout=ANSWER_MS)
    page.wait_for_timeout(500)
    assert_announced_once_in_order(visit, before)

    page.keyboard.press("Escape")
    says_between_two_pages("Are you still there?")
    badge = page.locator("clinic-chat .badge")
    expect(badge).to_have_text("1", timeout=ANSWER_MS)
    assert messages(page) == []
    page.reload()
    expect(badge).to_have_text("1", timeout=ANSWER_MS)  # still unread

    badge.click()
    expect(visit.log).to_contain_text("Are you still there?")
    page.reload()
    expect(visit.log).to_contain_text("Are you still there?", timeout=ANSWER_MS)
    page.wait_for_timeout(500)
    assert messages(page) == []
    assert not [text for text in heard(page) if "new message" in text]


def test_in_another_language_the_author_is_announced_in_it(visit: Visit) -> None:
    visit.open_chat()
    to_spanish(visit)
    visit.page.evaluate(LISTEN)
    box = visit.page.get_by_role("textbox", name="Su pregunta")
    box.fill(QUESTION)
    box.press("Enter")
    answer = visit.page.locator("clinic-chat .log article[data-kind=answer]")
    expect(answer).to_be_visible(timeout=ANSWER_MS)
    visit.page.wait_for_timeout(500)
    assert_announced_once_in_order(visit, 1)
    assert messages(visit.page)[0] == f"Usted: {QUESTION}"
    assert messages(visit.page)[1].startswith("Asistente, Información general: ")
