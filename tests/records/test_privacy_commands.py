"""The commands for requests about data, as whoever runs the assistant types them."""

from __future__ import annotations

import json
import stat
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from frontdesk.privacy_admin import work
from records import Contact, ConversationNotFound, Records
from tests.records.parts import ADVICE, opened, received

WORD = "zebrawombat"
Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs a command; returns its exit code and what it printed."""
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("FRONTDESK_RASA_URL", "http://127.0.0.1:9")  # nothing is there: it has forgotten already

    def run(*words: str) -> tuple[int, str]:
        return work(words), capsys.readouterr().out

    return run


def actions(records: Records) -> list[tuple[str, str | None]]:
    return [(row.action, row.reason) for row in reversed(records.audit_rows())]


def test_the_file_is_for_one_pair_of_eyes_and_never_written_over(
    records: Records, conversation: str, typed: Typed, tmp_path: Path
) -> None:
    received(records, conversation, {"text": WORD})
    other, to = opened(records), tmp_path / "export.csv"
    code, said = typed("export", conversation, other, conversation, "--format", "csv", "--to", str(to))
    assert (code, said) == (0, f"2 conversations in {to} (redacted). Delete it after use.\n")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert WORD not in to.read_text()
    assert {conversation, other} <= set(to.read_text().replace('"', "").replace("\n", ",").split(","))
    before = to.read_bytes()
    assert typed("export", conversation, "--to", str(to))[0] == 1
    assert typed("export", conversation, "--to", str(tmp_path / "none" / "x"))[0] == 1
    assert to.read_bytes() == before
    assert [row.conversation for row in records.audit_rows()][-2:] == [other, conversation]


def test_original_words_need_a_reason_and_a_visitor_sees_one_conversation(
    records: Records, conversation: str, typed: Typed, tmp_path: Path
) -> None:
    received(records, conversation, {"text": WORD}, ADVICE)
    records.leave_contact(conversation, str(uuid.uuid4()), Contact(phone="+1 555"))
    records.add_note(conversation, str(uuid.uuid4()), "Ann", "private")
    to = str(tmp_path / "export.json")
    for wrong in (["--original"], ["--access"], ["--access", "--reason", " "], ["--original", "--reason", "x" * 201]):
        assert typed("export", conversation, "--to", to, *wrong)[0] == 1
    assert typed("export", conversation, opened(records), "--to", to, "--access", "--reason", "asked")[0] == 1
    assert typed("export", "nobody", "--to", to)[0] == 1
    assert not Path(to).exists()
    assert actions(records) == []
    assert typed("export", conversation, "--to", to, "--access", "--reason", "asked in May")[0] == 0
    held = json.loads(Path(to).read_text())["conversations"][0]
    assert {line["what"] for line in held["lines"]} == {"message", "case", "contact data", "notice to staff"}
    assert WORD in repr(held)
    assert "+1 555" in repr(held)
    assert "private" not in repr(held)
    assert actions(records) == [("export-access", "asked in May")]


def test_an_erasure_is_found_by_its_receipt_and_its_reason_stays(
    records: Records, conversation: str, typed: Typed
) -> None:
    code, said = typed("erase", conversation, "--reason", "letter of 3 May")
    assert code == 0
    receipt = said.split()[-1]
    with pytest.raises(ConversationNotFound):
        records.owner(conversation)
    code, said = typed("receipt", receipt)
    assert (code, "Asked for by staff" in said, "Erased at" in said) == (0, True, True)
    assert typed("receipt", "nothing")[0] == typed("erase", conversation, "--reason", "again")[0] == 1
    assert actions(records) == [("erase", None), ("erase-receipt", f"{receipt}: letter of 3 May")]


def test_rasa_is_told_to_forget_what_is_erased(
    conversation: str, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Rasa(BaseHTTPRequestHandler):
        def do_DELETE(self) -> None:
            told.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Rasa) as server:
        server.timeout = 10
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        monkeypatch.setenv("FRONTDESK_RASA_URL", f"http://127.0.0.1:{server.server_port}")
        assert typed("erase", conversation, "--reason", "a letter")[0] == 0
        thread.join(10)
    assert told == [f"/webhooks/frontdesk/conversations/{conversation}"]


def test_a_hold_is_said_honestly_to_who_erases(records: Records, conversation: str, typed: Typed) -> None:
    assert typed("release", conversation, "--reason", "x") == (
        1, "Nothing was done: the conversation is not kept for legal reasons.\n",
    )  # fmt: skip
    assert typed("hold", conversation, "--reason", "a court")[0] == 0
    code, said = typed("erase", conversation, "--reason", "a letter")
    assert (code, "NOT erased: it is kept for legal reasons" in said) == (1, True)
    receipt = said.split()[-1]
    assert "NOT erased yet" in typed("receipt", receipt)[1]
    assert typed("release", conversation, "--reason", "over") == (
        0, f"The conversation is erased, as was asked for meanwhile. Receipt: {receipt}\n",
    )  # fmt: skip
    assert "Erased at" in typed("receipt", receipt)[1]


def test_what_retention_deleted_is_listed(records: Records, conversation: str, typed: Typed) -> None:
    assert typed("retained") == (0, "Nothing was looked through yet.\n")
    assert typed("retain", "--dry-run")[1].startswith("It would delete: 0 ordinary, 0 with case, 0 with crisis.")
    assert records.retained() == []
    assert typed("retain") == (0, "Deleted: 0 ordinary, 0 with case, 0 with crisis.\n")
    assert "by command line: 0 ordinary" in typed("retained")[1]
    assert records.owner(conversation) == "bot"
