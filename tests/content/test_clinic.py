"""The clinic's own facts: what is refused and by which name, and when the clinic is open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from content.catalogue import ROOT
from content.clinic import Clinic, ClinicError, load_clinic

NEW_YORK = ZoneInfo("America/New_York")
GOOD: dict[str, Any] = {
    "name": "Test Clinic",
    "phone": "+1 (555) 010-0100",
    "time_zone": "America/New_York",
    "hours": {"monday": "09:00-17:00", "tuesday": "09:00-17:00", "friday": "01:00-15:00"},
    "holidays": [{"date": "2026-11-30", "name": "A Monday off"}],
    "allowed_origins": ["https://clinic.example"],
    "teams": {"on_call": [{"name": "On-call", "notify": "${ON_CALL_NOTIFY}"}]},
}

NORTH = {"id": "north", "name": "North Clinic", "phone": "+1 555 010 0111"}


def clinic(folder: Path, **changes: Any) -> Clinic:
    """Read a clinic file that is right but for ``changes``; None drops a field."""
    fields = {key: value for key, value in (GOOD | changes).items() if value is not None}
    path = folder / "clinic.yml"
    path.write_text(yaml.safe_dump(fields))
    return load_clinic(path)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": None}, "name"),
    "kept for no time": ({"retention": {"ordinary": 0}}, "retention.ordinary"),
    "kept for ever": ({"retention": {"with_crisis": 100_000}}, "retention.with_crisis"),
    "graver kept shorter": ({"retention": {"with_case": 30}}, "retention"),
    "a kind nobody knows": ({"retention": {"boring": 3}}, "retention.boring"),
    "no phone": ({"phone": None}, "phone"),
    "no teams": ({"teams": None}, "teams"),
    "nobody on call": ({"teams": {"front_desk": [{"name": "Desk"}]}}, "teams"),
    "a team without people": ({"teams": {"on_call": []}}, "teams.on_call"),
    "a team nobody knows": ({"teams": {"on_call": [{"name": "A"}], "janitors": [{"name": "B"}]}}, "teams.janitors"),
    "a region in words": ({"region": "America"}, "region"),
    "no origins": ({"allowed_origins": None}, "allowed_origins"),
    "a field nobody knows": ({"parkinglot": "behind"}, "parkinglot"),
    "a zone nobody knows": ({"time_zone": "America/Springfield"}, "time_zone"),
    "a zone that is a number": ({"time_zone": 5}, "time_zone"),
    "hours in words": ({"hours": {"monday": "nine to five"}}, "hours"),
    "hours the wrong way round": ({"hours": {"monday": "17:00-09:00"}}, "hours"),
    "hours that do not exist": ({"hours": {"monday": "09:00-24:30"}}, "hours"),
    "hours of no length": ({"hours": {"monday": "09:00-09:00"}}, "hours"),
    "a day that does not exist": ({"hours": {"funday": "09:00-17:00"}}, "funday"),
    "a holiday that does not exist": ({"holidays": [{"date": "2026-02-30", "name": "Never"}]}, "holidays.0.date"),
    "every web page": ({"allowed_origins": ["*"]}, "allowed_origins.0"),
    "every page of a domain": ({"allowed_origins": ["https://clinic.example", "https://*.example"]}, "allowed_origins.1"),
    "an origin with a path": ({"allowed_origins": ["https://clinic.example/chat"]}, "allowed_origins.0"),
    "an origin without a scheme": ({"allowed_origins": ["clinic.example"]}, "allowed_origins.0"),
    "minors": ({"minimum_age": 17}, "minimum_age"),
    "a location without a phone": ({"locations": [{"id": "north", "name": "North"}]}, "locations.0.phone"),
    "a location in its own region": ({"locations": [NORTH | {"region": "CA"}]}, "locations.0.region"),
    "a location with hours in words": ({"locations": [NORTH | {"hours": {"monday": "all day"}}]}, "locations.0.hours"),
    "a location in no zone": ({"locations": [NORTH | {"time_zone": None}]}, "locations.0.time_zone"),
    "a location twice": ({"locations": [NORTH, NORTH]}, "locations"),
    "a price without a price": ({"prices": [{"what": "Infusion"}]}, "prices.0.price"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_is_wrong_is_refused_by_field(tmp_path: Path, bad: str) -> None:
    changes, field = BAD[bad]
    with pytest.raises(ClinicError) as refused:
        clinic(tmp_path, **changes)
    first, *lines = str(refused.value).splitlines()
    assert first == f"{tmp_path / 'clinic.yml'} needs mending:"
    assert len(lines) == 1
    assert field in lines[0].split(":")[0]


def test_two_mistakes_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ClinicError) as refused:
        clinic(tmp_path, name=None, minimum_age=12)
    assert [line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]] == ["name", "minimum_age"]


@pytest.mark.parametrize("content", ["- a\n- b\n", "just words", "", "name: [unclosed"])
def test_what_is_no_list_of_fields_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(content)
    with pytest.raises(ClinicError, match=str(path)):
        load_clinic(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match=r"nowhere\.yml cannot be read"):
        load_clinic(tmp_path / "nowhere.yml")


def test_the_smallest_file_and_the_example_are_accepted(tmp_path: Path) -> None:
    assert clinic(tmp_path).phone_link == "tel:+15550100100"
    assert load_clinic(ROOT / "clinic.yml").minimum_age == 18


def test_what_is_left_empty_has_no_text(tmp_path: Path) -> None:
    empty = clinic(tmp_path, services=[], staff=[])
    assert [empty.text_of(field) for field in ("prices", "booking", "services", "staff", "address")] == [None] * 5
    assert clinic(tmp_path, minimum_age=21).text_of("minimum_age") == "21"
    assert empty.text_of("hours") == "- Monday: 09:00-17:00\n- Tuesday: 09:00-17:00\n- Friday: 01:00-15:00"


OPEN: dict[str, tuple[str, bool, str]] = {
    "before opening": ("2026-11-23T08:59:59", False, "2026-11-23T09:00"),
    "at opening": ("2026-11-23T09:00", True, "2026-11-24T09:00"),
    "before closing": ("2026-11-23T16:59:59", True, "2026-11-24T09:00"),
    "at closing": ("2026-11-23T17:00", False, "2026-11-24T09:00"),
    "a day without hours": ("2026-11-25T12:00", False, "2026-11-27T01:00"),
    "over the weekend and a holiday": ("2026-11-27T15:00", False, "2026-12-01T09:00"),
    "on the holiday": ("2026-11-30T12:00", False, "2026-12-01T09:00"),
}


@pytest.mark.parametrize("when", OPEN)
def test_open_and_opens_next(tmp_path: Path, when: str) -> None:
    now, is_open, opens = OPEN[when]
    here = clinic(tmp_path)
    assert here.is_open(at(now)) is is_open
    assert here.opens_next(at(now)) == at(opens)


def test_the_clinic_s_own_zone_counts_not_the_reader_s(tmp_path: Path) -> None:
    here = clinic(tmp_path)
    assert here.is_open(at("2026-11-23T14:00", ZoneInfo("UTC")))  # 09:00 in New York
    assert not here.is_open(at("2026-11-23T13:59", ZoneInfo("UTC")))
    assert here.is_open(at("2026-11-24T06:30", ZoneInfo("Asia/Tokyo")))  # still Monday, 16:30


def test_clocks_that_change_do_not_move_the_hours(tmp_path: Path) -> None:
    sundays = clinic(tmp_path, hours={"sunday": "09:00-17:00"})
    for day, hour in (("2026-03-01", 14), ("2026-03-08", 13), ("2026-10-25", 13), ("2026-11-01", 14)):
        opening = dt.datetime.fromisoformat(f"{day}T{hour:02}:00+00:00")
        assert sundays.is_open(opening)
        assert not sundays.is_open(opening - dt.timedelta(seconds=1))
        assert sundays.opens_next(opening - dt.timedelta(hours=12)) == opening


def test_an_hour_that_the_clocks_skip_still_opens(tmp_path: Path) -> None:
    night = clinic(tmp_path, hours={"sunday": "02:30-10:00"})
    assert not night.is_open(at("2026-03-08T01:59"))
    assert night.is_open(at("2026-03-08T03:30"))


def test_a_clinic_that_is_never_open_opens_never(tmp_path: Path) -> None:
    closed = clinic(tmp_path, hours={})
    assert not closed.is_open(at("2026-11-23T12:00"))
    assert closed.opens_next(at("2026-11-23T12:00")) is None


def test_a_missing_team_is_replaced_by_those_on_call(tmp_path: Path) -> None:
    here = clinic(tmp_path, teams={"on_call": [{"name": "A"}], "front_desk": [{"name": "B"}, {"name": "C"}]})
    assert [person.name for person in here.team("front_desk")] == ["B", "C"]
    assert [person.name for person in here.team("engineering")] == ["A"]


def test_where_somebody_is_notified_comes_from_the_environment_and_is_shown_nowhere(tmp_path: Path) -> None:
    both = "mailtos://${MAIL}/?to=a@clinic.example, ${SMS}"
    here = clinic(tmp_path, teams={"on_call": [{"name": "A", "notify": both}, {"name": "B"}]})
    one, other = here.team("on_call")
    assert one.variables == ["MAIL", "SMS"]
    assert one.address({"MAIL": "host", "SMS": " sms://x "}) == "mailtos://host/?to=a@clinic.example, sms://x"
    for unset in ({}, {"MAIL": "host"}, {"MAIL": "host", "SMS": " "}):
        assert one.address(unset) is None
    assert other.address({}) is None
    assert "mailtos" not in repr(here)


def test_a_report_about_staff_is_never_for_those_on_call(tmp_path: Path) -> None:
    on_call, one, other = [{"name": "A"}], [{"name": "B"}], [{"name": "C"}]
    here = clinic(tmp_path, teams={"on_call": on_call})
    assert here.team("compliance") == here.team("medical_director") == ()
    here = clinic(tmp_path, teams={"on_call": on_call, "medical_director": one})
    assert [person.name for name in ("compliance", "medical_director") for person in here.team(name)] == ["B", "B"]
    here = clinic(tmp_path, teams={"on_call": on_call, "medical_director": one, "compliance": other})
    assert [person.name for name in ("compliance", "medical_director") for person in here.team(name)] == ["C", "B"]
