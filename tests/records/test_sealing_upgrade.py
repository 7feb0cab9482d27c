"""A database of the last release is sealed when it is upgraded: everything still reads, and nothing of it is in the clear."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from records import Contact, KeyProblem, KeyRing, Records
from records.keys import new_key
from records.migrate import upgrade
from tests.records.parts import changed, migrated_to
from tests.records.test_nothing_in_clear import found_in

CONVERSATIONS = 450  # more than two batches
AT = "'2026-11-20 10:00:00.123456'"
WORDS = [f"zq{number}wombat" for number in range(100, 115)]


def earlier_form(database: Path) -> None:
    """Make a database as release 0.4 left it, with words in every place that had them."""
    migrated_to("0005", database)
    words = iter(WORDS)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA secure_delete = OFF")
        for number in range(CONVERSATIONS):
            connection.execute(
                "INSERT INTO conversations (id, token_hash, origin, locale, owner, last_seq, created_at) "
                f"VALUES ('c{number}', '', '', 'en', 'bot', 2, {AT})"
            )
            connection.execute(
                "INSERT INTO messages (conversation, seq, author, kind, body, understanding, sent_at) VALUES "
                f"('c{number}', 1, 'bot', 'answer', '{{\"text\": \"Hello from {number}.\", \"topics\": [\"a/b\"]}}', 'null', {AT})"
            )
        connection.executescript(f"""
            INSERT INTO conversations (id, token_hash, origin, locale, owner, last_seq, created_at) VALUES ('stub', '', '', '', 'erased', 0, {AT});
            INSERT INTO messages (conversation, seq, author, kind, body, understanding, sent_at) VALUES ('c7', 2, 'visitor', 'visitor',
                '{{"text": "{next(words)}", "choice": "{next(words)}", "guide": "kept"}}', '{{"confidence": 0.5, "entities": ["{next(words)}"]}}', {AT});
            INSERT INTO feedback VALUES ('c7', 1, 0, '{next(words)}', {AT});
            INSERT INTO cases (id, conversation, category, urgency, seq, opened_at, summary) VALUES ('k1', 'c7', 'f', 'U3', 2, {AT}, '{{"age": "{next(words)}"}}');
            INSERT INTO cases (id, conversation, category, urgency, seq, opened_at, summary) VALUES ('k2', 'stub', 'a', 'U0', 0, {AT}, 'null');
            INSERT INTO contacts VALUES (1, 'c7', 'x', '{next(words)}', '{next(words)}', '{next(words)}', '{next(words)}', {AT});
            INSERT INTO transitions VALUES (1, 'c7', 'bot', 'waiting', 'visitor', '{next(words)}', {AT});
            INSERT INTO flags VALUES (1, 'c7', 'a', 0, 'Ann', '{next(words)}', {AT});
            INSERT INTO notes VALUES (1, 'c7', 'y', 'Ann', '{next(words)}', {AT});
            INSERT INTO marks VALUES (1, 'c7', 2, 'Ann', 'right', NULL, NULL, '{next(words)}', {AT});
            INSERT INTO notes VALUES (2, 'c7', 'z', 'Ann', '{next(words)}', {AT});
            INSERT INTO notes VALUES (3, 'c7', 'gone', 'Ann', '{next(words)}', {AT});
            DELETE FROM notes WHERE number = 3;
        """)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "records.db"
    path.parent.mkdir()
    earlier_form(path)
    assert {word for _, word in found_in(path.parent, WORDS)} == set(WORDS)  # also what was deleted
    return path


def test_all_that_was_written_before_is_sealed_and_reads(database: Path) -> None:
    upgrade(f"sqlite:///{database}")
    assert found_in(database.parent, [*WORDS, "Hello from "]) == set()
    house = Records(f"sqlite:///{database}")
    house.check_keys()
    assert all(house.messages_after(f"c{n}", 0)[0].body["text"] == f"Hello from {n}." for n in range(CONVERSATIONS))
    assert house.messages_after("c3", 0)[0].understanding is None
    (said,) = house.messages_after("c7", 1)
    assert said.body == {"text": WORDS[0], "choice": WORDS[1], "guide": "kept"}
    assert said.understanding == {"confidence": 0.5, "entities": [WORDS[2]]}
    assert house.cases_of("c7")[0].summary == {"age": WORDS[4]}
    assert house.cases_of("stub")[0].summary is None
    assert house.contact_of("c7") == Contact(*WORDS[5:9])
    assert house.transitions_of("c7")[0].why == WORDS[9]
    assert house.flags_of("c7")[0].why == WORDS[10]
    assert house.marks_of("c7")[2][0].note == WORDS[12]
    assert [note.text for note in house.notes_of("c7")] == [WORDS[11], WORDS[13]]
    house.dispose()


def test_without_a_key_nothing_is_changed_and_with_one_it_goes_on(
    database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FRONTDESK_KEYS")
    monkeypatch.setenv("FRONTDESK_KEYS_FILE", str(tmp_path / "none"))
    with pytest.raises(KeyProblem):
        upgrade(f"sqlite:///{database}")
    assert changed(database, "SELECT version_num FROM alembic_version") == [("0005",)]
    assert changed(database, "SELECT text FROM notes WHERE number = 1") == [(WORDS[11],)]
    ring = KeyRing.parse(new_key())
    upgrade(f"sqlite:///{database}", ring)
    house = Records(f"sqlite:///{database}", ring)
    assert house.notes_of("c7")[0].text == WORDS[11]
    house.dispose()


def test_files_that_were_not_written_anew_are_at_the_next_start(database: Path) -> None:
    upgrade(f"sqlite:///{database}")
    changed(database, "PRAGMA user_version = 0")  # as if it had been cut off before
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute(f"INSERT INTO tags VALUES ('c7', '{WORDS[0]}', 'Ann', {AT})")
        connection.commit()
        connection.execute("DELETE FROM tags")
    assert found_in(database.parent, [WORDS[0]])
    upgrade(f"sqlite:///{database}")
    assert found_in(database.parent, [WORDS[0]]) == set()
