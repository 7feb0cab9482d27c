"""Every state that the chat can be in, each reached on a page of its own with a service that says what is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, expect

from tests.browser.pages import made_up
from tests.browser.service import API, CLINIC, message, serve
from tests.browser.visit import Visit
from tools.house import House

CONTACTS = [
    {"label": "Call 911", "href": "tel:911"},
    {"label": "Call 988 (crisis line)", "href": "tel:988"},
    {"label": "Text 988", "href": "sms:988"},
    {"label": "Chat at 988lifeline.org", "href": "https://988lifeline.org/chat/"},
]
CHOICES = [{"label": "How long does it last?", "value": "topic:a"}, {"label": "Is it safe?", "value": "topic:b"}]
SOURCES = [
    {"id": "004", "title": "A document", "heading": "A heading", "url": None},
    {
        "id": "x",
        "title": "An authority",
        "heading": None,
        "url": "https://ok.example/",
        "corrected": "It always works.",
    },
]
TEXT = "First paragraph of a message.\n\nThen a list:\n\n- one thing\n- another thing"
FORM = {"kind": "contact", "fields": ["name", "phone", "email", "best_time"]}
GUIDE = {"kind": "guide", "question": "age", "step": 3, "of": 9}
MESSAGES: dict[str, dict[str, Any]] = {
    "answer": {"kind": "answer", "sources": SOURCES, "suggestions": CHOICES, "contacts": CONTACTS[:1]},
    "clarify": {"kind": "clarify", "suggestions": CHOICES},
    "decline": {"kind": "decline", "contacts": CONTACTS[:1], "suggestions": CHOICES},
    "crisis": {"kind": "crisis", "category": "a", "contacts": CONTACTS},
    "emergency": {"kind": "emergency", "category": "c", "contacts": CONTACTS[:1]},
    "advice": {"kind": "advice", "category": "f", "contacts": CONTACTS[:1], "suggestions": CHOICES},
    "guide": {"kind": "guide", "form": GUIDE, "suggestions": CHOICES},
    "handoff": {"kind": "handoff", "category": "m", "form": FORM, "suggestions": CHOICES},
    "smalltalk": {"kind": "smalltalk"},
    "unavailable": {"kind": "unavailable", "contacts": CONTACTS},
    "notice": {"kind": "notice", "author": "system"},
    "clinician": {"kind": "clinician", "author": "clinician", "author_name": "Sam Sample, registered nurse"},
}


def opened(visit: Visit, name: str = "Ask a question") -> Visit:
    """Press the button in the corner."""
    visit.page.get_by_role("button", name=name).click()
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    return visit


def opening(context: BrowserContext, house: House) -> Visit:
    """The chat has just been opened."""
    visit = made_up(context, house)
    serve(visit.page, [], opening={"contacts": CONTACTS, "suggestions": CHOICES})
    opened(visit)
    expect(visit.log.locator("article")).to_have_count(1)
    return visit


def with_message(context: BrowserContext, house: House, kind: str) -> Visit:
    """A message of ``kind`` has arrived, with all that may come with it."""
    visit = made_up(context, house)
    serve(visit.page, [message(2, text=TEXT, **MESSAGES[kind])])
    opened(visit)
    expect(visit.log.locator("article")).to_have_count(2)
    return visit


def closed(context: BrowserContext, house: House) -> Visit:
    """Nobody has opened the chat."""
    visit = made_up(context, house)
    expect(visit.page.get_by_role("button", name="Ask a question")).to_be_visible()
    return visit


def unread(context: BrowserContext, house: House) -> Visit:
    """Messages have come while the chat was closed."""
    visit = made_up(context, house)
    serve(visit.page, [])
    opened(visit)
    expect(visit.log.locator("article")).to_have_count(1)
    visit.page.keyboard.press("Escape")
    serve(visit.page, [message(2, text=TEXT)])
    expect(visit.page.locator(".badge")).to_be_visible(timeout=10_000)
    return visit


def sources(context: BrowserContext, house: House) -> Visit:
    """The sources of an answer are open."""
    visit = with_message(context, house, "answer")
    visit.log.get_by_text("Where is this from?").click()
    return visit


def form_open(context: BrowserContext, house: House) -> Visit:
    """The contact form is open."""
    visit = with_message(context, house, "handoff")
    visit.log.get_by_text("Leave a number").click()
    return visit


def form(context: BrowserContext, house: House) -> Visit:
    """The contact form is open, and something in it is wrong."""
    visit = form_open(context, house)
    visit.log.get_by_role("button", name="Send to the clinic").click()
    return visit


def waiting(context: BrowserContext, house: House) -> Visit:
    """The visitor waits for a person."""
    visit = made_up(context, house)
    serve(visit.page, [], owner="waiting", events=[("owner", {"owner": "waiting", "place": 2})])
    opened(visit)
    expect(visit.page.locator(".who")).to_contain_text("number 2 in the queue")
    return visit


def typing(context: BrowserContext, house: House) -> Visit:
    """A clinician has joined and is typing."""
    visit = made_up(context, house)
    said = message(2, **MESSAGES["clinician"])
    serve(visit.page, [said], owner="clinician", events=[("typing", {"author_name": "Sam Sample, registered nurse"})])
    opened(visit)
    expect(visit.page.get_by_text("Sam Sample, registered nurse is typing")).to_be_visible()
    return visit


def closed_hours(context: BrowserContext, house: House) -> Visit:
    """The clinic is closed."""
    visit = made_up(context, house)
    serve(visit.page, [], clinic={**CLINIC, "open_now": False, "opens_next": "2026-11-27T14:00:00Z"})
    opened(visit)
    expect(visit.page.locator(".who")).to_contain_text("The clinic is closed. It opens Friday")
    return visit


def connecting(context: BrowserContext, house: House) -> Visit:
    """The service has not answered yet."""
    visit = made_up(context, house)
    visit.page.route(API, lambda route: None)
    opened(visit)
    expect(visit.page.get_by_text("Connecting…")).to_be_visible()
    return visit


def offline(context: BrowserContext, house: House) -> Visit:
    """The network is gone while something is to be sent."""
    visit = with_message(context, house, "answer")
    visit.page.unroute(f"{API}/*/messages*")
    context.set_offline(True)
    visit.box.fill("Is it safe?")
    visit.box.press("Enter")
    expect(visit.page.get_by_text("You are offline.")).to_be_visible(timeout=10_000)
    return visit


def unavailable(context: BrowserContext, house: House) -> Visit:
    """The service does not answer at all."""
    visit = made_up(context, house)
    visit.page.route(API, lambda route: route.abort())
    opened(visit)
    expect(visit.page.get_by_text("The chat cannot be reached right now.")).to_be_visible(timeout=15_000)
    return visit


def ended(context: BrowserContext, house: House) -> Visit:
    """The earlier conversation is no longer there."""
    visit = made_up(context, house)
    visit.page.evaluate(
        "sessionStorage.setItem('clinic-chat.v1', JSON.stringify({ conversation: 'gone', token: 'x'.repeat(43) }))"
    )
    visit.page.reload()
    opened(visit)
    expect(visit.log).to_contain_text("The earlier chat has ended", timeout=10_000)
    return visit


def ending(context: BrowserContext, house: House) -> Visit:
    """The visitor is about to go."""
    visit = with_message(context, house, "answer")
    visit.page.get_by_role("button", name="End chat").click()
    return visit


def erasing(context: BrowserContext, house: House) -> Visit:
    """The visitor is asked whether to erase the chat."""
    visit = ending(context, house)
    visit.page.get_by_role("button", name="Erase this chat").click()
    return visit


def too_long(context: BrowserContext, house: House) -> Visit:
    """What was typed is too long to be sent."""
    visit = with_message(context, house, "answer")
    visit.box.fill("a" * 2001)
    return visit


def spanish(context: BrowserContext, house: House) -> Visit:
    """The interface is in Spanish."""
    visit = made_up(context, house, language="es")
    serve(visit.page, [message(2, text=TEXT, **MESSAGES["answer"])])
    opened(visit, "Haga una pregunta")
    expect(visit.log.locator("article")).to_have_count(2)
    return visit


STATES: dict[str, Callable[[BrowserContext, House], Visit]] = {
    state.__name__: state
    for state in (
        closed, opening, unread, sources, form_open, form, waiting, typing, closed_hours, connecting, offline, unavailable, ended, ending,
        erasing, too_long, spanish,
    )
}  # fmt: skip
"""States by name; those that are a message of a kind are :func:`with_message`."""


def reach(state: str, context: BrowserContext, house: House) -> Visit:
    """Bring the chat into a state: one of ``STATES``, or a kind of message."""
    return STATES[state](context, house) if state in STATES else with_message(context, house, state)
