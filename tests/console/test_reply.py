"""What a clinician writes reaches the visitor at once, once, under their name, and as they wrote it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from html import unescape

import pytest

from frontdesk.console.canned import CannedError, filled, load_canned
from tests.chat.test_events import listening, messages
from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody, text_of


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    one = Visitor(desk.house.api)
    yield one
    one.http.close()


def test_a_reply_reaches_the_visitor_live(desk: Desk, clinician: Staff, visitor: Visitor) -> None:
    where = f"/conversations/{visitor.id}"
    with listening(visitor, "1") as following:
        assert next(following).data == {"owner": "bot"}
        clinician.post(f"{where}/take-over")
        told = next(following)
        assert (told.name, told.data) == ("owner", {"owner": "clinician"})
        clinician.post(f"{where}/reply", text="  Hello, can I call you?\n", id=str(uuid.uuid4()))
        (said,) = messages(following, 1)
    assert (said["author"], said["kind"], said["author_name"]) == ("clinician", "clinician", clinician.name)
    assert said["text"] == "Hello, can I call you?"
    assert visitor.log()[-1] == said
    assert "Hello, can I call you?" in clinician.get(where).text


def test_the_same_form_sent_twice_says_it_once(desk: Desk, clinician: Staff, visitor: Visitor) -> None:
    where = f"/conversations/{visitor.id}"
    clinician.post(f"{where}/take-over")
    page = clinician.get(where).text
    form = page[page.index('id="reply"') :]
    found = re.search(r'name="id" value="([0-9a-f-]{36})"', form)
    assert found
    for _ in range(3):
        assert clinician.post(f"{where}/reply", text="Hello.", id=found[1]).status_code == 303
    assert [one["text"] for one in visitor.log() if one["author"] == "clinician"] == ["Hello."]


@pytest.mark.parametrize("text", ["", "  \n", "\u200b"])
def test_an_empty_reply_is_refused(desk: Desk, clinician: Staff, visitor: Visitor, text: str) -> None:
    where = f"/conversations/{visitor.id}"
    clinician.post(f"{where}/take-over")
    answer = clinician.post(f"{where}/reply", text=text, id=str(uuid.uuid4()))
    assert (answer.status_code, "The field 'text' is" in text_of(answer)) == (422, True)
    assert len(visitor.log()) == 1


def box(page: str, which: str) -> str:
    found = re.search(rf'<textarea id="{which}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return unescape(found[1]) if found else ""


def test_what_was_written_and_is_refused_is_shown_again_with_the_reason(
    desk: Desk, clinician: Staff, visitor: Visitor
) -> None:
    where, text, id = f"/conversations/{visitor.id}", "I'd <call>\n\nyou.", str(uuid.uuid4())
    clinician.post(f"{where}/take-over")
    long = clinician.post(f"{where}/reply", text=text + "x" * 2000, id=id)
    assert (long.status_code, box(long.text, "reply-text")) == (422, text + "x" * 2000)
    assert "it is 16 characters longer than 2,000. Shorten it" in text_of(long)
    clinician.post(f"{where}/close", outcome="done")
    other = somebody(desk, "clinician")

    def refused(status: int, reason: str) -> None:
        answer = clinician.post(f"{where}/reply", text=text, id=id)
        assert (answer.status_code, box(answer.text, "unsent"), box(answer.text, "reply-text")) == (status, text, "")
        assert reason in text_of(answer)

    refused(409, "This conversation is closed")
    visitor.post(text="Hello?")
    refused(409, "Take it over first")
    other.post(f"{where}/take-over")
    refused(409, f"{other.name} has this conversation")
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        refused(503, "This cannot be recorded")
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    desk.records.erase(visitor.id)
    refused(404, "There is no such conversation")


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "{{ 7*7 }}", "{% raw %}",
    "<b hx-get='/console/people' hx-trigger='load'>", "&lt;script&gt;", "javascript:alert(1)", "</textarea><script>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_anybody_writes_is_text_and_nothing_else(
    desk: Desk, clinician: Staff, visitor: Visitor, text: str
) -> None:
    where = f"/conversations/{visitor.id}"
    visitor.post(text=text)
    clinician.post(f"{where}/take-over")
    clinician.post(f"{where}/reply", text=text, id=str(uuid.uuid4()))
    clinician.post(f"{where}/note", text=text, id=str(uuid.uuid4()))
    clinician.post(f"{where}/tag", tag=text[:40])
    for page in (clinician.get(where), clinician.get(f"{where}/log")):
        assert page.text.count("<script") == (2 if page.url.path == f"/console{where}" else 0)
        assert not re.search(r"<(img|svg|b)\b", page.text)
        assert "onerror=alert(1)>" not in page.text
        assert "49" not in re.findall(r'class="words">(.*?)</p>', page.text, re.DOTALL)
    assert visitor.log()[-1]["text"] == text


def test_canned_replies_come_with_the_names_filled_in(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    clinician.post(f"/conversations/{conversation}/take-over")
    ready = load_canned()
    clinic = "Example Ketamine Clinic"
    for one in filled(ready, clinician.name, clinic):
        page = clinician.get(f"/conversations/{conversation}?canned={one.id}")
        assert one.title in text_of(page)
        box = re.search(r'<textarea id="reply-text"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
        assert box and box[1] == one.text.replace("'", "&#39;").replace('"', "&#34;")
    assert clinician.get(f"/conversations/{conversation}?canned=nothing").status_code == 200
    assert any(clinician.name in one.text and clinic in one.text for one in filled(ready, clinician.name, clinic))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("replies: [{id: a, title: A, text: 'Hello {nobody}'}]", "no variables but"),
        ("replies: [{id: a, title: A}]", "reply 1"),
        ("replies: [{id: a, title: A, text: B}, {id: a, title: C, text: D}]", "the same 'id'"),
    ],
)
def test_a_canned_reply_that_cannot_be_used_is_named(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, content: str, says: str
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    file = tmp_path / "canned.yml"
    file.write_text(content)
    monkeypatch.setattr("frontdesk.console.canned.FILE", file)
    with pytest.raises(CannedError, match=re.escape(says)):
        load_canned()


def test_canned_replies_are_short_plain_and_promise_nothing() -> None:
    for one in load_canned():
        assert len(one.text.split()) <= 45, one.id
        assert not re.search(r"(?i)on (my|the) way|will be there|you will be fine|guarantee|diagnos", one.text), one.id
