"""Staff find conversations by what people wrote, redacted; nothing of it is in addresses, and nothing stays of it."""

from __future__ import annotations

import re
import uuid

import httpx

from records import Cause, Message
from tests.console.parts import NAME, Desk, Staff, somebody, text_of


def search(staff: Staff, words: str, **filters: str) -> httpx.Response:
    """Look for words as the form does."""
    if not staff.csrf:
        staff.get("/conversations")
    return staff.follow(staff.post("/conversations/search", words=words, **filters))


def found(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, text_of(page)
    return re.findall(r'<th scope="row"><a href="/console/conversations/([0-9a-f]+)"', page.text)


def unlike_others() -> str:
    """A word that no other test says."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex)


def test_a_hit_is_shown_with_marks_and_leads_to_its_message(desk: Desk, clinician: Staff) -> None:
    word = unlike_others()
    conversation = desk.conversation(text=f"I am {NAME} & <b>my bladder</b> {word} hurts")
    desk.conversation(text="My bladder hurts")
    page = search(clinician, f"Bladder {word[:9]}")
    assert found(page) == [conversation]
    assert re.search(rf'<a href="/console/conversations/{conversation}#message-2">', page.text)
    assert re.findall(r"<mark>([^<]*)</mark>", page.text) == ["bladder", word]
    assert "I am [name] &amp; &lt;b&gt;my" in page.text and NAME not in page.text


QUERIES = {
    "{}": True, "{} caf": True, "CAFE {}": True, "café {}": True, "cafe\u0301 {}": True, "caf {}": False,
    "{} tomorrow": True, "tomorrow {} café": True, "{} {}": True, "{} yesterday": False, "[name] {}": True,
    '"{}" -café*': True, "{}\x00'); DROP TABLE words; --": False, "{} %": True, "{}_": True, "*": False, '"': False,
    "OR": False, "NEAR({})": False, NAME: False, "ﬁ²": False, "\u0301": False,
}  # fmt: skip


def test_words_mean_themselves_and_nothing_else(desk: Desk, clinician: Staff) -> None:
    word = unlike_others()
    conversation = desk.conversation(text=f"{NAME}, the café, {word}: tomorrow.")
    for query, is_found in QUERIES.items():
        page = search(clinician, query.replace("{}", word))
        assert (conversation in found(page)) is is_found, query


def test_words_and_filters_narrow_the_list_together_and_over_its_pages(desk: Desk, clinician: Staff) -> None:
    word = unlike_others()
    ids = [desk.conversation(text=f"{word} {number}") for number in range(52)]
    desk.records.add_tag(ids[3], word[:20], clinician.name)
    assert found(search(clinician, word, tag=word[:20])) == [ids[3]]
    assert found(search(clinician, word, kind="answer")) == []
    first = search(clinician, word)
    assert found(first) == ids[:1:-1]
    older = re.search(r'href="/console(/conversations\?[^"]*before=[^"]*)"', first.text)
    assert older and word not in older[1]
    assert found(clinician.get(older[1].replace("&amp;", "&"))) == [ids[1], ids[0]]
    assert f'value="{word}"' in first.text


def test_only_what_people_wrote_is_searched_and_what_the_guide_keeps_is_not(desk: Desk, clinician: Staff) -> None:
    word, conversation = unlike_others(), desk.conversation()
    desk.records.say(conversation, Message("bot", "answer", {"text": word}))
    desk.records.receive(conversation, "guided", {"text": word, "guide": True})
    assert found(search(clinician, word)) == []
    desk.records.keep_guide(conversation)
    assert found(search(clinician, word)) == [conversation]
    desk.records.take_over(conversation, clinician.name)
    other = unlike_others()
    desk.records.say(conversation, Message("clinician", "clinician", {"text": other}))
    assert found(search(clinician, other)) == [conversation]


def test_what_is_erased_is_found_no_more_and_is_in_no_file(desk: Desk, clinician: Staff) -> None:
    word = unlike_others()
    erased, kept = desk.conversation(text=f"I said {word}x"), desk.conversation(text=f"I said {word}y")
    assert set(found(search(clinician, word))) == {erased, kept}
    desk.records.erase(erased)
    assert found(search(clinician, word)) == [kept]
    for path in desk.house.var.glob("records.db*"):
        assert f"{word}x".encode() not in path.read_bytes(), path.name
    assert any(f"{word}y".encode() in path.read_bytes() for path in desk.house.var.glob("records.db*"))


def test_words_are_in_no_address_and_open_for_the_own_session_only(desk: Desk, clinician: Staff) -> None:
    word, other = unlike_others(), somebody(desk, "clinician")
    clinician.get("/conversations")
    address = clinician.post("/conversations/search", words=word).headers["location"]
    assert word not in address
    assert clinician.get(address.removeprefix("/console")).status_code == 200
    refused = other.get(address.removeprefix("/console"))
    assert refused.status_code == 404 and word not in refused.text
    assert word not in desk.log
    assert not any(word in str(row) for row in desk.sql("SELECT * FROM audit"))


def test_a_search_and_what_it_shows_are_in_the_audit(desk: Desk) -> None:
    word, viewer = unlike_others(), somebody(desk, "viewer")
    conversation = desk.conversation(Cause("a", "U1", ("on_call",)), text=word)
    search(viewer, word)
    rows = [(row.who, row.action, row.conversation) for row in desk.records.audit_rows(2)]
    assert rows == [(viewer.name, "found", conversation), (viewer.name, "search", None)]
    assert desk.records.verify_audit().damaged is None
    assert somebody(desk, "auditor").post("/conversations/search", words=word).status_code == 403
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        refused = search(viewer, word)
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    assert refused.status_code == 503 and conversation not in refused.text
