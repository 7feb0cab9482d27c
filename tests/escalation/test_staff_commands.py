"""What clinic staff type until they have a console."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from content.catalogue import ROOT
from frontdesk.messages import ChatMessage
from records import Cause, Contact, Message, Records


def staff(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FRONTDESK_DATABASE_URL": f"sqlite:///{tmp_path / 'records.db'}"}
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_cases_are_listed_and_one_is_shown_with_all_that_is_known(
    tmp_path: Path, records: Records, conversation: str
) -> None:
    said = {"text": "I want to die\x1b[2J\nplease"}
    records.receive(conversation, str(uuid.uuid4()), said, [Cause("a", "U0", ("on_call",))])
    records.escalate(conversation, 2, [Cause("guide", "U3", ("clinicians",))], {"age": "41 to 60"})
    records.leave_contact(conversation, str(uuid.uuid4()), Contact("Ann", "+12125550123", None, "after 5"))
    records.say(conversation, Message("bot", "guide", {"text": "Your age?", "guide": True}))
    crisis, guide = records.cases_of(conversation)

    listed = staff(tmp_path, "cases").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [[crisis.id, "U0"], [guide.id, "U3"]]
    assert "NOT ACKNOWLEDGED" in listed[0]
    assert listed[0].endswith("Suicide or self-harm risk now")
    assert listed[1].endswith("Candidacy guide sent to the clinic")

    shown = staff(tmp_path, "case", crisis.id)
    assert shown.returncode == 0, shown.stderr
    for words in (
        f"Conversation {conversation}, with: bot", "Crisis flag is up: Suicide or self-harm risk now", '"age": "41 to 60"',
        "name: Ann", "phone: +12125550123", "best time: after 5", "[2] visitor", "    I want to die[2J\n    please",
    ):  # fmt: skip
        assert words in shown.stdout, words
    assert "\x1b" not in shown.stdout
    assert "email" not in shown.stdout
    assert "Your age?" not in shown.stdout  # not sent to the clinic yet
    assert "(in the guide, not sent to the clinic)" in shown.stdout
    (row,) = records.audit_rows(conversation=conversation)
    assert (row.who, row.action) == ("command line", "read-original")
    with closing(sqlite3.connect(tmp_path / "records.db")) as database, database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    unseen = staff(tmp_path, "case", crisis.id)
    assert (unseen.returncode, "I want to die" in unseen.stdout, "Ann" in unseen.stdout) == (1, False, False)


def test_a_clinician_lowers_the_flag_and_says_why(tmp_path: Path, records: Records, conversation: str) -> None:
    records.escalate(conversation, 1, [Cause("a", "U1", ("on_call",))])
    words = ("lower-flag", conversation, "--by", "Dr. Example", "--reason", "spoke by phone")
    assert staff(tmp_path, *words).stdout == "The flag is lowered.\n"
    assert records.raised(conversation) is None
    change = records.flags_of(conversation)[-1]
    assert (change.by, change.why, change.raised) == ("Dr. Example", "spoke by phone", False)
    assert staff(tmp_path, *words).stdout == "No flag was up; nothing has changed.\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cases",), 0), (("case", "nosuchcase"), 1), (("lower-flag", "nosuch", "--by", "A", "--reason", "B"), 1),
        (("lower-flag", "nosuch"), 2), (("take-over", "nosuch", "--by", "A"), 1), (("hand-back", "nosuch", "--by", "A"), 1),
        (("say", "nosuch", "--by", "A", "--text", "B"), 1), (("close", "nosuch", "--by", "A", "--outcome", " "), 1),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_in_a_sentence(
    tmp_path: Path, records: Records, words: tuple[str, ...], code: int
) -> None:
    done = staff(tmp_path, *words)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr


def test_a_clinician_takes_over_writes_and_gives_back(tmp_path: Path, records: Records, conversation: str) -> None:
    mine = (conversation, "--by", "Dr. Example")
    refused = staff(tmp_path, "say", *mine, "--text", "Hello.")
    assert (refused.returncode, records.owner(conversation)) == (1, "bot")
    assert "Begin with 'python -m frontdesk take-over'" in refused.stdout

    assert staff(tmp_path, "take-over", *mine).returncode == 0
    others = staff(tmp_path, "say", conversation, "--by", "Dr. Other", "--text", "Hello.")
    assert (others.returncode, "Somebody else" in others.stdout) == (1, True)
    assert staff(tmp_path, "say", *mine, "--text", " Can I call you? ").returncode == 0
    said = ChatMessage.of(records.messages_after(conversation, 1)[0])
    assert (said.author, said.kind, said.author_name) == ("clinician", "clinician", "Dr. Example")
    assert said.text == "Can I call you?"

    assert staff(tmp_path, "hand-back", *mine).stdout == "The assistant answers again.\n"
    assert records.owner(conversation) == "bot"
    records.escalate(conversation, 1, [Cause("m", "U3", ("front_desk",))])
    assert staff(tmp_path, "take-over", *mine).returncode == 0
    assert staff(tmp_path, "close", *mine, "--outcome", "spoke by phone").returncode == 0
    assert (records.owner(conversation), records.open_cases()) == ("closed", [])
    assert records.transitions_of(conversation)[-1].why == "spoke by phone"
    again = staff(tmp_path, "take-over", *mine)
    assert (again.returncode, "is closed" in again.stdout) == (1, True)
    nobody = staff(tmp_path, "take-over", conversation, "--by", "Visitor")
    assert (nobody.returncode, "no names for a person" in nobody.stdout) == (1, True)
    rows = records.audit_rows(conversation=conversation)[::-1]
    assert [(row.who, row.action) for row in rows if "take-over" in row.action or "Other" in row.who] == [
        ("Dr. Example", "take-over"), ("Dr. Other", "say"), ("Dr. Other", "say-refused"),
        ("Dr. Example", "take-over"), ("Dr. Example", "take-over"), ("Dr. Example", "take-over-refused"),
    ]  # fmt: skip


def test_a_form_is_shown_and_so_is_what_is_left_of_an_erased_crisis(
    tmp_path: Path, records: Records, conversation: str
) -> None:
    records.escalate(conversation, 1, [Cause("j", "U1", ("compliance",), form="staff")])
    (case,) = records.open_cases()
    shown = staff(tmp_path, "case", case.id).stdout
    for words in ("Abuse or violence disclosed (staff)", "told: compliance", "reply shown: j/staff/U1"):
        assert words in shown, words
    records.erase(conversation)
    assert "NOT ACKNOWLEDGED  erased by the visitor  Abuse" in staff(tmp_path, "cases").stdout
    erased = staff(tmp_path, "case", case.id)
    assert (erased.returncode, erased.stderr) == (0, "")
    assert "has erased what was said" in erased.stdout
    assert "told: compliance" in erased.stdout


def test_titles_are_read_without_the_rules() -> None:
    code = (
        "import sys, time; from escalation.titles import case_title; start = time.perf_counter(); "
        "assert case_title('p') == 'Prompt injection, a pretended role', case_title('p'); "
        "assert case_title('no-such') == 'no-such'; "
        "assert 'safety.rules' not in sys.modules; assert time.process_time() < 1.5; "
        "print(time.perf_counter() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_no_database_is_not_a_database_without_cases(tmp_path: Path) -> None:
    done = staff(tmp_path, "cases")
    assert (done.returncode, done.stderr) == (1, "")
    assert "set FRONTDESK_DATABASE_URL" in done.stdout
    assert "No open cases" not in done.stdout
