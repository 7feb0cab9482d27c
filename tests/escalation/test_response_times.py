"""By when a person should look: opening hours, holidays, weekends, and nights on which the clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from content.clinic import Clinic
from content.texts import Texts
from escalation.response_times import due
from tests.escalation.parts import a_clinic, at

# Wednesday, November 25 to Monday, November 30, 2026; Thursday is Thanksgiving.
DUE: dict[str, tuple[str, str, str]] = {
    "U0 in five minutes": ("U0", "2026-11-25T10:00", "2026-11-25T10:05"),
    "U0 at night": ("U0", "2026-11-28T03:58", "2026-11-28T04:03"),
    "U1 in half an hour": ("U1", "2026-11-25T10:00", "2026-11-25T10:30"),
    "U1 on a holiday": ("U1", "2026-11-26T23:45", "2026-11-27T00:15"),
    "U2 before opening": ("U2", "2026-11-25T07:00", "2026-11-25T17:00"),
    "U2 in the morning": ("U2", "2026-11-25T09:30", "2026-11-25T17:00"),
    "U2 more than an hour before closing": ("U2", "2026-11-25T15:59", "2026-11-25T17:00"),
    "U2 in the last hour, before a holiday": ("U2", "2026-11-25T16:00", "2026-11-27T15:00"),
    "U2 after closing": ("U2", "2026-11-25T17:00", "2026-11-27T15:00"),
    "U2 on a holiday": ("U2", "2026-11-26T10:00", "2026-11-27T15:00"),
    "U2 at the weekend": ("U2", "2026-11-28T10:00", "2026-11-30T17:00"),
    "U3 before opening": ("U3", "2026-11-24T07:00", "2026-11-25T17:00"),
    "U3 in the day": ("U3", "2026-11-24T12:00", "2026-11-25T17:00"),
    "U3 before a holiday": ("U3", "2026-11-25T12:00", "2026-11-27T15:00"),
    "U3 on a Friday evening": ("U3", "2026-11-27T18:00", "2026-11-30T17:00"),
    "U3 on a Sunday": ("U3", "2026-11-29T12:00", "2026-11-30T17:00"),
}


@pytest.mark.parametrize("case", DUE)
def test_by_when_somebody_should_look(case: str) -> None:
    urgency, now, expected = DUE[case]
    found = due(urgency, at(now), a_clinic())
    assert found == at(expected)
    assert found.tzinfo is dt.UTC  # what is stored has no zone of its own everywhere


def test_nobody_is_expected_for_u4_and_nothing_else_is_an_urgency() -> None:
    assert due("U4", at("2026-11-25T10:00"), a_clinic()) is None
    with pytest.raises(ValueError, match="U0 to U4"):
        due("soon", at("2026-11-25T10:00"), a_clinic())


@pytest.mark.parametrize("now", ["2026-11-25T15:00+00:00", "2026-11-26T00:00+09:00", "2026-11-25T10:00-05:00"])
def test_the_hours_are_the_clinics_wherever_the_clock_is(now: str) -> None:
    assert due("U2", dt.datetime.fromisoformat(now), a_clinic()) == at("2026-11-25T17:00")


# In 2026 the clocks of New York go forward on Sunday, March 8 at 2:00 and back on Sunday, November 1 at 2:00.
def test_minutes_are_minutes_while_the_clocks_change() -> None:
    clinic = a_clinic()
    for start in ("2026-03-08T06:50:00+00:00", "2026-11-01T05:50:00+00:00", "2026-11-01T06:50:00+00:00"):
        for zone in (dt.UTC, ZoneInfo("America/New_York")):
            now = dt.datetime.fromisoformat(start).astimezone(zone)
            found = due("U1", now, clinic)
            assert found is not None
            assert found.timestamp() - now.timestamp() == 1800


def test_a_sunday_on_which_the_clocks_change_ends_by_the_wall_clock() -> None:
    clinic = a_clinic(hours={"sunday": "01:00-04:00"})
    for sunday, offset in (("2026-03-08", 4), ("2026-11-01", 5)):
        found = due("U2", at(f"{sunday}T00:30"), clinic)
        assert found == dt.datetime.fromisoformat(f"{sunday}T{4 + offset:02}:00+00:00")
    # At 3:05 in spring 55 minutes are left; at 1:30 in spring only 90, an hour less than the wall clock says.
    assert due("U2", at("2026-03-08T03:05"), clinic) == at("2026-03-15T04:00")
    assert due("U2", at("2026-03-08T01:30"), clinic) == at("2026-03-08T04:00")


def test_a_clinic_that_never_opens_promises_nothing() -> None:
    closed = a_clinic(hours={})
    assert [due(urgency, at("2026-11-25T10:00"), closed) for urgency in ("U2", "U3")] == [None, None]
    assert due("U0", at("2026-11-25T10:00"), closed) == at("2026-11-25T10:05")


MOMENTS = {
    "2026-11-25T15:30": "3:30 pm today",
    "2026-11-25T00:05": "12:05 am today",
    "2026-11-25T12:00": "12:00 pm today",
    "2026-11-30T17:00": "Monday, November 30 at 5:00 pm",
    "2026-11-26T09:00": "Thursday, November 26 at 9:00 am",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_time_is_said_as_people_do(moment: str) -> None:
    texts = Texts(a_clinic())
    assert texts.moment(at(moment).astimezone(dt.UTC), at("2026-11-25T08:00").astimezone(dt.UTC)) == MOMENTS[moment]


def test_today_is_the_clinics_day() -> None:
    texts = Texts(a_clinic())
    evening = dt.datetime.fromisoformat("2026-11-26T03:00+00:00")  # still Wednesday in New York
    assert texts.moment(evening, evening) == "10:00 pm today"


def said(clinic: Clinic, now: str, place: int | None = 2, urgency: str = "U3") -> str:
    reply = Texts(clinic).handoff(at(now), place, due(urgency, at(now), clinic))
    assert reply["kind"] == "handoff"
    assert [one["value"] for one in reply["suggestions"]] == ["leave_message", "cancel_request"]
    text: str = reply["text"]
    assert "coming" not in text
    return text


def test_an_open_clinic_says_who_answers_by_when() -> None:
    text = said(a_clinic(), "2026-11-24T10:00")
    for words in (
        "number 2 in the queue", "We aim to answer by Wednesday, November 25 at 5:00 pm", "The front desk of Test Clinic",
        "is open now, until 5:00 pm today", "If it cannot wait, call +1 (555) 010-0100", "call 911", "988",
    ):  # fmt: skip
        assert words in text, words


def test_a_closed_clinic_says_when_it_opens_and_that_nobody_watches() -> None:
    text = said(a_clinic(), "2026-11-28T10:00", 1)
    for words in (
        "number 1 in the queue", "is closed now", "Next opening: Monday, November 30 at 9:00 am.",
        "We aim to answer by Monday, November 30 at 5:00 pm", "this chat is not watched", "call 911", "988",
    ):  # fmt: skip
        assert words in text, words


def test_a_holiday_is_named() -> None:
    text = said(a_clinic(), "2026-11-26T10:00")
    assert "is closed now, for Thanksgiving. Next opening: Friday, November 27 at 9:00 am." in text


def test_who_does_not_wait_has_no_number_and_who_never_opens_promises_nothing() -> None:
    assert "number" not in said(a_clinic(), "2026-11-24T10:00", None).replace("leave your number", "")
    text = said(a_clinic(hours={}), "2026-11-24T10:00")
    assert "I cannot say by when somebody will answer." in text
    assert "Next opening" not in text
    late = Texts(a_clinic()).handoff(at("2026-11-24T10:00"), 1, at("2026-11-24T09:00"))
    assert "I cannot say by when" in late["text"]


def test_another_region_shows_no_american_numbers() -> None:
    texts = Texts(a_clinic(region="GB"))
    said_everywhere = [
        texts.text("opening"),
        texts.text("unavailable"),
        said(a_clinic(region="GB"), "2026-11-24T10:00"),
    ]
    for text in said_everywhere:
        assert "your local emergency number" in text
        assert "911" not in text
        assert "988" not in text
    assert [contact["href"] for contact in texts.emergency_contacts()] == ["tel:+15550100100"]
    american = Texts(a_clinic()).emergency_contacts()
    assert [contact["href"] for contact in american] == ["tel:911", "tel:988", "sms:988", "tel:+15550100100"]
