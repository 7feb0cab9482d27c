"""What assistive technology is given: Chromium's own accessibility tree of the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.states import CONTACTS, MESSAGES, reach, with_message
from tests.browser.visit import QUESTION, Visit
from tools.house import House

NEED_NAMES = {
    "button", "link", "textbox", "checkbox", "dialog", "log", "region", "group", "DisclosureTriangle", "heading",
}  # fmt: skip
LABELS = {
    "answer": "General information", "clarify": "Please choose", "decline": "Not in my sources",
    "crisis": "Support in a crisis", "emergency": "Emergency", "advice": "For a clinician to answer",
    "guide": "Questions to prepare", "handoff": "Reaching a person", "smalltalk": "", "unavailable": "Not answered",
    "notice": "", "clinician": "",
}  # fmt: skip
AUTHORS = {"notice": "Notice", "clinician": "Sam Sample, registered nurse (clinician)"}


@dataclass
class Node:
    """A node that is not ignored."""

    role: str
    name: str
    properties: dict[str, Any]
    children: list[Node] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """Yield this node and all below, in order."""
        yield self
        for child in self.children:
            yield from child.all()

    def find(self, role: str) -> list[Node]:
        """Return every node of a role, in order."""
        return [node for node in self.all() if node.role == role]

    @property
    def words(self) -> list[str]:
        """What is read out when a reader goes through it from beginning to end."""
        return [node.name for node in self.all() if node.role in ("StaticText", "link", "button") and node.name.strip()]


def tree(page: Page) -> Node:
    """Return the page's accessibility tree."""
    session = page.context.new_cdp_session(page)
    found = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {one["nodeId"]: one for one in found}

    def kept(one: dict[str, Any]) -> list[Node]:
        children = [node for key in one.get("childIds", []) if key in by_id for node in kept(by_id[key])]
        if one.get("ignored"):
            return children
        properties = {name["name"]: name["value"].get("value") for name in one.get("properties", [])}
        return [Node(str(one["role"]["value"]), str(one.get("name", {}).get("value", "")), properties, children)]

    (root,) = kept(found[0])
    return root


def dialog(page: Page) -> Node:
    """Return the chat's dialog."""
    (one,) = tree(page).find("dialog")
    return one


def test_everything_that_needs_a_name_has_one(shown: Page) -> None:
    root = tree(shown)
    nodes = root.find("dialog")[0] if root.find("dialog") else root
    nameless = [node for node in nodes.all() if node.role in NEED_NAMES and not node.name.strip()]
    # What opens and closes is a group in Chromium, named by the line with which it begins.
    assert [node.role for node in nameless if node.role != "group" or not node.children[0].name] == []
    assert any(node.role == "button" for node in nodes.all())
    if nodes.role == "dialog":
        assert nodes.name.startswith(("Chat with", "Chat con"))
        assert nodes.properties.get("modal") is not True  # the page beside it can be seen


def test_a_closed_chat_is_one_button_that_says_that_it_opens_a_dialog(context: BrowserContext, house: House) -> None:
    page = reach("closed", context, house).page
    root = tree(page)
    (launcher,) = [node for node in root.find("button") if node.name == "Ask a question"]
    assert launcher.properties["hasPopup"] == "dialog"
    assert launcher.properties["expanded"] is False
    assert not root.find("dialog") and not root.find("log")


def test_unread_messages_are_part_of_the_buttons_name(context: BrowserContext, house: House) -> None:
    page = reach("unread", context, house).page
    root = tree(page)
    (launcher,) = [node for node in root.find("button") if node.name.startswith("Ask a question")]
    assert launcher.name.removeprefix("Ask a question").strip().startswith("1")
    assert "1 new message in the chat" in root.words


@pytest.mark.parametrize("kind", list(MESSAGES))
def test_a_message_says_who_wrote_it_and_of_what_kind_it_is(context: BrowserContext, house: House, kind: str) -> None:
    (log,) = dialog(with_message(context, house, kind).page).find("log")
    assert log.name == "Messages"
    opening, article = log.find("article")
    assert opening.words[0] == "Assistant"
    expected = [AUTHORS.get(kind, "Assistant"), *([LABELS[kind]] if LABELS[kind] else [])]
    assert [word for word in article.words if word != "· "][: len(expected)] == expected
    assert "First paragraph of a message." in article.words
    items = article.find("listitem")
    assert [item.words[-1] for item in items[:2]] == ["one thing", "another thing"]


def test_messages_are_read_in_order_each_with_its_author(visit: Visit) -> None:
    visit.open_chat()
    visit.ask(QUESTION)
    visit.ask("How does ketamine work?")
    (log,) = dialog(visit.page).find("log")
    articles = log.find("article")
    assert [article.words[0] for article in articles] == ["Assistant", "You", "Assistant", "You", "Assistant"]
    assert QUESTION in articles[1].words and "How does ketamine work?" in articles[3].words
    assert all("General information" in articles[number].words for number in (2, 4))


def test_groups_say_what_their_buttons_are_about(context: BrowserContext, house: House) -> None:
    page = with_message(context, house, "answer").page
    chat = dialog(page)
    (rating,) = [group for group in chat.find("group") if group.name == "Did this help?"]
    assert [button.name for button in rating.find("button")] == ["Helpful", "Not helpful"]
    assert all(button.properties["pressed"] == "false" for button in rating.find("button"))
    (choices,) = [one for one in chat.find("list") if one.name == "You can choose"]
    assert [button.name for button in choices.find("button")] == ["How long does it last?", "Is it safe?"]
    (sources,) = chat.find("DisclosureTriangle")
    assert (sources.name, sources.properties["expanded"]) == ("Where is this from?", False)


def test_the_strip_and_what_is_pinned_are_regions_with_links_that_say_whom_they_call(
    context: BrowserContext, house: House
) -> None:
    def regions(page: Page) -> dict[str, list[str]]:
        found = dialog(page).find("region")
        return {region.name: [link.name for link in region.find("link")] for region in found}

    at_first = regions(reach("opening", context, house).page)
    assert at_first == {"Emergency numbers": ["Emergency: 911", "Crisis line: 988"]}
    pinned = regions(with_message(context, house, "crisis").page)
    assert list(pinned) == ["Emergency numbers", "Ways to get help"]
    assert pinned["Ways to get help"] == [str(contact["label"]) for contact in CONTACTS]


def test_the_form_names_its_fields_and_says_which_one_is_wrong(context: BrowserContext, house: House) -> None:
    chat = dialog(reach("form", context, house).page)
    assert [box.name for box in chat.find("textbox")] == [
        "Name", "Phone", "E-mail", "When is a good time?", "Your question",
    ]  # fmt: skip
    (consent,) = chat.find("checkbox")
    assert consent.name == "The clinic may use this to reach me about this chat."
    assert consent.properties["invalid"] == "true"
    assert "Please tick the box above, so that the clinic may reach you." in chat.words


def test_too_long_a_text_is_marked_and_described(context: BrowserContext, house: House) -> None:
    (box,) = dialog(reach("too_long", context, house).page).find("textbox")
    assert box.properties["invalid"] == "true"


def test_on_a_phone_the_dialog_is_modal_and_the_page_behind_it_is_not_read(
    context: BrowserContext, house: House
) -> None:
    page = with_message(context, house, "answer").page
    page.set_viewport_size({"width": 390, "height": 700})
    page.wait_for_timeout(100)
    assert dialog(page).properties["modal"] is True
