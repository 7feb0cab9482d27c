"""What a tab remembers of a conversation, and what it forgets."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MS, QUESTION, Visit


def test_a_reload_finds_the_conversation_again(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    before = visit.log.locator("article .text").all_inner_texts()
    kept = visit.page.evaluate("JSON.stringify(sessionStorage)")
    assert QUESTION not in kept
    assert all(text not in kept for text in before)
    assert visit.page.evaluate("localStorage.length") == 0

    visit.page.reload()
    expect(visit.log.locator("article")).to_have_count(len(before), timeout=ANSWER_MS)
    assert visit.log.locator("article .text").all_inner_texts() == before
    visit.ask("How does ketamine work?")


def test_a_stored_conversation_that_is_gone_gives_way_to_a_new_one(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("hello")
    visit.page.evaluate(
        """() => {
            for (const key of Object.keys(sessionStorage)) {
                const kept = JSON.parse(sessionStorage.getItem(key));
                sessionStorage.setItem(key, JSON.stringify({ ...kept, token: 'x'.repeat(43) }));
            }
        }"""
    )
    visit.page.reload()
    expect(visit.log.locator("article[data-kind=opening]")).to_be_visible(timeout=ANSWER_MS)
    expect(visit.log).to_contain_text("This is a new one.")
    visit.ask(QUESTION)
    assert all("404" in error for error in visit.errors)  # the browser itself reports the one refused request
    visit.errors.clear()


def test_nothing_is_stored_before_the_first_message(visit: Visit) -> None:
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert visit.page.evaluate(stored) == [0, 0, ""]
    visit.open_chat()
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate(stored) == [0, 0, ""]
    visit.page.get_by_role("button", name="Ask a question").click()
    visit.ask(QUESTION)
    assert visit.page.evaluate(stored) == [0, 1, ""]
    assert visit.page.context.cookies() == []


def test_erasing_the_chat_begins_a_new_one_and_leaves_nothing_in_the_browser(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    visit.page.get_by_role("button", name="End chat").click()
    visit.page.get_by_role("button", name="Erase this chat").click()
    visit.page.get_by_role("button", name="Erase it").click()
    expect(visit.log).to_contain_text("Receipt:", timeout=ANSWER_MS)
    expect(visit.log.locator("article[data-kind=opening]")).to_have_count(1)
    expect(visit.answers).to_have_count(0)
    assert visit.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    visit.errors[:] = [error for error in visit.errors if "404" not in error]  # the old live line, now refused


def test_after_a_crisis_another_tab_goes_on_with_the_same_chat_while_this_one_is_open(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("I want to die")
    assert visit.page.evaluate("localStorage.length") == 0  # the tabs ask each other: nothing is stored for it
    other = Visit(visit.page.context.new_page())
    other.page.goto(visit.page.url)
    other.page.get_by_role("button", name="Ask a question").click()
    expect(other.page.locator(".pinned")).to_be_in_viewport(timeout=ANSWER_MS)
    expect(other.log).to_contain_text("I want to die")

    other.ask("are you still there?")
    expect(visit.log).to_contain_text("are you still there?")  # and the first tab hears it
    visit.page.close()
    other.page.close()


def test_a_shared_chat_that_this_tab_erased_is_not_taken_up_again_from_a_tab_that_sleeps(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("I want to die")
    visit.page.evaluate("""() => {
        Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    other = Visit(visit.page.context.new_page())
    other.page.goto(visit.page.url)
    other.page.get_by_role("button", name="Ask a question").click()
    expect(other.log).to_contain_text("I want to die", timeout=ANSWER_MS)
    asked: list[str] = []
    other.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    other.page.get_by_role("button", name="End chat").click()
    other.page.get_by_role("button", name="Erase this chat").click()
    other.page.get_by_role("button", name="Erase it").click()
    expect(other.log).to_contain_text("Receipt:", timeout=ANSWER_MS)
    expect(other.log.locator("article[data-kind=opening]")).to_have_count(1)
    other.page.wait_for_timeout(1000)
    assert len([one for one in asked if one.endswith("/conversations")]) == 1  # one new conversation
    assert len(asked) < 6
    other.page.close()
    visit.errors.clear()  # this one's line was to an erased conversation


def test_an_ordinary_chat_is_not_shared_between_tabs(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    other = Visit(visit.page.context.new_page())
    other.page.goto(visit.page.url)
    other.open_chat()
    expect(other.log.locator("article")).to_have_count(1)


def test_the_quick_exit_leaves_nothing_behind(visit: Visit) -> None:
    visit.open_chat()
    visit.ask("my husband hits me and I am afraid of him")
    leave = visit.log.get_by_role("link", name="Leave this page")
    expect(leave).to_be_visible()
    away = str(leave.get_attribute("href"))
    visit.page.route(
        lambda url: url.startswith(away.partition("#")[0]), lambda route: route.fulfill(body="<p>weather</p>")
    )
    visit.page.evaluate("history.length")
    leave.click()
    expect(visit.page.get_by_text("weather")).to_be_visible()
    visit.origins.clear()
    visit.page.go_back()  # what was before the clinic's page, not that page
    assert "/demo" not in visit.page.url
