"""Pages reach people: a real outbox, a real mail server, a real HTTP receiver."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from content.clinic import Clinic
from escalation import notifier as notifier_module
from escalation.desk import EscalationDesk
from escalation.notices import Notices
from escalation.paging import unreachable
from records import Cause, Contact, Message, Page, Records
from tests.escalation.parts import (
    FORGOTTEN,
    HURRY,
    MARK,
    PUBLIC,
    a_clinic,
    mailbox,
    notices,
    notifying,
    silent_port,
    telephone,
    wait_for,
)

ON_CALL = ("on_call",)
CRISIS = Cause("a", "U0", ON_CALL)
IMPATIENT = replace(HURRY, acknowledge={"U0": 0.3, "U1": 0.3})


def told(*addresses: str | None, **teams: Sequence[str | None]) -> Clinic:
    """A clinic whose people on call, in order, are notified at ``addresses``."""
    everyone: dict[str, Sequence[str | None]] = {"on_call": addresses, **teams}
    return a_clinic(
        teams={
            team: [{"name": f"Person {n}", "notify": address} for n, address in enumerate(people, 1)]
            for team, people in everyone.items()
        }
    )


def in_danger(records: Records, conversation: str, *causes: Cause, text: str = f"I want to die {MARK}") -> None:
    records.receive(conversation, str(uuid.uuid4()), {"text": text}, causes or [CRISIS])


def pages(records: Records, conversation: str) -> list[tuple[int, str]]:
    return sorted((page.step, page.state) for page in records.pages_of(conversation))


def only(records: Records, conversation: str) -> Page:
    (page,) = records.pages_of(conversation)
    return page


def test_a_page_says_how_urgent_by_when_and_where_and_nothing_of_the_visitor(
    records: Records, conversation: str
) -> None:
    with mailbox() as box, telephone() as phone:
        clinic = told(f"{box.url('on-call')}, {phone.url('sms')}")  # two ways to one person, from one setting
        in_danger(records, conversation)
        contact = Contact(f"Ann {MARK}", "+12125550123", f"{MARK}@example.com", f"at night {MARK}")
        records.leave_contact(conversation, str(uuid.uuid4()), contact)
        with notifying(records, clinic):
            wait_for(lambda: box.got and phone.got and only(records, conversation).state == "sent")
    page = only(records, conversation)
    for got in (box.got[0], phone.got[0]):
        assert got.title == "[U0] A conversation needs a clinician now"
        assert got.token == page.token
        for words in ("Test Clinic", " today", f"{PUBLIC}/pages/", f"Case {page.case}"):
            assert words in got.body, words
        for words in (MARK, "die", "+1212", "Ann", "uicid", conversation):
            assert words not in got.raw, words
    assert [got.to for got in (*box.got, *phone.got)] == ["on-call@clinic.example", "sms"]
    assert page.ack_by is not None
    assert page.sent_at is not None
    assert (page.ack_by - page.sent_at).total_seconds() == 60
    assert notices(records, conversation) == []


def test_a_page_that_can_wait_is_due_by_the_clinics_hours(records: Records, conversation: str) -> None:
    with mailbox() as box:
        in_danger(records, conversation, Cause("f", "U3", ("clinicians",)))  # no such team: those on call
        with notifying(records, told(box.url("on-call"))):
            wait_for(lambda: only(records, conversation).state == "sent")
    assert box.got[0].title == "[U3] A conversation waits for a person"
    page = only(records, conversation)
    assert page.ack_by is not None
    assert page.ack_by > dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)


def test_what_is_refused_is_sent_again(
    records: Records, conversation: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with mailbox(refuse=2) as box:
        in_danger(records, conversation)
        with notifying(records, told(box.url("on-call"))):
            wait_for(lambda: only(records, conversation).state == "sent")
    assert (len(box.got), box.asked) == (1, 3)
    page = only(records, conversation)
    assert (page.attempts, page.last_error) == (3, None)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("escalation")]
    assert [line for line in ours if line.startswith("Page")] == [f"Page {page.id} was not sent: Refused"] * 2
    # pytest also hears loggers that pass nothing on; what a person would see is this.
    assert "clinic.example" not in "".join(capfd.readouterr())


def test_nobody_acknowledges_so_the_next_is_told_and_then_the_visitor(records: Records, conversation: str) -> None:
    with mailbox() as box, telephone() as phone:
        in_danger(records, conversation)
        with notifying(records, told(box.url("first"), phone.url("second")), IMPATIENT) as woken:
            wait_for(lambda: box.got)
            assert phone.got == []
            wait_for(lambda: phone.got)
            assert notices(records, conversation) == []
            (notice,) = wait_for(lambda: notices(records, conversation))
            wait_for(lambda: pages(records, conversation) == [(0, "unanswered"), (1, "unanswered")])
    assert woken[0] == conversation
    assert "Nobody at Test Clinic has confirmed seeing your messages yet" in notice
    assert "911" in notice
    (message,) = [m for m in records.messages_after(conversation, 0) if m.author == "system"]
    assert (message.kind, message.body["category"]) == ("notice", "a")
    assert (len(box.got), len(phone.got)) == (1, 1)
    assert box.got[0].token != phone.got[0].token
    assert "the next person is told" in box.got[0].body
    assert "Nobody is told after you." in phone.got[0].body


def test_who_acknowledges_ends_the_chain_and_the_visitor_hears_of_it_once(records: Records, conversation: str) -> None:
    with mailbox() as box, telephone() as phone:
        clinic = told(box.url("first"), phone.url("second"), box.url("third"))
        in_danger(records, conversation)
        with notifying(records, clinic, replace(HURRY, acknowledge={"U0": 0.5})):
            wait_for(lambda: phone.got)
            page = records.acknowledge(phone.got[0].token, dt.datetime.now(dt.UTC))
            assert page is not None
            said = Notices(records, clinic, EscalationDesk(records, clinic))
            assert said.seen(page) and said.seen(page)
            wait_for(lambda: {state for _, state in pages(records, conversation)} == {"acknowledged"})
            with pytest.raises(AssertionError):
                wait_for(lambda: len(box.got) > 1, 1.0)
    (notice,) = notices(records, conversation)
    assert "A clinician at Test Clinic has seen that you may need help" in notice


def test_two_teams_that_are_not_reached_are_one_notice(records: Records, conversation: str) -> None:
    with mailbox() as box:
        clinic = told(box.url("on-call"), safety_lead=[box.url("lead")])
        in_danger(records, conversation, Cause("b", "U0", ("on_call", "safety_lead")))
        with notifying(records, clinic, IMPATIENT):
            wait_for(lambda: pages(records, conversation) == [(0, "unanswered")] * 2)
    assert len(box.got) == 2
    assert len(notices(records, conversation)) == 1


def test_what_can_wait_is_not_a_notice(records: Records, conversation: str) -> None:
    in_danger(records, conversation, Cause("e", "U1", ON_CALL), Cause("a", "U3", ("front_desk",)))
    with notifying(records, told(None)):
        wait_for(lambda: {state for _, state in pages(records, conversation)} == {"failed"})
    assert notices(records, conversation) == []


def test_a_visitor_who_writes_spanish_is_told_in_spanish(records: Records, conversation: str) -> None:
    in_danger(records, conversation, text="ya no quiero vivir, no puedo mas")
    with notifying(records, told(None)):
        (notice,) = wait_for(lambda: notices(records, conversation))
    assert notice.startswith("Nadie en Test Clinic ha confirmado")


@pytest.mark.parametrize("acknowledged_by", ["compliance", "practice_manager"])
def test_who_is_no_clinician_is_not_called_one(records: Records, conversation: str, acknowledged_by: str) -> None:
    clinic = told("json://127.0.0.1:1/a", **{acknowledged_by: ["json://127.0.0.1:1/b"]})
    in_danger(records, conversation, Cause("j", "U1", (acknowledged_by,)))
    page = records.acknowledge(only(records, conversation).token, dt.datetime.now(dt.UTC))
    assert page is not None
    said = Notices(records, clinic, EscalationDesk(records, clinic))
    assert not said.seen(page)
    assert not said.not_seen(page)  # somebody has
    assert notices(records, conversation) == []


def test_nothing_is_said_where_a_clinician_writes_or_everything_was_erased(records: Records, conversation: str) -> None:
    clinic = told(None)
    said = Notices(records, clinic, EscalationDesk(records, clinic))
    in_danger(records, conversation)
    page = only(records, conversation)
    records.take_over(conversation, "Dr. Example")
    assert not said.not_seen(page)
    records.erase(conversation)
    assert not said.not_seen(page)
    assert not said.seen(page)


def test_who_cannot_be_notified_is_passed_over_and_named_at_the_start(
    records: Records, conversation: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOBODY_NOTIFY", raising=False)
    monkeypatch.setenv("WRONG_NOTIFY", "nosuchservice://secret@host")
    with mailbox() as box:
        clinic = told("${NOBODY_NOTIFY}", "${WRONG_NOTIFY}", None, box.url("fourth"), compliance=[None])
        assert unreachable(clinic) == {
            "on_call": [
                "Person 1: set NOBODY_NOTIFY", "Person 2: WRONG_NOTIFY is no Apprise URL",
                "Person 3: give 'notify' in clinic.yml",
            ],
            "compliance": ["Person 1: give 'notify' in clinic.yml"],
        }  # fmt: skip
        in_danger(records, conversation)
        with notifying(records, clinic):
            wait_for(lambda: box.got)
            wait_for(lambda: pages(records, conversation)[3:] == [(3, "sent")])
    assert notices(records, conversation) == []
    log = "".join(record.getMessage() for record in caplog.records if record.name.startswith("escalation"))
    assert log.count("Team on_call cannot be notified in full") == 1
    assert "report about staff" not in log  # somebody is there, though not reachable yet
    assert "secret" not in log
    assert MARK not in log


def test_a_service_that_hangs_is_left_alone_and_the_next_is_told(records: Records, conversation: str) -> None:
    with mailbox() as box, silent_port() as port:
        clinic = told(f"json://127.0.0.1:{port}/hangs", box.url("second"))
        in_danger(records, conversation)
        with notifying(records, clinic, replace(HURRY, send=0.3, acknowledge={"U0": 0.01})):
            wait_for(lambda: box.got)
            wait_for(lambda: any(page.last_error for page in records.pages_of(conversation)))
        first = next(page for page in records.pages_of(conversation) if page.step == 0)
    assert (first.state, first.last_error) == ("due", "Timeout")


def test_what_fails_for_long_is_tried_on_while_others_are_told(records: Records, conversation: str) -> None:
    with telephone() as phone, mailbox() as box:
        phone.status = 500
        clinic = told(phone.url("first"), box.url("second"))
        in_danger(records, conversation)
        with notifying(records, clinic):
            wait_for(lambda: box.got)
            phone.status = 200
            wait_for(lambda: phone.got)
            wait_for(lambda: pages(records, conversation) == [(0, "sent"), (1, "sent")])


def test_a_database_that_is_away_is_waited_for(
    records: Records, conversation: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = records.due_pages, []

    def away(*given: object) -> list[Page]:
        asked.append(given)
        if len(asked) <= 3:
            raise OperationalError(f"SELECT {MARK}", {}, Exception(MARK))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "due_pages", away)
    with mailbox() as box:
        in_danger(records, conversation)
        with notifying(records, told(box.url("on-call"))):
            wait_for(lambda: box.got)
    assert "Pages wait: OperationalError" in caplog.text
    assert MARK not in caplog.text


def test_a_crash_after_sending_sends_again_rather_than_never(
    records: Records, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, crashed = records.page_sent, list[Page]()

    def crash(page: Page, at: dt.datetime, ack_by: dt.datetime | None = None) -> None:
        if not crashed:
            crashed.append(page)
            raise OperationalError("UPDATE", {}, Exception())
        real(page, at, ack_by)

    monkeypatch.setattr(records, "page_sent", crash)
    monkeypatch.setattr(notifier_module, "CLAIM_MARGIN", -1.7)
    with mailbox() as box:
        in_danger(records, conversation)
        with notifying(records, told(box.url("on-call")), replace(HURRY, send=1.0)):
            wait_for(lambda: only(records, conversation).state == "sent")
    assert len(box.got) == 2
    assert box.got[0].token == box.got[1].token


def test_pages_of_many_conversations_all_arrive_once(records: Records) -> None:
    opening = Message("bot", "opening", {"text": "Welcome."})
    several = [records.open_conversation("", "en-US", opening)[0].id for _ in range(12)]
    with telephone() as phone:
        for one in several:
            in_danger(records, one)
        with notifying(records, told(phone.url("on-call"))):
            wait_for(lambda: all(only(records, one).state == "sent" for one in several))
    assert len({got.token for got in phone.got}) == len(phone.got) == 12


def test_a_report_about_staff_reaches_nobody_on_call(
    records: Records, conversation: str, caplog: pytest.LogCaptureFixture
) -> None:
    with mailbox() as box:
        in_danger(records, conversation, Cause("j", "U1", ("compliance", "medical_director"), form="staff"))
        with notifying(records, told(box.url("on-call"))):
            wait_for(lambda: pages(records, conversation) == [(0, "failed")] * 2)
            wait_for(lambda: notices(records, conversation))  # the visitor must not wait in vain
        assert box.got == []
        assert caplog.text.count("Nobody is told of a report about staff") == 1
        assert [case.teams for case in records.open_cases()] == [("compliance", "medical_director")]

        records.escalate(conversation, 9, [Cause("j", "U1", ("medical_director",), form="staff")])
        caplog.clear()
        with notifying(records, told(None, compliance=[box.url("compliance")])):
            wait_for(lambda: box.got)
        assert {got.to for got in box.got} == {"compliance@clinic.example"}
        assert "report about staff" not in caplog.text


def test_an_unseen_crisis_outlives_its_erasure_until_it_is_seen(records: Records, conversation: str) -> None:
    with mailbox() as box:
        in_danger(records, conversation)
        assert records.erase(conversation).kept
        with notifying(records, told(box.url("first"), box.url("second")), replace(HURRY, acknowledge={"U0": 0.5})):
            wait_for(lambda: len(box.got) == 2)
            assert records.acknowledge(box.got[1].token, dt.datetime.now(dt.UTC))
            wait_for(lambda: records.open_cases() == [])
        assert records.page_of(box.got[1].token) is None
        assert all(MARK not in got.raw for got in box.got)


def test_a_guide_that_was_left_is_forgotten_and_its_readers_see_it(records: Records, conversation: str) -> None:
    day_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)
    old = Message("bot", "guide", {"text": f"You said {MARK}", "guide": True}, sent_at=day_ago)
    fresh = records.open_conversation("", "en-US", Message("bot", "opening", {"text": "Welcome."}))[0].id
    records.say(conversation, old)
    records.say(fresh, replace(old, sent_at=dt.datetime.now(dt.UTC)))
    with notifying(records, told(None)) as woken:
        wait_for(lambda: woken == [conversation])
    assert records.messages_after(conversation, 1)[0].body["text"] == FORGOTTEN
    assert MARK in records.messages_after(fresh, 1)[0].body["text"]


def test_what_is_old_is_looked_for_once_a_day_unless_that_is_switched_off(records: Records) -> None:
    conversation = records.open_conversation(
        "https://clinic.example", "en-US", Message("bot", "opening", {"text": "."})
    )[0].id
    for retain in (False, True):
        with notifying(records, told(None), replace(HURRY, tidy=0.0, retain=retain)):
            if retain:
                wait_for(records.retained)
            else:
                records.escalate(conversation, 1, [Cause("f", "U3", ("clinicians",))])
                wait_for(lambda: only(records, conversation).state != "due")
                assert records.retained() == []
    assert [(run.by, sum(run.counts.values())) for run in records.retained()] == [("frontdesk", 0)]
