"""Asking, by typing and by choosing."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visit import ANSWER_MS, QUESTION, Visit, body_of, has_focus


def test_a_question_by_keyboard_alone_gets_an_answer_with_sources(visit: Visit) -> None:
    page = visit.page
    launcher = page.get_by_role("button", name="Ask a question")
    expect(launcher).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if has_focus(launcher):
            break
    page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()
    expect(visit.log.locator("article[data-kind=opening]")).to_be_visible(timeout=ANSWER_MS)

    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answer = visit.answers.first
    expect(answer).to_be_visible(timeout=ANSWER_MS)
    expect(visit.box).to_be_focused()  # a message that arrives never takes the focus away
    expect(visit.box).to_have_value("")
    expect(answer.locator(".by")).to_be_in_viewport(ratio=1)  # a reply is shown from its first line
    expect(page.get_by_text("New message below")).to_be_hidden()

    where_from = answer.get_by_text("Where is this from?")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if has_focus(where_from):
            break
    page.keyboard.press("Enter")
    expect(answer.locator(".sources li").first).to_be_visible()
    expect(answer.locator(".sources li").first).not_to_be_empty()


def test_a_suggestion_can_be_chosen(visit: Visit) -> None:
    visit.open_chat()
    suggestion = visit.log.locator("button.suggestion[data-value^='topic:']").first
    label = suggestion.inner_text()
    with visit.page.expect_request(lambda request: request.method == "POST" and "/messages" in request.url) as sent:
        suggestion.click()
    body = body_of(sent.value)
    assert body["choice"] == suggestion.get_attribute("data-value")
    assert "text" not in body
    expect(visit.log.locator("article[data-author=visitor]")).to_contain_text(label)
    expect(visit.log.locator("article[data-author=bot]")).to_have_count(2, timeout=ANSWER_MS)


def test_feedback_is_sent_and_remembered(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    with visit.page.expect_response(lambda response: response.url.endswith("/feedback")) as given:
        visit.answers.first.get_by_role("button", name="Not helpful").click()
    assert given.value.status == 204
    assert body_of(given.value.request)["helpful"] is False
    expect(visit.answers.first).to_contain_text("Thank you.")
    visit.page.reload()
    pressed = visit.answers.first.get_by_role("button", name="Not helpful")
    expect(pressed).to_have_attribute("aria-pressed", "true", timeout=ANSWER_MS)


def test_what_a_visitor_types_is_shown_as_text(visit: Visit) -> None:
    typed = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> <b>how does ketamine work?</b>'
    visit.open_chat()
    visit.ask(typed)
    said = visit.log.locator("article[data-author=visitor]").last
    assert said.locator(".text").inner_text() == typed
    assert said.locator("img, script, b").count() == 0
    visit.page.reload()
    expect(visit.log.locator("article[data-author=visitor] .text")).to_have_text(typed, timeout=ANSWER_MS)
    assert visit.page.evaluate("window.pwned") is None


def test_shift_enter_starts_a_new_line_and_a_long_text_is_not_cut(visit: Visit) -> None:
    visit.open_chat()
    visit.box.press_sequentially("How does")
    visit.box.press("Shift+Enter")
    visit.box.press_sequentially("ketamine work?")
    expect(visit.box).to_have_value("How does\nketamine work?")

    visit.box.fill("a" * 1_850)
    expect(visit.page.locator(".count")).to_have_text("1,850 of 2,000 characters")
    visit.box.fill("a" * 2_001)
    visit.box.press("Enter")
    expect(visit.page.locator(".count")).to_contain_text("Please shorten it")
    assert len(visit.box.input_value()) == 2_001
    expect(visit.log.locator("article[data-author=visitor]")).to_have_count(0)
