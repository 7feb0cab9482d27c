"""Leaving a number or an e-mail address, with consent and without."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.visit import ANSWER_MS, Visit, body_of, has_focus


def opened_form(visit: Visit) -> Locator:
    visit.open_chat()
    visit.page.locator(".person").click()
    expect(visit.log.locator("article[data-kind=handoff]")).to_be_visible(timeout=ANSWER_MS)
    visit.log.get_by_text("Leave a number or an e-mail address").click()
    return visit.log.locator(".contact-form form")


def test_details_are_sent_once_with_consent(visit: Visit) -> None:
    form = opened_form(visit)
    form.get_by_label("Name").fill("Robin")
    form.get_by_label("Phone").fill("(202) 555-0142")
    form.get_by_label("The clinic may use this").check()
    with visit.page.expect_response(lambda response: response.url.endswith("/contact")) as sent:
        form.get_by_role("button", name="Send to the clinic").click()
    assert sent.value.status == 200
    body = body_of(sent.value.request)
    assert body["consent"] is True
    assert body["name"] == "Robin"
    assert "email" not in body
    expect(form).to_contain_text("Sent to the clinic.")
    expect(visit.log.locator("article[data-kind=notice]")).to_have_count(1)
    assert "Robin" not in visit.page.evaluate("JSON.stringify(sessionStorage)")


def test_without_consent_nothing_is_sent(visit: Visit) -> None:
    form = opened_form(visit)
    form.get_by_label("Phone").fill("(202) 555-0142")
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    form.get_by_role("button", name="Send to the clinic").click()
    expect(form).to_contain_text("Please tick the box above")
    assert has_focus(form.get_by_label("The clinic may use this"))
    assert not [url for url in asked if url.endswith("/contact")]


def test_a_number_that_cannot_be_called_is_said_and_stays_to_be_mended(visit: Visit) -> None:
    form = opened_form(visit)
    form.get_by_label("Phone").fill("12")
    form.get_by_label("The clinic may use this").check()
    form.get_by_role("button", name="Send to the clinic").click()
    expect(form).to_contain_text("Please check the marked field")
    phone = form.get_by_label("Phone")
    expect(phone).to_have_value("12")
    expect(phone).to_have_attribute("aria-invalid", "true")
    assert has_focus(phone)
    expect(form.get_by_label("E-mail")).to_have_attribute("aria-invalid", "false")
    visit.errors[:] = [error for error in visit.errors if "422" not in error]  # the browser itself reports the refusal


def test_the_place_in_the_queue_is_in_sight_and_goes_when_the_request_is_cancelled(visit: Visit) -> None:
    visit.open_chat()
    visit.page.locator(".person").click()
    who = visit.page.locator(".who")
    expect(who).to_contain_text("You asked for a person. Nobody has joined yet. You are number", timeout=ANSWER_MS)
    visit.log.locator("button[data-value=cancel_request]").last.click()
    expect(who).to_contain_text("Automated assistant, not a clinician", timeout=ANSWER_MS)
