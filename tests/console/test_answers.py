"""The answers' pages: what is shown of each, who signs what, and what an edited answer needs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from content.catalogue import Catalogue
from content.standing import SIGNED_FOR
from content.versions import contents, digest_of
from records import Message, Person, Signature
from tests.console.parts import Desk, Staff, somebody, text_of

CATALOGUE = Catalogue()
TODAY = dt.datetime.now(dt.UTC).date()
BEFORE = Person("0" * 32, "before", "Dr. Before", ("clinician",), dt.datetime.now(dt.UTC))


@pytest.fixture(scope="module")
def clinician(desk: Desk) -> Iterator[Staff]:
    """One for all tests of this file: each has answers of its own."""
    staff = somebody(desk, "clinician")
    desk.browsers.remove(staff.http)
    yield staff
    staff.http.close()


def digest_in(page: httpx.Response) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page.text)
    assert found, text_of(page)
    return found[1]


def sign(staff: Staff, topic: str) -> httpx.Response:
    """Open the answer and press the button."""
    digest = digest_in(staff.get(f"/answers/{topic}"))
    return staff.post(f"/answers/{topic}/sign", digest=digest)


def listed(staff: Staff, query: str) -> list[str]:
    page = staff.get(f"/answers?{query}")
    assert page.status_code == 200, text_of(page)
    return re.findall(r'<th scope="row"><a href="/console/answers/([a-z0-9_/]+)"', page.text)


def earlier(desk: Desk, topic: str, until: dt.date, was: str = "", now: str = "") -> Signature:
    """Somebody signed the answer before; ``was`` stood where ``now`` stands today."""
    content = contents(CATALOGUE)[topic]
    assert now in content
    return desk.records.sign(topic, content.replace(now, was, 1), BEFORE, until)


def asked_about(desk: Desk, topic: str, *, kind: str = "answer", helpful: bool | None = None, **body: object) -> str:
    conversation = desk.conversation()
    reply = Message("bot", kind, {"text": "A reply.", "topics": [topic], **body})
    seq = desk.records.say(conversation, reply).seq
    if helpful is not None:
        desk.records.give_feedback(conversation, seq, helpful, None)
    return conversation


def test_every_sentence_is_shown_with_what_it_rests_on(clinician: Staff) -> None:
    answer = CATALOGUE.answers["safety/is_it_safe"]
    page = clinician.get("/answers/safety/is_it_safe")
    shown = text_of(page)
    for sentence in (*answer.short, *answer.detail):
        assert " ".join(sentence.says.split()) in shown
        for source in CATALOGUE.knowledge.sources([sentence]):
            assert source.title in shown and (source.heading or "") in shown
            assert not source.corrected or source.corrected in shown
            assert not source.url or f'href="{source.url}"' in unescape(page.text)
    for topic in answer.follow_ups:
        assert f'href="/console/answers/{topic}"' in page.text
    assert "Editorial, by nobody named, on Nov 22, 2026, until May 22, 2027" in shown


def test_what_rests_on_no_outside_source_says_so(clinician: Staff) -> None:
    knowledge = CATALOGUE.knowledge
    topic = next(
        topic
        for topic, answer in CATALOGUE.answers.items()
        if any(not knowledge.sources([one]) for one in (*answer.short, *answer.detail))
    )
    assert "No outside source" in text_of(clinician.get(f"/answers/{topic}"))


def test_how_often_an_answer_was_asked_for_and_helped(desk: Desk, clinician: Staff) -> None:
    topic = "conditions/ptsd"
    conversation = asked_about(desk, topic, helpful=True)
    asked_about(desk, topic, helpful=False)
    asked_about(desk, topic, kind="decline", helpful=False)  # not shown: what is said of that is not of the answer
    asked_about(desk, topic, guide=True)  # said in the guide, and so nobody's to count
    old, older = asked_about(desk, topic, helpful=True), asked_about(desk, topic)
    for one, days in ((old, 60), (older, 100)):
        ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S.%f")
        desk.sql("UPDATE asked SET at = ? WHERE conversation = ?", ago, one)
    page = clinician.get(f"/answers/{topic}")
    shown = text_of(page)
    assert "3 times in 30 days: the conversations , 1 of them not shown. 1 of the 2 who said so" in shown
    assert "4 times in 90 days: the conversations , 1 of them not shown. 2 of the 3 who said so" in shown
    link = re.search(r'href="/console(/conversations\?topic=[^"]+)"', page.text)
    assert link and conversation in clinician.get(unescape(link[1])).text
    desk.records.erase(conversation)
    assert "2 times in 30 days" in text_of(clinician.get(f"/answers/{topic}"))


def test_a_clinician_signs_what_is_shown_and_it_is_kept_with_the_signature(desk: Desk, clinician: Staff) -> None:
    topic = "safety/bladder"
    assert "Not signed" in text_of(clinician.get(f"/answers/{topic}"))
    answer = sign(clinician, topic)
    shown = text_of(clinician.follow(answer))
    kept = desk.records.signature(topic)
    assert kept and (kept.person, kept.by, kept.until) == (clinician.id, clinician.name, TODAY + SIGNED_FOR)
    assert kept.content == contents(CATALOGUE)[topic] and kept.digest == digest_of(kept.content)
    assert abs(kept.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert f"by {clinician.name} on" in shown and "Sign it again" in shown
    row = next(row for row in desk.records.audit_rows() if row.action == "sign-answer")
    assert row.who == clinician.name and row.reason and row.reason.startswith(f"{topic}, version {kept.digest[:12]}")


def test_signing_the_same_version_again_renews_one_signature(desk: Desk, clinician: Staff) -> None:
    topic = "safety/nausea_care"
    earlier(desk, topic, TODAY - dt.timedelta(days=1))
    assert "The signature has run out" in text_of(clinician.get(f"/answers/{topic}"))
    for _ in range(2):  # pressed twice
        assert sign(clinician, topic).status_code == 303
    shown = text_of(clinician.get(f"/answers/{topic}"))
    assert f"Renewed by {clinician.name}" in shown and "Signed by Dr. Before" in shown
    assert [one.by for one in desk.records.signatures_of(topic)] == [clinician.name, "Dr. Before"]


def test_an_edited_answer_needs_a_new_signature_and_shows_what_changed(desk: Desk, clinician: Staff) -> None:
    topic = "safety/monitoring"
    now = CATALOGUE.answers[topic].short[0].says
    earlier(desk, topic, TODAY + SIGNED_FOR, was="Nobody watches you.", now=now)
    page = clinician.get(f"/answers/{topic}")
    assert "Changed since it was signed by Dr. Before on" in text_of(page)
    assert re.search(r"<del>.*Nobody watches you\.</del>", page.text)
    assert re.search(rf"<ins>.*{re.escape(now)}</ins>", unescape(page.text))
    assert topic in listed(clinician, "state=changed") and topic not in listed(clinician, "state=signed")
    sign(clinician, topic)
    assert "Changed since" not in text_of(clinician.get(f"/answers/{topic}"))
    assert len(desk.records.signatures_of(topic)) == 2


def test_what_it_rests_on_is_signed_too(desk: Desk, clinician: Staff) -> None:
    topic = "safety/serious_side_effects"
    answer = CATALOGUE.answers[topic]
    source = next(one for one in CATALOGUE.knowledge.sources(answer.short) if one.url)
    earlier(desk, topic, TODAY + SIGNED_FOR, was="A blog", now=source.title)
    assert "Changed since it was signed" in text_of(clinician.get(f"/answers/{topic}"))


def test_what_changed_since_it_was_opened_is_not_signed(desk: Desk, clinician: Staff) -> None:
    topic = "safety/driving_afterwards"
    clinician.get(f"/answers/{topic}")
    refused = clinician.post(f"/answers/{topic}/sign", digest="0" * 64)
    assert refused.status_code == 409 and "This answer has changed since you opened it" in text_of(refused)
    assert desk.records.signature(topic) is None
    assert desk.records.audit_rows(1)[0].action == "sign-answer-refused"


@pytest.mark.parametrize("role", ["viewer", "reviewer", "manager"])
def test_only_clinicians_sign(desk: Desk, role: str) -> None:
    staff, topic = somebody(desk, role), "safety/addiction_and_misuse"
    page = staff.get(f"/answers/{topic}")
    assert "Clinicians sign answers" in text_of(page) and "digest" not in page.text
    refused = staff.post(f"/answers/{topic}/sign", digest=digest_of(contents(CATALOGUE)[topic]))
    assert (refused.status_code, desk.records.signature(topic)) == (403, None)


def test_what_cannot_be_written_down_is_neither_shown_nor_signed(desk: Desk, clinician: Staff) -> None:
    topic = "safety/addiction_and_misuse"
    digest = digest_in(clinician.get(f"/answers/{topic}"))
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        statuses = [clinician.get("/answers").status_code, clinician.get(f"/answers/{topic}").status_code]
        statuses.append(clinician.post(f"/answers/{topic}/sign", digest=digest).status_code)
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    assert (statuses, desk.records.signature(topic)) == ([503, 503, 503], None)


def test_the_list_is_narrowed_and_sorted(desk: Desk, clinician: Staff) -> None:
    area = [topic for topic in CATALOGUE.answers if topic.startswith("evidence/")]
    assert listed(clinician, "area=evidence") == area
    assert len(listed(clinician, "")) == len(CATALOGUE.answers)
    signed, over, soon, liked, disliked = area[:5]
    earlier(desk, signed, TODAY + SIGNED_FOR)
    earlier(desk, over, TODAY - dt.timedelta(days=1))
    earlier(desk, soon, TODAY + dt.timedelta(days=30))
    for topic, helpful in ((liked, True), (disliked, False), (disliked, True), (disliked, False)):
        asked_about(desk, topic, helpful=helpful)
    assert listed(clinician, "area=evidence&state=signed") == [signed, soon]
    assert listed(clinician, "area=evidence&state=expired") == [over]
    assert listed(clinician, "area=evidence&state=expiring") == [soon]
    assert listed(clinician, "area=evidence&state=unsigned") == area[3:]
    assert listed(clinician, "area=evidence&sort=asked")[:2] == [disliked, liked]
    assert listed(clinician, "area=evidence&sort=helpful")[:3] == [disliked, liked, signed]
    page = clinician.get("/answers?area=evidence&sort=helpful&state=")
    assert "33 % of 3" in text_of(page) and '<option value="helpful" selected>' in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/answers/safety/nothing", 404), ("/answers?state=odd", 422), ("/answers?sort=odd", 422), ("/answers?x=1", 422)],
)
def test_what_is_none_is_said_so(clinician: Staff, path: str, status: int) -> None:
    assert clinician.get(path).status_code == status


def test_looking_is_in_the_audit(desk: Desk, clinician: Staff) -> None:
    clinician.get("/answers")
    clinician.get("/answers/safety/bladder")
    found = [(row.action, row.reason) for row in desk.records.audit_rows(2)]
    assert found == [("read-answer", "safety/bladder"), ("read-answers", None)]
