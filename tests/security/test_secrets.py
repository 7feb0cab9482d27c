"""Secrets come from the environment or from files that it names; they are not shown, and not in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from content.catalogue import ROOT
from content.clinic import TeamMember
from content.secrets import SecretError, value_of
from frontdesk.settings import Settings

SECRET = "Zq3v9XkT0pLw7RbY2mNc5HdJ8sFgA1uE"
LOOKS_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abp]-[0-9]{6,}"
    r"|(?i:(?:token|password|secret|api_key))[\"']?\s*[:=]\s*[\"'][A-Za-z0-9+/_=-]{24,}[\"']"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{SECRET}\n")
    return path


def test_a_setting_may_be_in_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_RASA_TOKEN", raising=False)
    monkeypatch.setenv("FRONTDESK_RASA_TOKEN_FILE", str(file))
    assert Settings().rasa_token == SECRET
    assert SECRET not in repr(Settings())


def test_whom_to_notify_may_be_in_a_file(file: Path) -> None:
    person = TeamMember(name="Nurse", notify="mailtos://user:${MAIL_PASSWORD}@host")
    assert person.address({"MAIL_PASSWORD_FILE": str(file)}) == f"mailtos://user:{SECRET}@host"
    assert person.address({}) is None


def test_two_places_for_one_secret_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_RASA_TOKEN", "another")
    monkeypatch.setenv("FRONTDESK_RASA_TOKEN_FILE", str(file))
    with pytest.raises(SecretError, match="both set: keep one"):
        Settings()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gone"
    if content:
        path.write_bytes(content)
    with pytest.raises(SecretError, match="X_FILE names a file that cannot be read"):
        value_of("X", {"X_FILE": str(path)})


def test_no_file_of_the_repository_holds_what_looks_like_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [
        name
        for name in listed.split("\0")
        if name and not name.startswith("tests/") and (ROOT / name).stat().st_size < 1_000_000
        if LOOKS_SECRET.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
