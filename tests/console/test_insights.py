"""The insights page, held against conversations whose figures were worked out by hand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from frontdesk.console.charts import bars
from frontdesk.console.insights import TABLES
from frontdesk.console.tables import long
from records import Records
from records.migrate import upgrade
from tests.chat.alone import frontdesk_alone
from tests.console.parts import Desk, Staff, somebody, text_of
from tests.records.by_hand import ByHand, at

DAYS = "from=2026-11-10&to=2026-11-11"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A frontdesk of its own: other tests' conversations would be in the figures. The clinic is five hours behind UTC."""
    var = tmp_path_factory.mktemp("insights")
    path = var / "records.db"
    upgrade(f"sqlite:///{path}")
    hand = ByHand(path)
    hand.conversation("answered", at("14:00"), ["visitor", "answer"], topic="safety/is_it_safe")
    hand.rated("answered", 3, True)
    hand.conversation("declined", at("14:30"), ["visitor", "decline"])
    hand.conversation(
        "at night", at("04:30", 12), ["visitor", "answer"], topic="safety/is_it_safe"
    )  # 23:30 of the 11th
    hand.conversation("the day after", at("05:00", 12), ["visitor", "answer"], topic="safety/is_it_safe")
    hand.conversation("crisis", at("15:00"), ["visitor", "crisis", "clinician"])
    hand.case("crisis", "a", at("15:00"), "U1", acknowledged_at=at("15:12"), closed_at=at("16:00"))
    hand.says("crisis", 4, at("15:40"))
    hand.flag("crisis", "a", True, at("15:00"))
    hand.flag("crisis", "a", False, at("15:50"), "Dr. Lee")
    hand.conversation("given up", at("15:30"), ["visitor", "handoff"])
    hand.case("given up", "m", at("15:30"), closed_at=at("15:40"))
    hand.passed_on("given up", ("waiting", at("15:30"), "visitor"), ("bot", at("15:40"), "visitor"))
    hand.put()
    with frontdesk_alone(var, FRONTDESK_RATE_LIMITS="off") as house:
        records = Records(f"sqlite:///{path}")
        yield Desk(house, records)
        records.dispose()


@pytest.fixture
def viewer(desk: Desk) -> Staff:
    return somebody(desk, "viewer")


