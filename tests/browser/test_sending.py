"""Messages that do not get through at once."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.visit import QUESTION, Visit, body_of


def test_a_message_that_cannot_be_sent_is_kept_and_sent_once(visit: Visit) -> None:
    visit.open_chat()
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        sent.append(body_of(route.request)["client_id"])
        if len(sent) == 1:  # the request never gets there
            return route.abort()
        if len(sent) == 2:  # it gets there, but the answer is lost on the way back
            route.fetch()
            return route.abort()
        return route.continue_()

    visit.page.route("**/messages", cut)
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    expect(visit.log).to_contain_text("Not sent yet")
    expect(visit.answers).to_have_count(1, timeout=30_000)
    expect(visit.log.locator(".delivery")).to_have_count(0)
    visit.page.unroute("**/messages")
    assert len(set(sent)) == 1 and len(sent) >= 2
    expect(visit.log.locator("article[data-author=visitor]")).to_have_count(1)
    assert all("net::ERR_FAILED" in error for error in visit.errors)
    visit.errors.clear()
