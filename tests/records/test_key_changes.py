"""Keys are changed while everything is in use; afterwards the old one is not needed. Wrong keys are refused at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from content.catalogue import ROOT
from records import ConversationNotFound, KeyProblem, KeyRing, Records
from records.bulk import Bulk
from records.keys import keys_of, new_key
from tests.records.parts import NOW, OPENING, changed, opened, received
from tools.house import keys_in

OLD, NEW = new_key(), new_key()
CONVERSATIONS = 450  # more than two transactions of the rotation


def many(records: Records) -> list[str]:
    ids = [f"{number:024x}" for number in range(CONVERSATIONS)]
    row = {"token_hash": "", "origin": "", "locale": "en-US", "owner": "bot", "last_seq": 1, "created_at": NOW}
    bulk = Bulk(records.url, KeyRing.parse(OLD))
    bulk.put(
        {
            "conversations": [{"id": one, **row} for one in ids],
            "messages": [
                {
                    "conversation": one,
                    "seq": 1,
                    "author": "bot",
                    "kind": "opening",
                    "body": OPENING.body,
                    "sent_at": NOW,
                }
                for one in ids
            ],
        }
    )
    bulk.dispose()
    return ids


@pytest.fixture
def url(database: Path) -> str:
    return f"sqlite:///{database}"


def test_a_key_is_changed_under_load_and_the_old_one_goes(url: str, database: Path) -> None:
    before, both = Records(url, KeyRing.parse(OLD)), Records(url, KeyRing.parse(f"{NEW},{OLD}"))
    known = many(before)
    over, errors = threading.Event(), []

    def use(records: Records, first: int) -> None:
        number = first
        try:
            while not over.is_set():
                received(records, known[number % CONVERSATIONS], {"text": f"word {number}"})
                assert records.messages_after(known[(number * 7) % CONVERSATIONS], 0)[0].body["text"] == "Welcome."
                opened(records)
                number += 3
        except Exception as error:
            errors.append(error)

    # Who has both keys reads and writes, and so do processes that have everything yet to open.
    others = [Records(url, KeyRing.parse(f"{NEW} {OLD}")) for _ in range(2)]
    threads = [threading.Thread(target=use, args=(one, start)) for start, one in enumerate((both, *others))]
    for thread in threads:
        thread.start()
    try:
        steps = list(both.rotate_keys())
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert steps[-1] >= CONVERSATIONS and len(steps) > 2
    after = Records(url, KeyRing.parse(NEW))
    after.check_keys()
    everything = [id for (id,) in changed(database, "SELECT id FROM conversations")]
    assert len(everything) > CONVERSATIONS
    assert all(after.messages_after(one, 0)[0].body["text"] == "Welcome." for one in everything)
    assert list(after.rotate_keys()) == []
    alone = Records(url, KeyRing.parse(OLD))
    with pytest.raises(KeyProblem, match=NEW.split(":")[0]):
        alone.messages_after(everything[0], 0)
    for one in (before, both, *others, after, alone):
        one.dispose()


def test_a_change_that_was_cut_off_goes_on(url: str) -> None:
    before, both = Records(url, KeyRing.parse(OLD)), Records(url, KeyRing.parse(f"{NEW},{OLD}"))
    known = many(before)
    first = next(both.rotate_keys())
    assert 0 < first < CONVERSATIONS
    both.check_keys()
    assert all(both.messages_after(one, 0) for one in known)
    assert list(both.rotate_keys())[-1] == CONVERSATIONS - first
    both.dispose()
    before.dispose()


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env={**plain, **environment}, capture_output=True, text=True, timeout=60
    )  # fmt: skip


def test_the_commands_make_a_key_and_change_to_it(url: str, tmp_path: Path) -> None:
    made = run("frontdesk", "new-key")
    assert made.returncode == 0 and "first in FRONTDESK_KEYS" in made.stderr
    before = Records(url, KeyRing.parse(OLD))
    conversation = opened(before)
    (tmp_path / "keys").write_text(f"{made.stdout}{OLD}\n")
    done = run("frontdesk", "rotate-keys", FRONTDESK_DATABASE_URL=url, FRONTDESK_KEYS_FILE=str(tmp_path / "keys"))
    assert (done.returncode, done.stdout.split()[0]) == (0, "1"), done.stderr
    after = Records(url, KeyRing.parse(made.stdout))
    assert after.messages_after(conversation, 0)
    assert after.audit_rows(1)[0].action == "rotate-keys"
    for one in (before, after):
        one.dispose()


@pytest.mark.parametrize("words", [("frontdesk",), ("actions", "--actions", "actions")])
def test_a_start_without_a_key_is_refused_with_one_sentence(url: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, FRONTDESK_DATABASE_URL=url, FRONTDESK_KEYS_FILE=str(tmp_path / "none"))
    (said,) = done.stderr.splitlines()
    assert done.returncode == 1 and "FRONTDESK_KEYS_FILE" in said and "python -m frontdesk new-key" in said


def test_a_start_with_a_key_that_opens_nothing_is_refused_with_one_sentence(url: str) -> None:
    before, without = Records(url, KeyRing.parse(OLD)), Records(url, KeyRing.parse(NEW))
    opened(before)
    with pytest.raises(KeyProblem, match=f"sealed with key '{OLD.split(':')[0]}', which is not among the keys"):
        without.check_keys()
    before.dispose()
    without.dispose()
    given = f"{OLD.split(':')[0]}:{NEW.split(':')[1]}"  # the right name for the wrong key
    done = run("frontdesk", FRONTDESK_DATABASE_URL=url, FRONTDESK_KEYS=given)
    (said,) = done.stderr.splitlines()
    assert done.returncode == 1 and OLD.split(":")[0] in said and "FRONTDESK_KEYS" in said
    assert given.split(":")[1] not in said


def test_no_key_or_two_places_for_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="python -m frontdesk new-key"):
        KeyRing.parse(" \n")
    with pytest.raises(KeyProblem, match="leave one of them out"):
        keys_of({"FRONTDESK_KEYS": OLD, "FRONTDESK_KEYS_FILE": "/somewhere"})
    with pytest.raises(KeyProblem, match="number 2"):
        KeyRing.parse(f"{OLD},{OLD}")


def test_the_first_start_makes_a_key_for_its_owner_alone_and_later_ones_keep_it(tmp_path: Path) -> None:
    given = keys_in(tmp_path / "var", {})
    path = Path(given["FRONTDESK_KEYS_FILE"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    assert keys_in(tmp_path / "var", {}) == given and path.read_text() == before
    assert keys_of(given).current == before.split(":")[0]
    assert keys_in(tmp_path / "var", {"FRONTDESK_KEYS": OLD}) == {}


def test_whoever_has_only_a_copy_of_the_sealed_rows_reads_nothing_of_what_was_erased(url: str, database: Path) -> None:
    records = Records(url)
    conversation = opened(records)
    kept = changed(database, "SELECT * FROM messages")
    shell = changed(database, "SELECT * FROM conversations")
    records.erase(conversation)
    for table, rows in (("conversations", shell), ("messages", kept)):  # from a backup of these two tables
        for row in rows:
            changed(database, f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    with pytest.raises(ConversationNotFound, match=conversation):
        records.messages_after(conversation, 0)
    records.dispose()
