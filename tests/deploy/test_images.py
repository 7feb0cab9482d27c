"""The images hold what runs in them, pinned, and nothing that a build would have to be told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from content.catalogue import ROOT
from tests.cluster.servers import free_port

FILES = {name: (ROOT / "deploy" / f"{name}.Dockerfile").read_text() for name in ("frontdesk", "rasa")}
PIN = re.compile(r"^([A-Za-z0-9_.\-\[\]]+)==(\S+)", re.M)


def copied(text: str) -> list[str]:
    """What a container file copies from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", text, re.M)
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("name", FILES)
def test_packages_are_pinned_by_hash_and_no_host_is_named(name: str) -> None:
    text = FILES[name]
    installs = [part for part in re.split(r"&&|\nRUN", text) if re.search(r"pip (install|sync)", part)]
    assert installs
    assert all("--require-hashes" in part for part in installs)
    assert not re.search(r"https?://|index-url", text)
    for base in re.findall(r"^ARG \w+=(\S+)", text, re.M):
        assert re.fullmatch(r"python:3\.1[02](-slim)?-bookworm", base)


@pytest.mark.parametrize("name", FILES)
def test_it_runs_as_nobody_in_particular(name: str) -> None:
    assert re.findall(r"^USER (.+)$", FILES[name], re.M)[-1] == "10001:10001"


def test_the_builder_may_see_what_is_copied_and_nothing_else() -> None:
    seen = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    wanted = {source.partition("/")[0] for text in FILES.values() for source in copied(text)}
    assert wanted <= seen
    assert seen - wanted == {".python-version"} or seen == wanted


def test_the_frontdesk_starts_with_what_is_in_its_image_and_writes_nothing_beside_it(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    for source in copied(FILES["frontdesk"]):
        if not source.startswith("requirements/"):
            here = ROOT / source
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(here, app / source, ignore=ignore) if here.is_dir() else shutil.copy(here, app / source)
    before = sorted(app.rglob("*"))
    script = (
        "import sys, asyncio; from frontdesk.app import create_app; from frontdesk.settings import Settings\n"
        "from records.migrate import upgrade; upgrade(Settings().database_url)\n"
        "from starlette.testclient import TestClient\n"
        "import actions.answer, actions.escalate, actions.fallback, actions.follow_up, actions.guide\n"
        "with TestClient(create_app()) as http:\n"
        "    assert http.get('/widget/v1.js').status_code == 200\n"
        "    assert http.post('/api/v1/conversations', json={}).status_code == 201\n"
        "    assert http.get('/console/sign-in').status_code == 200\n"
        "assert not any(name.split('.')[0] in ('tools', 'tests', 'benchmarks') for name in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=app, capture_output=True, text=True, timeout=120,
        env={
            "FRONTDESK_KEYS": os.environ["FRONTDESK_KEYS"], "FRONTDESK_REDACTION": "off", "PATH": "", "PYTHONDONTWRITEBYTECODE": "1", "FRONTDESK_DATABASE_URL": f"sqlite:///{tmp_path}/records.db",
            "FRONTDESK_TAUGHT_DIR": str(tmp_path / "taught"), "FRONTDESK_RASA_URL": f"http://127.0.0.1:{free_port()}",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(app.rglob("*")) == before


def test_the_images_packages_are_those_that_are_tested() -> None:
    tested, shipped = (
        dict(PIN.findall((ROOT / "requirements" / name).read_text())) for name in ("dev.txt", "main.txt")
    )
    other = {name: (pin, tested[name]) for name, pin in shipped.items() if tested.get(name, pin) != pin}
    assert other == {}, "compile requirements/main.txt anew, with '-c requirements/dev.txt'"
    asked = re.findall(r"^[a-z0-9-]+", (ROOT / "requirements" / "main.in").read_text(), re.M)
    assert len(asked) > 20
    assert [name for name in asked if name not in shipped] == []


def test_rasa_in_a_cluster_remembers_as_on_one_machine() -> None:
    one, many = (yaml.safe_load((ROOT / name).read_text()) for name in ("endpoints.yml", "endpoints.cluster.yml"))
    assert many["tracker_store"] == one["tracker_store"]
    assert many["lock_store"] == {"type": "in_memory"}
    assert many["action_endpoint"] == {"url": "${ACTIONS_URL}/webhook"}
