"""What a page loads: one small file at first, nothing from anybody else, and nothing that was tampered with."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.browser.visit import ANSWER_MS, QUESTION, Visit, origin_of
from tools.house import House
from tools.integrity import stamped

NOT_LOADED = "The chat cannot be loaded right now"


def tampered(route: Route) -> None:
    """Let a file arrive with one harmless byte more."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text() + "\n")


def test_a_page_asks_for_one_file_until_the_visitor_opens_the_chat(visit: Visit, house: House) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Ask a question")).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    assert [url for url in asked if origin_of(url) == house.api] == [f"{house.api}/widget/v1.js"]
    assert {origin_of(url) for url in asked} <= {house.api, origin_of(house.demo), ""}


def test_the_integrity_values_are_those_of_the_files() -> None:
    for path, text in stamped().items():
        assert path.read_text(encoding="utf-8") == text, "run 'make integrity'"


def test_every_part_is_checked_against_its_integrity_value() -> None:
    loader, parts = (text for path, text in stamped().items() if path.name in ("v1.js", "parts.js"))
    assert "sha256-" in loader and "sha256-" in parts


def test_a_tampered_loader_is_refused_by_the_browser(visit: Visit) -> None:
    visit.page.route("**/widget/v1.js", tampered)
    visit.page.reload()
    visit.page.wait_for_load_state("networkidle")
    assert visit.page.locator("clinic-chat").count() == 0
    assert any("integrity" in error for error in visit.errors)
    visit.errors.clear()


@pytest.mark.parametrize("name", ["parts.js", "chat.js", "message.js", "panel.css", "words/en.js"])
def test_a_tampered_part_is_refused_and_the_visitor_is_told(visit: Visit, name: str) -> None:
    visit.page.route(f"**/widget/{name}", tampered)
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.page.get_by_role("status").filter(has_text=NOT_LOADED)).to_be_visible()
    assert visit.page.get_by_role("dialog").count() == 0
    assert any("integrity" in error for error in visit.errors)
    visit.errors.clear()


@pytest.mark.parametrize("name", ["parts.js", "chat.js", "api.js", "panel.css"])
def test_after_a_load_that_failed_the_button_works_again(visit: Visit, name: str) -> None:
    visit.page.route(f"**/widget/{name}*", lambda route: route.abort(), times=1)
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.page.get_by_role("status").filter(has_text=NOT_LOADED)).to_be_visible()
    visit.open_chat()
    visit.ask(QUESTION)
    expect(visit.answers).to_have_count(1, timeout=ANSWER_MS)
    visit.errors[:] = [error for error in visit.errors if "ERR_FAILED" not in error]  # the file that was cut off


def test_the_files_are_sent_compressed_and_may_be_asked_for_by_listed_pages_only(house: House) -> None:
    address = f"{house.api}/widget/chat.js"
    ours = httpx.get(
        address, headers={"Accept-Encoding": "br", "Origin": origin_of(house.demo)}, trust_env=False
    )  # httpx cannot read brotli without a package of its own: only the header counts here
    assert ours.headers["content-encoding"] == "br"
    assert ours.headers["access-control-allow-origin"] == origin_of(house.demo)
    assert ours.headers["cache-control"] == "no-cache"
    other = httpx.get(address, headers={"Origin": "https://elsewhere.example"}, trust_env=False)
    assert "access-control-allow-origin" not in other.headers
