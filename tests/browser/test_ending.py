"""The way out: was it of help, save it, erase it or stay."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visit import QUESTION, Visit, body_of, has_focus


def test_the_chat_as_a_whole_can_be_rated(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    visit.page.get_by_role("button", name="End chat").click()
    ending = visit.page.get_by_role("group", name="Before you go")
    with visit.page.expect_response(lambda response: response.url.endswith("/feedback")) as given:
        ending.get_by_role("button", name="No").click()
    assert given.value.status == 204
    assert body_of(given.value.request) == {"seq": 1, "helpful": False}  # said of the opening: of all that followed
    expect(ending).to_contain_text("Thank you for telling us.")


def test_the_chat_is_saved_as_text_on_the_visitors_own_device(visit: Visit, tmp_path: Path) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    answer = visit.answers.first.locator(".text").inner_text()
    visit.page.get_by_role("button", name="End chat").click()
    asked = len(visit.origins)
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Save this chat").click()
    saved.value.save_as(tmp_path / "chat.txt")
    text = (tmp_path / "chat.txt").read_text(encoding="utf-8")
    assert saved.value.suggested_filename.endswith(".txt")
    assert text.index("You, ") < text.index(QUESTION) < text.index("Assistant, ", text.index(QUESTION))
    assert all(paragraph in text for paragraph in answer.split("\n\n")[:1])
    assert "Where is this from?" in text
    assert len(visit.origins) == asked


def test_who_stays_is_back_at_the_text_box(visit: Visit) -> None:
    visit.open_chat()
    visit.page.get_by_role("button", name="End chat").click()
    visit.page.get_by_role("button", name="Erase this chat").click()
    keep = visit.page.get_by_role("button", name="Keep it")
    assert has_focus(keep)  # not the one that erases
    keep.click()
    assert has_focus(visit.page.get_by_role("button", name="Erase this chat"))
    visit.page.get_by_role("button", name="Back to the chat").click()
    assert has_focus(visit.box)
    expect(visit.page.get_by_role("group", name="Before you go")).to_be_hidden()
