"""No word of a visitor or about one is readable in any file of the database, while it is open or after."""

from __future__ import annotations

import base64
import itertools
import uuid
from collections.abc import Callable
from pathlib import Path

from records import Contact, Gap, Mark, Message, Records
from records.bulk import Bulk
from tests.records.parts import ADVICE, CRISIS, NOW, OPENING, opened, received

FILES = {"records.db", "records.db-wal", "records.db-shm"}


def marks() -> Callable[[], str]:
    """Gives a new identifier at each call; all of them are looked for at the end."""
    numbers = itertools.count(100)
    return lambda: f"zq{next(numbers)}wombat"


def found_in(folder: Path, words: list[str]) -> set[tuple[str, str]]:
    """Which words are in which files: as UTF-8, as UTF-16 of both kinds, in hexadecimal, in base64 at any offset."""
    found = set()
    for path in folder.iterdir():
        content = path.read_bytes()
        shortened = content.replace(b"\0", b"").lower()
        for word in words:
            coded = [base64.b64encode(b"_" * shift + word.encode())[4:-4] for shift in range(3)]
            plain = [word.encode(), word.encode().hex().encode()]
            if any(form in shortened for form in plain) or any(form in content for form in coded):
                found.add((path.name, word))
    return found


def a_full_life(records: Records, new: Callable[[], str]) -> str:
    """Every verb that takes words, with words that are nowhere else."""
    conversation = opened(records)
    visitor = received(
        records, conversation, {"text": f"I am {new()}, ü日本 {' '.join(new() for _ in range(8))}"}, CRISIS, ADVICE
    )
    understood = {
        "intent": new(), "entities": [{"value": new()}], "confidence": 0.5, "candidates": [new()], "findings": [new()],
    }  # fmt: skip
    body = {
        "text": f"About {new()}.", "category": new(), "suggestions": [{"label": new(), "value": new()}],
        "sources": [{"id": new(), "title": new()}], "contacts": [{"label": new(), "href": new()}], "form": {"id": new()},
    }  # fmt: skip
    records.answer(conversation, visitor, [Message("bot", "decline", body, understanding=understood)])
    received(records, conversation, {"text": new(), "choice": new()})
    asked = Message("bot", "guide", {"text": new(), "guide": True, "suggestions": [{"label": new(), "value": new()}]})
    records.say(conversation, asked)
    told = received(records, conversation, {"text": new(), "choice": f"guide:answer:age:{new()}", "guide": True})
    records.keep_from_guide(conversation, told.seq)
    records.keep_guide(conversation)
    received(records, conversation, {"text": new(), "choice": new(), "guide": True})
    records.forget_guide(conversation, "Forgotten.")
    records.give_feedback(conversation, 3, False, new())
    records.escalate(conversation, 2, [ADVICE], {"age": new(), new(): [new(), {"name": new()}]})
    records.leave_contact(conversation, str(uuid.uuid4()), Contact(name=new()))
    records.leave_contact(conversation, str(uuid.uuid4()), Contact(new(), new(), new(), new()))
    records.request_person(conversation, new())
    records.take_over(conversation, "Dr. Lee")
    records.say(conversation, Message("clinician", "clinician", {"text": new(), "author_name": "Dr. Lee"}))
    records.lower_flag(conversation, "Dr. Lee", new())
    records.write_audit("Dr. Lee", "clinician", "lower-flag", conversation, new())
    records.add_note(conversation, str(uuid.uuid4()), "Dr. Lee", new())
    records.mark(conversation, 2, Mark("Dr. Lee", "new_topic", note=new()))
    records.keep_groups([[Gap(conversation, 2, NOW, new(), ())]])
    records.close(conversation, "Dr. Lee", new())
    return conversation


def remembered() -> tuple[Callable[[], str], list[str]]:
    """Return what makes words to look for, and the list of those it made."""
    given: list[str] = []
    source = marks()

    def new() -> str:
        given.append(source())
        return given[-1]

    return new, given


def test_nothing_is_in_the_clear_in_any_file(records: Records, database: Path) -> None:
    new, given = remembered()
    conversation = a_full_life(records, new)
    assert len(given) > 45
    records.add_tag(conversation, "zqtagwombat", "Dr. Lee")  # tags are in the clear: what is looked for can be found
    assert {path.name for path in database.parent.iterdir()} == FILES
    assert found_in(database.parent, [*given, "zqtagwombat"]) == {("records.db-wal", "zqtagwombat")}
    for word in (conversation, given[0]):
        (database.parent / "sample").write_bytes(f"\0{word}\0".encode("utf-16") + base64.b64encode(f"x{word}".encode()))
        assert found_in(database.parent, [word]) >= {("sample", word)}
    (database.parent / "sample").unlink()
    records.dispose()
    assert found_in(database.parent, given) == set()
    assert ("records.db", "zqtagwombat") in found_in(database.parent, ["zqtagwombat"])


def test_all_of_it_is_there_for_those_who_have_the_key(records: Records, other: Records) -> None:
    new, given = remembered()
    conversation = a_full_life(records, new)
    read = repr(
        [
            *((m.body, m.understanding) for m in other.messages_after(conversation, 0)),
            *(case.summary for case in other.cases_of(conversation)),
            vars(other.contact_of(conversation) or object),
            other.transitions_of(conversation), other.flags_of(conversation), other.notes_of(conversation),
            other.marks_of(conversation), other.audit_rows(1), [gap.text for gap in other.gaps(10)],
        ]
    )  # fmt: skip
    missing = [word for word in given if word not in read]
    # The guide's last answer was forgotten and the first contact replaced; nobody reads comments; groups keep no words.
    assert len(missing) == 5, missing


def test_a_reason_in_the_audit_goes_with_the_conversation_and_the_chain_holds(records: Records) -> None:
    conversation = opened(records)
    records.write_audit("Dr. Lee", "clinician", "lower-flag", conversation, "she said so")
    assert [row.reason for row in records.audit_rows()] == ["she said so"]
    records.erase(conversation)
    assert [row.reason for row in records.audit_rows()] == [None]
    assert (records.verify_audit().rows, records.verify_audit().damaged) == (1, None)


def test_a_history_put_in_at_once_is_sealed_too(database: Path) -> None:
    bulk, at = Bulk(f"sqlite:///{database}"), {"conversation": "c1", "at": NOW}
    bulk.put(
        {
            "conversations": [
                {"id": "c1", "token_hash": "", "origin": "", "locale": "en", "owner": "bot", "last_seq": 1, "created_at": NOW}
            ],
            "messages": [{"conversation": "c1", "seq": 1, "author": "bot", "kind": "opening", "body": OPENING.body, "sent_at": NOW}],
            "transitions": [{**at, "from_owner": "bot", "to_owner": "closed", "by": "Ann", "why": "zq100wombat"}],
            "notes": [{**at, "client_id": "n1", "by": "Ann", "text": "zq101wombat"}],
        }
    )  # fmt: skip
    records = Records(bulk.url)
    assert records.messages_after("c1", 0)[0].body == OPENING.body
    assert records.transitions_of("c1")[0].why == "zq100wombat"
    assert records.notes_of("c1")[0].text == "zq101wombat"
    assert found_in(database.parent, ["Welcome", "zq100wombat", "zq101wombat"]) == set()
    records.dispose()
    bulk.dispose()
