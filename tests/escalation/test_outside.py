"""The stand-in for the outside takes mails and posts, and shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from content.clinic import load_clinic
from escalation.paging import PageText, deliver
from tests.escalation.parts import wait_for
from tools.house import House, Ports

TEXT = PageText(
    "[U0] <b>now</b>", "First line & more.\n\nhttp://127.0.0.1:8080/pages/abc-_DEF0123456789abc-_DEF0123456789"
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with (tmp_path / "house.log").open("w") as log:
        one = House(tmp_path / "no-model", tmp_path, Ports.free(), log)
        try:
            one.start_part("outside")
            wait_for(lambda: is_up(one))
            yield one
        finally:
            one.stop()


def is_up(house: House) -> bool:
    try:
        return httpx.get(house.outside, trust_env=False).status_code == 200
    except httpx.ConnectError:
        return False


def test_what_was_sent_is_shown_newest_first_with_links_to_click(house: House) -> None:
    assert "Nothing yet." in httpx.get(house.outside, trust_env=False).text
    environment = house._environment()
    first, next_in_chain = (person.address(environment) for person in load_clinic().team("on_call"))
    assert first and next_in_chain
    assert deliver(first, TEXT, 5) == 0
    assert deliver(next_in_chain, TEXT, 5) == 0
    sent = httpx.get(f"{house.outside}sent.json", trust_env=False).json()
    assert [(one["way"], one["to"]) for one in sent] == [
        ("post", "medical-director"),
        ("e-mail", "on-call@clinic.example"),
    ]
    assert {(one["title"], one["body"].replace("\r", "")) for one in sent} == {(TEXT.title, TEXT.body)}
    page = httpx.get(house.outside, trust_env=False).text
    link = TEXT.body.split()[-1]
    assert page.count(f'<a href="{link}">{link}</a>') == 2
    assert "<b>" not in page
    assert httpx.post(f"{house.outside}posts/x", content=b"no json", trust_env=False).status_code == 400


def test_a_service_that_is_set_up_for_real_is_used(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ON_CALL_NOTIFY", "mailtos://real.example")
    first, _ = load_clinic().team("on_call")
    assert first.address(house._environment()) == "mailtos://real.example"
