"""The chat in Debian's Firefox ESR: the walk that most visitors take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.bidi import FIREFOX, Firefox, running
from tests.browser.visit import QUESTION
from tools.house import House

ENTER, ESCAPE = "\ue007", "\ue00c"


@pytest.fixture
def firefox(tmp_path: Path, house: House) -> Iterator[Firefox]:
    """Firefox on the demo clinic's page."""
    if not Path(FIREFOX).exists():
        pytest.skip("Firefox is missing: install Debian's package 'firefox-esr'")
    with running(tmp_path) as firefox:
        firefox.go(house.demo)
        yield firefox


def ask(firefox: Firefox, text: str) -> None:
    """Type into the box, which has the focus, and send."""
    firefox.type(text + ENTER)


def test_the_chat_from_the_first_question_to_erasing_it(firefox: Firefox) -> None:
    firefox.press("button", "Ask a question")
    firefox.wait_for("article[data-kind=opening]")
    assert firefox.evaluate("document.querySelector('clinic-chat').shadowRoot.activeElement.localName") == "textarea"

    ask(firefox, QUESTION)
    firefox.wait_for("article[data-kind=answer]")
    firefox.press("summary", "Where is this from?")
    firefox.wait_for(".sources li")
    firefox.press("article[data-kind=answer] .suggestion")
    firefox.wait_for("article[data-kind=answer]", count=2)

    firefox.press("textarea")
    ask(firefox, "I want to die")
    firefox.wait_for(".pinned a", "Call 988")
    firefox.type(ESCAPE)
    firefox.wait_for("button", "Ask a question")
    assert firefox.count("[role=dialog]") == 0

    firefox.reload()
    firefox.press("button", "Ask a question")
    firefox.wait_for("article[data-kind=crisis]")
    firefox.wait_for(".pinned a", "Call 988")
    firefox.press("button", "End chat")
    firefox.press("button", "Erase this chat")
    firefox.press("button", "Erase it")
    firefox.wait_for("article", "Receipt:")
    firefox.wait_for("article[data-kind=opening]", count=1)
    assert firefox.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert [error for error in firefox.errors if "404" not in error] == []


def test_a_tampered_part_is_refused(firefox: Firefox, house: House) -> None:
    page = f"{house.demo}"
    firefox.go(page)
    # The loader believes only the value that it holds: with another it must not run what it gets.
    refused = firefox.evaluate(
        f"""new Promise((resolve) => {{
            const link = document.createElement('link');
            Object.assign(link, {{ rel: 'modulepreload', href: '{house.api}/widget/chat.js?other', crossOrigin: '',
                integrity: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }});
            link.onload = () => resolve('loaded');
            link.onerror = () => resolve('refused');
            document.head.append(link);
        }})"""
    )
    assert refused == "refused"