def sheet(staff: Staff, table: str, days: str = DAYS) -> list[list[str]]:
    answer = staff.get(f"/insights/{table}.csv?{days}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def link(page: httpx.Response, label: str) -> dict[str, list[str]]:
    """Where the figure with this label leads."""
    found = re.search(rf'<a href="([^"]+)" aria-label="{re.escape(label)}"', page.text)
    assert found, label
    address = urlsplit(unescape(found[1]))
    assert address.path == "/console/conversations"
    return parse_qs(address.query)


def test_the_figures_are_those_of_the_days_at_the_clinic(viewer: Staff) -> None:
    assert sheet(viewer, "days") == [
        ["Day", "Conversations", "With no answer to something", "Asked what was meant", "Went to a person"],
        ["Tue 2026-11-10", "4", "1", "0", "2"],
        ["Wed 2026-11-11", "1", "0", "0", "0"],
    ]
    hours = {row[0]: row[1] for row in sheet(viewer, "hours")[1:]}
    assert len(hours) == 24
    assert {hour: count for hour, count in hours.items() if count != "0"} == {"09:00": "2", "10:00": "2", "23:00": "1"}


def test_a_conversation_without_a_person_is_not_called_a_success(viewer: Staff) -> None:
    assert {row[0]: row[1] for row in sheet(viewer, "outcomes")[1:]} == {
        "Answered, and rated helpful": "1",
        "Answered, and rated not helpful": "0",
        "Answered, and nobody said whether it helped": "1",
        "Ended without an answer": "1",
        "Went to a person": "2",
        "Small talk or a question back, and no answer": "0",
        "Opened, and nothing written": "0",
    }
    assert "not called a success" in text_of(viewer.get(f"/insights?{DAYS}"))


def test_every_other_table(viewer: Staff) -> None:
    assert sheet(viewer, "topics")[1:] == [["safety/is_it_safe", "2", "2", "1", "0"]]
    assert sheet(viewer, "replies")[1] == ["Answer", "2", "2"]
    assert sheet(viewer, "ratings")[1:] == [["Helpful", "1", "1.0", "1"], ["Not helpful", "0", "0.0", "0"]]
    crisis = next(row for row in sheet(viewer, "cases") if row[0].startswith("Suicide"))
    assert crisis[1:] == ["1", "1", "0", "0"]
    assert sheet(viewer, "times")[1][1:] == ["1", "720", "720", "1", "2400", "2400"]
    assert "Half acknowledged within (seconds)" in sheet(viewer, "times")[0]
    assert sheet(viewer, "waiting")[1:] == [
        ["A person took it", "0", "", ""],
        ["The visitor gave up", "1", "600", "600"],
        ["Still waits", "0", "", ""],
    ]
    assert sheet(viewer, "flags")[1][1:] == ["1", "1", "1", "3000", "3000", "0", "0"]


def test_every_figure_leads_to_its_conversations(viewer: Staff) -> None:
    page = viewer.get(f"/insights?{DAYS}")
    both = {"since": ["2026-11-10"], "until": ["2026-11-11"]}
    assert link(page, "1: Answered, and rated helpful, Conversations") == {**both, "helpful": ["yes"]}
    assert link(page, "2: Went to a person, Conversations") == {**both, "escalated": ["yes"]}
    assert link(page, "1: Ended without an answer, Conversations") == {**both, "kind": ["decline"]}
    topic = {**both, "kind": ["answer"], "topic": ["safety/is_it_safe"]}
    title = re.search(r'<th scope="row">([^<]*safe[^<]*)</th>', page.text)
    assert title
    assert link(page, f"2: {title[1]}, Conversations") == topic
    first = {"since": ["2026-11-10"], "until": ["2026-11-10"]}
    assert link(page, "1: Tue 2026-11-10, With no answer to something") == {**first, "kind": ["decline"]}
    assert link(page, "1: Suicide or self-harm risk now, Conversations") == {**both, "category": ["a"]}
    assert 'aria-label="0: ' not in page.text  # nothing is behind nothing


def test_every_chart_has_a_title_and_its_table(viewer: Staff) -> None:
    page = viewer.get(f"/insights?{DAYS}")
    charts = re.findall(
        r'<svg class="chart".*?role="img" aria-labelledby="([^"]+)".*?<title id="([^"]+)">([^<]+)', page.text, re.S
    )
    assert len(charts) == 5
    assert all(labelled == id for labelled, id, _ in charts)
    assert "Conversations: 5 in all, most at Nov 10 (4)" in [title for _, _, title in charts]
    for table in TABLES:
        section = page.text.split(f'id="{table}"')[1].split("</section>")[0]
        assert "<table" in section or "Nothing on these days" in section
        assert f"/console/insights/{table}.csv?from=2026-11-10&to=2026-11-11" in unescape(section)
    assert "style=" not in page.text and "<script>" not in page.text


def test_by_default_the_last_thirty_days(viewer: Staff) -> None:
    for address in ("/insights", "/insights?from=&to="):
        days = re.findall(r'type="date" value="([0-9-]+)"', viewer.get(address).text)
        first, last = (dt.date.fromisoformat(day) for day in days)
        assert (last - first).days == 29
    assert "Nothing on these days" in text_of(viewer.get("/insights?from=2024-02-01&to=2024-02-29"))


@pytest.mark.parametrize(
    "days",
    [
        "from=2026-11-11&to=2026-11-10",
        "from=2024-01-01&to=2026-01-01",
        "from=0001-01-01&to=0001-01-02",
        "to=9999-12-31",
    ],
)
def test_days_that_cannot_be_shown_are_refused_in_words(viewer: Staff, days: str) -> None:
    for path in ("/insights", "/insights/days.csv"):
        answer = viewer.get(f"{path}?{days}")
        assert answer.status_code == 422
        assert "at most 366 days" in text_of(answer)


def test_what_is_no_day_and_what_is_no_table(viewer: Staff) -> None:
    assert "The field 'from' has a wrong value" in text_of(viewer.get("/insights?from=yesterday"))
    assert viewer.get("/insights/people.csv").status_code == 404
    assert viewer.get("/insights/../people.csv").status_code == 404


def test_who_looked_and_who_exported_is_in_the_audit(desk: Desk, viewer: Staff) -> None:
    viewer.get(f"/insights?{DAYS}")
    sheet(viewer, "topics")
    rows = [row for row in desk.records.audit_rows() if row.who == viewer.name][:2]
    assert [(row.action, row.reason) for row in rows] == [
        ("export-insights", "topics, 2026-11-10 to 2026-11-11"),
        ("read-insights", "2026-11-10 to 2026-11-11"),
    ]


def test_no_words_of_visitors_are_in_it(viewer: Staff) -> None:
    said = viewer.get(f"/insights?{DAYS}").text + "".join(str(sheet(viewer, table)) for table in TABLES)
    assert "Words." not in said


def test_an_auditor_does_not_see_them(desk: Desk) -> None:
    assert somebody(desk, "auditor").get("/insights").status_code == 403


def test_times_in_words() -> None:
    assert [long(one) for one in (0, 59, 60, 3599, 3600, 86399, 86400, 200000)] == [
        "0 s", "59 s", "1 min", "59 min", "1 h", "23 h 59 min", "1 d", "2 d 7 h",
    ]  # fmt: skip


def test_bars_stand_on_the_floor_and_the_highest_reaches_the_top() -> None:
    chart = bars("c", "Things", [("a", 0), ("b", 5), ("c", 10)])
    assert [bar.height for bar in chart.bars] == [0, 50, 100]
    assert {round(bar.y + bar.height, 1) for bar in chart.bars} == {chart.floor}
    assert bars("c", "Things", [("a", 0)]).title == "Things: none"


def test_behind_a_figure_are_as_many_conversations(viewer: Staff) -> None:
    page = viewer.get(f"/insights?{DAYS}")
    for label, count in (("2: Went to a person, Conversations", 2), ("1: Ended without an answer, Conversations", 1)):
        query = {name: values[0] for name, values in link(page, label).items()}
        listed = viewer.get("/conversations", params=query)
        assert listed.status_code == 200
        assert listed.text.count('data-label="Signs"') == count, label
    assert viewer.get("/conversations", params={"from": "2026-11-10"}).status_code == 422  # nothing is left unheeded
