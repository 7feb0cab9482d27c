"""Takes the pictures in docs/console.md: ``python -m tools.console_pictures``, part of ``make pictures``.

From demo data, signed in as an invented person. Needs no Rasa: the console does not ask it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from content.catalogue import ROOT, Catalogue
from content.standing import SIGNED_FOR
from content.versions import contents
from frontdesk.console.rights import ROUTES
from records import GAPS, Gap, Mark, Message, Records, people_for
from review.progress import Counted, Diary, State, What
from tools.console_alone import console, signed_in
from tools.demo_data import main as fill
from tools.pictures import BROWSER, FLAGS

SIZE: ViewportSize = {"width": 1280, "height": 600}  # high enough to show what is said, and not a large file
MARKED = 6  # messages of the demo data
# Words that the assistant has no example of yet.
TO_TEACH = (
    ("does it make your bladder grumpy if you only go twice", Mark("", "topic", topic="safety/bladder")),
    ("can you recommend a good podcast for the drive home", Mark("", "decline")),
    (
        "will the fog in my head have cleared by monday, call me on 212 555 0123",
        Mark("", "topic", topic="safety/is_it_safe"),
    ),
)
OPENING = Message("bot", "opening", {"text": "Welcome."})
FOLDER = ROOT / "docs" / "console"
# A picture's name, and its page; a page that there is not yet has no picture.
PAGES = {
    "queue": "/inbox",
    "conversations": "/conversations",
    "review": "/review",
    "gaps": "/review/gaps",
    "teach": "/review/teach",
    "answers": "/answers?sort=asked",
    "insights": "/insights",
    "people": "/people",
    "audit": "/audit",
}
PARTS = {"insights-days": "#days", "insights-topics": "#topics", "insights-times": "#times"}  # of the insights


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as var,
        console(Path(var), lambda _: fill([])) as (house, records),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        context = browser.new_context(viewport=SIZE, color_scheme="light")
        page = context.new_page()
        _take(page, f"{house.api}/console/sign-in", "sign-in")
        token = signed_in(records)
        context.add_cookies([{"name": "console", "value": token, "url": f"{house.api}/console"}])
        raised = next(one for one in records.queue() if one.raised)
        _take(page, f"{house.api}/console/conversations/{raised.conversation}", "conversation")
        _reviewed(records)
        edited = _signed(records)
        _take(page, f"{house.api}/console/answers/{edited}", "answer")
        for name, path in PAGES.items():
            if ("GET", path.partition("?")[0]) in ROUTES:
                _take(page, f"{house.api}/console{path}", name)
        _learnt(Path(var) / "taught")
        page.goto(f"{house.api}/console/review/teach")
        page.locator("#learn").screenshot(path=FOLDER / "learn.png")
        page.goto(f"{house.api}/console/insights")
        for name, part in PARTS.items():
            page.locator(part).screenshot(path=FOLDER / f"{name}.png")
        browser.close()


def _reviewed(records: Records) -> None:
    """Let the invented people mark some messages, and group those without an answer by the topic that came nearest."""
    groups: dict[tuple[str, ...], list[Gap]] = {}
    for gap in records.gaps(GAPS):
        groups.setdefault(gap.near[:1], []).append(gap)
    records.keep_groups(list(groups.values()))
    people = [one.name for one in records.people() if "clinician" in one.roles or "reviewer" in one.roles]
    asking = Records(records.url, redact=str)  # of what is invented, everything may be read
    for text, mark in TO_TEACH:
        conversation = asking.open_conversation("https://clinic.example", "en-US", OPENING)[0].id
        visitor = asking.receive(conversation, str(uuid.uuid4()), {"text": text})
        asking.answer(
            conversation, visitor, [Message("bot", "decline", {"text": "I cannot answer that.", "topics": []})]
        )
        for person in people[: people_for(conversation)]:
            records.mark(conversation, visitor.seq, replace(mark, by=person))
    asking.dispose()
    for number, one in enumerate(records.to_review(people[0], MARKED)):
        topic = one.outcome.topics[0] if one.outcome.topics else "safety/is_it_safe"
        marks = [Mark(people[0], "topic", topic=topic), Mark(people[0], "decline"), Mark(people[0], "right")]
        for person in people[: people_for(one.conversation)]:
            records.mark(one.conversation, one.seq, replace(marks[number % len(marks)], by=person))


def _learnt(folder: Path) -> None:
    """Say what learning would have come to."""
    diary = Diary(folder, What.LEARN)
    groups = [
        Counted("reviewed messages", 212, (171, 180), (19, 16), (22, 16)),
        Counted("fixed questions", 1214, (1041, 1043), (121, 121), (52, 50)),
        Counted("fixed, serious", 960, (903, 904), (31, 31), (26, 25)),
    ]
    diary.graded(groups, [f"{number:08x}, message 2" for number in range(12)], ["0000000c, message 4"], [])
    diary.end(State.LEARNT)


def _signed(records: Records) -> str:
    """Let the invented person sign some answers, and an earlier version of one; return which."""
    person = next(one for one in records.people() if one.login == "demo-kim")
    catalogue, until = Catalogue(), dt.datetime.now(dt.UTC).date() + SIGNED_FOR
    for topic, content in list(contents(catalogue).items())[::3]:
        records.sign(topic, content, person, until)
    edited = "safety/bladder"
    earlier = contents(catalogue)[edited].replace(catalogue.answers[edited].short[0].says, "It may harm the bladder.")
    records.sign(edited, earlier, person, until)
    return edited


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
