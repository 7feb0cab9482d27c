"""What the machine's keepers can ask: alive, ready, figures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tools.house import House


def get(house: House, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{house.api}{path}", headers=headers, timeout=10, trust_env=False)


def test_the_process_is_alive(house: House) -> None:
    live = get(house, "/health/live")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})


def test_a_running_house_is_ready_in_every_part(house: House) -> None:
    ready = get(house, "/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "rasa": "ok", "actions": "ok", "model": "ok"})


def test_without_the_engine_it_lives_but_is_not_ready_and_says_which_part(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path) as house:
        assert get(house, "/health/live").status_code == 200
        ready = get(house, "/health/ready")
    assert ready.status_code == 503
    state = ready.json()
    assert state["database"] == "ok"
    assert state["rasa"].startswith("down: ")
    assert state["actions"].startswith("down: ")
    assert state["model"] == "unknown"


def test_a_lost_database_is_named(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path) as house:
        with closing(sqlite3.connect(tmp_path / "records.db")) as database:
            database.execute("ALTER TABLE conversations RENAME TO lost")
        ready = get(house, "/health/ready")
    assert ready.status_code == 503
    assert ready.json()["database"] == "down: OperationalError"


def test_the_figures_are_prometheus_text_without_a_visitors_words(house: House, visitor: Visitor) -> None:
    visitor.say("How does a zebrawombat tolerate ketamine?")
    metrics = get(house, "/metrics")
    assert metrics.status_code == 200
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "process_cpu_seconds_total " in metrics.text
    assert "# TYPE chat_replies_total counter" in metrics.text
    assert "zebrawombat" not in metrics.text
    assert visitor.id not in metrics.text


def test_the_figures_are_those_that_an_operator_needs(tmp_path: Path) -> None:
    with frontdesk_alone(tmp_path) as house:
        visitor = Visitor(house.api)
        asked, person = visitor.say("Is it safe?"), visitor.choose("person")
        figures = dict(line.rsplit(" ", 1) for line in get(house, "/metrics").text.splitlines() if line[0] != "#")
        visitor.http.close()
        with closing(sqlite3.connect(tmp_path / "records.db")) as database:
            database.execute("ALTER TABLE pages RENAME TO lost")
        lost = get(house, "/metrics").text
    assert (asked["kind"], person["kind"]) == ("unavailable", "handoff")
    assert float(figures['chat_replies_total{kind="unavailable"}']) == 1
    assert float(figures['engine_errors_total{why="ConnectError"}']) == 1
    assert float(figures["chat_turn_seconds_count"]) == 2
    assert float(figures["chat_turns_under_way"]) == 0
    assert float(figures["chat_waiting"]) == 1
    assert float(figures["outbox_pages_due"]) >= 0
    assert "outbox_pages_due NaN" in lost  # and the other figures are told all the same
    assert "chat_turn_seconds_count 2.0" in lost


def test_the_figures_are_not_for_the_public(house: House) -> None:
    refused = get(house, "/metrics", **{"X-Forwarded-For": "8.8.8.8"})
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/no-such-page")
