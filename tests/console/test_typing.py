"""The visitor sees that their clinician is typing, and nobody else can make it seem so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.chat.test_events import listening
from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    one = Visitor(desk.house.api)
    yield one
    one.http.close()


def test_the_visitor_hears_who_is_typing_and_only_of_whoever_has_the_conversation(
    desk: Desk, clinician: Staff, visitor: Visitor
) -> None:
    where, other = f"/conversations/{visitor.id}", somebody(desk, "clinician")
    other.get(where)
    with listening(visitor, "1") as following:
        assert next(following).name == "owner"
        clinician.post(f"{where}/take-over")
        assert next(following).name == "owner"
        assert other.post(f"{where}/typing").status_code == 204  # not theirs: nobody is told
        assert clinician.post(f"{where}/typing").status_code == 204
        told = next(following)
    assert (told.name, told.data) == ("typing", {"author_name": clinician.name})
    assert len(visitor.log()) == 1


def test_typing_in_the_reply_tells_the_visitor(
    desk: Desk, clinician: Staff, visitor: Visitor, browser: Browser
) -> None:
    clinician.post(f"/conversations/{visitor.id}/take-over")
    context = browser.new_context(base_url=desk.house.api)
    context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": desk.house.api} for one in clinician.http.cookies.jar]
    )
    page = context.new_page()
    page.goto(f"/console/conversations/{visitor.id}")
    with listening(visitor, "1") as following:
        assert next(following).name == "owner"
        page.get_by_label("Your reply").press_sequentially("Hello")
        told = next(following)
    assert (told.name, told.data) == ("typing", {"author_name": clinician.name})
    context.close()
