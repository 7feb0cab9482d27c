"""The frontdesk does not start in a configuration that is not safe, and says in a sentence how to mend each fault."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from content.catalogue import ROOT
from content.clinic import ClinicError, load_clinic
from frontdesk.__main__ import main
from frontdesk.app import create_app
from frontdesk.demo import create_demo
from frontdesk.settings import Settings
from frontdesk.unsafe import UnsafeConfiguration, faults

SECRET = "Zq3v9XkT0pLw7RbY2mNc5HdJ8sFgA1uE"
PUBLIC = {"host": "0.0.0.0", "public_url": "https://chat.clinic.example", "rasa_token": SECRET}
UNSAFE: dict[str, tuple[dict[str, str], str, str]] = {
    "no secret": ({"rasa_token": ""}, "FRONTDESK_RASA_TOKEN", "openssl rand"),
    "a short secret": ({"rasa_token": "Zq3v9XkT0p"}, "FRONTDESK_RASA_TOKEN", "openssl rand"),
    "a placeholder": ({"rasa_token": "change-me-before-production-1234"}, "FRONTDESK_RASA_TOKEN", "openssl rand"),
    "one letter": ({"rasa_token": "x" * 40}, "FRONTDESK_RASA_TOKEN", "openssl rand"),
    "a public engine": ({"rasa_url": "https://rasa.clinic.example"}, "FRONTDESK_RASA_URL", "private address"),
    "an engine anywhere": ({"rasa_url": "http://93.184.216.34:5005"}, "FRONTDESK_RASA_URL", "private address"),
    "an engine that is none": ({"rasa_url": "rasa"}, "FRONTDESK_RASA_URL", "private address"),
    "public actions": ({"actions_url": "https://actions.example"}, "FRONTDESK_ACTIONS_URL", "private address"),
    "plain http": ({"public_url": "http://chat.clinic.example"}, "FRONTDESK_PUBLIC_URL", "give an https address"),
    "no public address": ({"public_url": ""}, "FRONTDESK_PUBLIC_URL", "https address"),
    "no limits": ({"rate_limits": "off"}, "FRONTDESK_RATE_LIMITS", "set it to on"),
}


@pytest.fixture(autouse=True)
def somebody_on_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ON_CALL_NOTIFY", "mailto://127.0.0.1:2525/?from=a@clinic.example&to=b@clinic.example")


def found(**settings: str) -> list[str]:
    return faults(Settings.model_validate(settings), load_clinic())


def test_what_is_safe_starts() -> None:
    assert found(**PUBLIC) == []
    assert (
        found(**PUBLIC, rasa_url="http://rasa:5005", actions_url="http://actions.chat.svc.cluster.internal:5055") == []
    )
    assert found(**PUBLIC, rasa_url="http://10.0.0.4:5005") == []


def test_on_this_machine_alone_nothing_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ON_CALL_NOTIFY")
    for host in ("127.0.0.1", "localhost", "::1"):
        assert found(host=host, rate_limits="off") == []


@pytest.mark.parametrize(("changes", "names", "mends"), UNSAFE.values(), ids=UNSAFE)
def test_each_fault_is_one_sentence_that_says_how_to_mend_it(changes: dict[str, str], names: str, mends: str) -> None:
    (said,) = found(**{**PUBLIC, **changes})
    assert said.startswith(names) or names in said
    assert mends in said
    assert said.endswith(".") and ": " in said
    assert not changes.get("rasa_token") or changes["rasa_token"] not in said


def test_behind_a_proxy_on_this_machine_it_is_public_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = {**PUBLIC, "host": "127.0.0.1", "rasa_token": ""}
    monkeypatch.delenv("ON_CALL_NOTIFY")
    monkeypatch.delenv("MEDICAL_DIRECTOR_NOTIFY", raising=False)
    secret, on_call = found(**behind)
    assert "FRONTDESK_RASA_TOKEN" in secret
    assert "ON_CALL_NOTIFY" in on_call


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(UnsafeConfiguration) as error:
        create_app(Settings(host="0.0.0.0", rasa_url="http://8.8.8.8"))
    assert len(str(error.value).splitlines()) == 4


def test_the_demo_is_for_this_machine() -> None:
    with pytest.raises(UnsafeConfiguration, match="do not start the demo"):
        create_demo(Settings(host="192.168.0.4"))
    create_demo(Settings())


@pytest.mark.parametrize("everybody", ["*", "0.0.0.0/0", "::/0", "127.0.0.1,0.0.0.0/0", "proxy"])
def test_not_everybody_is_believed_to_be_a_proxy(everybody: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=everybody)


@pytest.mark.parametrize(
    ("change", "says"), [("allowed_origins", "allowed_origins.0: "), ("teams", "'on_call' is missing: say who is told")]
)
def test_a_clinic_open_to_every_page_or_with_nobody_on_call_is_refused(tmp_path: Path, change: str, says: str) -> None:
    clinic = yaml.safe_load((ROOT / "clinic.yml").read_text())
    clinic[change] = ["*"] if change == "allowed_origins" else {"front_desk": [{"name": "Desk"}]}
    (tmp_path / "clinic.yml").write_text(yaml.safe_dump(clinic))
    with pytest.raises(ClinicError, match=re.escape(says)):
        load_clinic(tmp_path / "clinic.yml")


def test_a_setting_that_is_none_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", "Zq3v9X")
    monkeypatch.setattr(sys, "argv", ["frontdesk"])
    assert main() == 1
    said = capsys.readouterr().err
    assert "  FRONTDESK_PORT: " in said
    assert "Zq3v9X" not in said


def test_the_process_stops_with_these_sentences_and_shows_no_secret() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk"],
        cwd=ROOT, env={"PATH": os.defpath, "FRONTDESK_HOST": "0.0.0.0", "FRONTDESK_RASA_TOKEN": "Zq3v9X"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "  FRONTDESK_RASA_TOKEN is empty, short" in done.stderr
    assert "Zq3v9X" not in done.stderr
    assert "Traceback" not in done.stderr
