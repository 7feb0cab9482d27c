"""The console in a real browser: live with scripts, whole without them, readable on a telephone, and quiet for axe."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from records import Cause, Message
from tests.console.marked import asked
from tests.console.parts import Desk, Staff, somebody
from tests.console.watched import Watched, look, sign_in

MS = 8000


@pytest.fixture
def boss(desk: Desk) -> Staff:
    """Somebody who may open every page."""
    return somebody(desk, "manager", "clinician")


@pytest.fixture
def conversation(desk: Desk) -> str:
    conversation = desk.conversation(Cause("a", "U0", ("on_call",)), text="I cannot go on. " * 20)
    body = {"text": "Please call 988.", "topics": ["safety/common_side_effects"]}
    desk.records.say(
        conversation, Message("bot", "crisis", body, understanding={"intent": "escalate", "confidence": 0.9})
    )
    return conversation


def test_pages_stay_up_to_date_and_keep_what_is_being_typed(
    desk: Desk, watched: Watched, clinician: Staff, conversation: str
) -> None:
    page = watched.page
    sign_in(page, desk, clinician)
    rows = page.locator("tbody tr")
    before = rows.count()
    asked = desk.conversation()
    desk.records.request_person(asked, "asked")
    expect(rows).to_have_count(before + 1, timeout=MS)

    page.goto(f"{desk.house.api}/console/conversations/{conversation}")
    page.get_by_role("button", name="Take over").click()
    box = page.get_by_label("Your reply.")
    box.fill("I have been typing this")
    desk.write(conversation, "Are you <b>there</b>?")
    expect(page.locator("ol.log > li").last).to_contain_text("Are you <b>there</b>?", timeout=MS)
    expect(box).to_have_value("I have been typing this")
    desk.records.escalate(conversation, 3, [Cause("k", "U3", ("front_desk",))])
    expect(page.get_by_role("heading", name="Prescription")).to_be_visible(timeout=MS)
    expect(box).to_have_value("I have been typing this")

    page.get_by_text("Ready words").click()
    page.get_by_role("link", name="Ask about safety").click()
    expect(box).to_have_value(
        "I have been typing this\n\nBefore anything else, are you safe right now? Is somebody with you?"
    )
    page.get_by_role("button", name="Send").click()
    expect(page.locator("ol.log > li").last).to_contain_text("Is somebody with you?")
    assert desk.records.messages_after(conversation, 0)[-1].author == "clinician"

    page.get_by_label("Your reply.").fill("This was not sent yet")
    desk.records.hand_back(conversation, clinician.name)  # as another tab of theirs would
    expect(page.get_by_label("What you typed was not sent.")).to_have_value("This was not sent yet", timeout=MS)


def test_without_scripts_everything_works(desk: Desk, browser: Chromium, clinician: Staff, conversation: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, desk, clinician)
    page.get_by_role("link", name="Crisis: Suicide").first.click()
    page.goto(f"{desk.house.api}/console/conversations/{conversation}")
    page.get_by_role("button", name="Take over").click()
    page.get_by_text("Ready words").click()
    page.get_by_role("link", name="Say hello").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_label("A private note").fill("Called.")
    page.get_by_role("button", name="Keep the note").click()
    page.get_by_label("Why it can be lowered").fill("Spoke by phone")
    page.get_by_role("button", name="Lower the flag").click()
    page.get_by_text("Close", exact=True).click()
    page.get_by_label("What came of it").fill("Spoke by phone")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="Closed")).to_be_visible()
    context.close()
    records = desk.records
    assert f"this is {clinician.name} from" in records.messages_after(conversation, 0)[-1].body["text"]
    assert (records.owner(conversation), records.raised(conversation)) == ("closed", None)
    assert len(records.notes_of(conversation)) == 1


def test_axe_finds_nothing_and_nothing_is_cut_off_on_a_telephone(
    desk: Desk,
    watched: Watched,
    boss: Staff,
    conversation: str,
    npm_packages: Path,
) -> None:
    page, axe = watched.page, (npm_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page.goto(f"{desk.house.api}/console/sign-in")
    look(page, axe, "sign-in")
    sign_in(page, desk, boss)
    boss.post(f"/conversations/{conversation}/tag", tag="call back")
    boss.post(f"/conversations/{conversation}/note", text="Called.", id=str(uuid.uuid4()))
    boss.post(f"/conversations/{conversation}/mark", seq=2, judgement="topic", topic="safety/bladder", note="Look.")
    asked(desk, "I'm Zebulon"), asked(desk, "zebrawombat milk")  # what is left out, and what is offered
    for one in desk.records.to_review(boss.name, 50):
        boss.post(f"/conversations/{one.conversation}/mark", seq=one.seq, judgement="decline")
    marked, _ = asked(desk, "zebrawombat eggs"), asked(desk, "zebrawombat fur")
    boss.post(f"/conversations/{marked}/mark", seq=2, judgement="right")
    boss.post("/views", name="Raised crises", query="kind=crisis", shared="true")
    for path in (
        "inbox",
        "people",
        f"people/{boss.id}",
        "account",
        "audit",
        "conversations?kind=crisis",
        "review",
        "review/teach",
        "review/gaps",
        f"conversations/{conversation}",
        f"conversations/{marked}/regression",
        "nothing",
    ):
        page.goto(f"{desk.house.api}/console/{path}")
        if path in ("inbox", "conversations?kind=crisis"):
            page.locator("summary").click()
        look(page, axe, path)
    watched.errors[:] = [error for error in watched.errors if "404" not in error]  # of the last page
    page.goto(f"{desk.house.api}/console/conversations")
    page.get_by_label("With the words").fill("zebrawombat mil")
    page.get_by_label("With the words").press("Enter")
    expect(page.locator("mark")).to_have_text(["zebrawombat", "milk"])
    look(page, axe, "search")
    page.goto(f"{desk.house.api}/console/conversations/{conversation}")
    page.get_by_text("Show original").first.click()
    page.get_by_label("Why you need").fill("She asked to be called by name")
    page.get_by_role("button", name="Show original").click()
    page.get_by_text("for this one view").wait_for()
    look(page, axe, "original")
    page.goto(f"{desk.house.api}/console/conversations/{conversation}")
    page.get_by_role("button", name="Take over").click()
    for summary in page.locator("summary").all():
        summary.click()
    look(page, axe, "taken over")
    page.get_by_role("button", name="Keyboard").click()
    look(page, axe, "keys")
