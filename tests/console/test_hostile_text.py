"""Whatever visitors and staff write: on the console's pages it is text, in a real browser, and nothing of it runs."""

from __future__ import annotations

import datetime as dt
import uuid

from playwright.sync_api import expect

from records import Cause, Contact, Message
from tests.browser.test_hostile_text import MARKUP
from tests.console.parts import Desk, somebody
from tests.console.watched import Watched

LOOK = """() => ({
    pwned: window.pwned,
    handlers: [...document.querySelectorAll('*')].filter((node) =>
        [...node.attributes].some(({ name }) => name.startsWith('on') || name === 'srcdoc')).length,
    foreign: [...document.querySelectorAll('[src], [href], [action]')].map((node) =>
        node.getAttribute('src') || node.getAttribute('href') || node.getAttribute('action') || '').filter((to) =>
        to !== 'data:,' && !to.startsWith('data:image/svg+xml,') && new URL(to, location).origin !== location.origin),
    scripts: document.querySelectorAll('script:not([src])').length,
})"""
HARMLESS = {"pwned": None, "handlers": 0, "foreign": [], "scripts": 0}


def test_text_stays_text_on_every_page(desk: Desk, watched: Watched) -> None:
    records = desk.records
    texts = [one for one in MARKUP if "\x00" not in one and len(one) < 200]
    staff = somebody(desk, "manager", "clinician", name="<img src=x onerror=window.pwned=1>")
    conversation = desk.conversation(Cause("k", "U3", ("front_desk",)), text=texts[0])
    where = f"/conversations/{conversation}"
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    for text in texts:
        desk.write(conversation, text)
        records.say(conversation, Message("bot", "answer", {"text": text, "topics": [text]}))
        assert staff.post(f"{where}/note", text=text, id=str(uuid.uuid4())).status_code == 303
        assert staff.post(f"{where}/tag", tag=text[:40]).status_code in (303, 422)
    records.request_person(conversation, "asked")
    records.give_feedback(conversation, records.messages_after(conversation, 0)[-1].seq, False, texts[1])
    records.leave_contact(conversation, str(uuid.uuid4()), Contact(texts[0], None, texts[1], texts[2]))
    records.add_person("hostile", '"><svg onload=window.pwned=1>', ["viewer"])
    records.write_audit(texts[0], texts[1], "read", conversation, texts[2])

    page = watched.page
    page.context.add_cookies([{"name": "console", "value": staff.http.cookies["console"], "url": desk.house.api}])
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for path in (
        where, "/inbox", "/conversations", f"/conversations?tag={texts[1][:40]}", "/people", f"/people/{staff.id}", "/audit",
        "/account", "/review", "/review/gaps", f"/insights?from={today}",
    ):  # fmt: skip
        page.goto(f"{desk.house.api}/console{path}")
        assert page.evaluate(LOOK) == HARMLESS, path
    page.goto(f"{desk.house.api}/console{where}")
    expect(page.locator("ol.log > li")).to_have_count(len(records.messages_after(conversation, 0)))
    live = texts[1] + " live"
    desk.write(conversation, live)
    expect(page.locator("ol.log > li").last).to_contain_text(live, timeout=8000)  # put in place by htmx
    assert page.evaluate(LOOK) == HARMLESS
    shown = page.locator("ol.log").inner_text()
    assert all(text.split("\n")[0].strip() in shown for text in texts)
    assert not [url for url in asked if "evil.example" in url]
