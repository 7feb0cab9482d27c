"""Nothing leaves the machine: every part is watched from inside while it answers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.catalogue import ROOT
from tests.conftest import Visitor
from tools.house import House, Ports

# Runs first in every Python process. Python tells an audit hook of every look-up and connection, however
# deep in a library; uvloop connects by itself, so the event loop of the standard library takes its place.
WATCH = """
import os, sys
sys.modules["uvloop"] = None
outside, started = os.environ["WATCH_OUTSIDE"], os.environ["WATCH_STARTED"]
here = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", "None", os.uname().nodename}

def note(path, line):
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (line + "\\n").encode())
    os.close(file)

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        target = address[0] if isinstance(address, tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        target = arguments[0]
    else:
        return
    target = target.decode() if isinstance(target, bytes) else str(target)
    if target not in here:
        note(outside, f"{event} {target}")
        raise OSError(f"{target} is outside")

sys.addaudithook(watch)
note(started, " ".join(sys.orig_argv))
"""

QUESTIONS = (
    "hello", "How does ketamine work?", "why?", "where is that from?", "and for OCD?", "Is it legal? And is it addictive?",
    "what is the weather in Paris", "my e-mail is someone@mail.example.co.uk", "https://example.com/ what is this",
    "I want to kill myself",
)  # fmt: skip


class Watch:
    """The watch over a run's processes and what it has seen."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(WATCH)
        self._outside, self._started = folder / "outside.txt", folder / "started.txt"
        self._outside.touch()
        self.environment = {
            "PYTHONPATH": str(folder),
            "WATCH_OUTSIDE": str(self._outside),
            "WATCH_STARTED": str(self._started),
        }

    @property
    def outside(self) -> list[str]:
        """Every attempt to reach another machine."""
        return self._outside.read_text().splitlines()

    @property
    def started(self) -> str:
        """The commands of all watched processes."""
        return self._started.read_text()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A watch of its own for each test."""
    return Watch(tmp_path)


@pytest.fixture
def watched_house(model: Path, watch: Watch, tmp_path: Path) -> Iterator[House]:
    """A running assistant, watched from its start to its end."""
    settings = {"FRONTDESK_RATE_LIMITS": "off", **watch.environment}
    with (tmp_path / "house.log").open("w") as log, House(model, tmp_path, Ports.free(), log, settings) as running:
        yield running


def test_nothing_leaves_the_machine(watched_house: House, watch: Watch) -> None:
    one = Visitor(watched_house.api)
    kinds = [one.say(question)["kind"] for question in QUESTIONS]
    assert kinds[1] == kinds[2] == kinds[3] == kinds[4] == "answer"
    assert kinds[-1] == "crisis"
    assert one.http.delete(f"/{one.id}").status_code == 202
    one.http.close()
    watched_house.stop()
    for part in ("/rasa run ", " -m actions ", " -m frontdesk\n", " -m frontdesk demo\n", " -m tools.outside "):
        assert part in watch.started
    assert watch.outside == []


@pytest.mark.parametrize("environment", [".venv", ".venv-rasa"])
@pytest.mark.parametrize(
    ("attempt", "seen"),
    [
        ("import socket; socket.create_connection(('192.0.2.1', 9), 1)", "socket.getaddrinfo 192.0.2.1"),
        ("import socket; socket.socket().connect(('192.0.2.1', 9))", "socket.connect 192.0.2.1"),
        ("import urllib.request as u; u.urlopen('http://host.invalid/', timeout=1)", "socket.getaddrinfo host.invalid"),
        ("import socket as s; s.socket(type=s.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))", "socket.sendto 192.0.2.1"),
        (
            "import asyncio; asyncio.run(asyncio.wait_for(asyncio.open_connection('host.invalid', 9), 2))",
            "socket.getaddrinfo host.invalid",
        ),
    ],
)
def test_the_watch_sees_an_attempt(watch: Watch, environment: str, attempt: str, seen: str) -> None:
    python = ROOT / environment / "bin" / "python"
    done = subprocess.run(
        [str(python), "-c", attempt],
        env={**os.environ, **watch.environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "is outside" in done.stderr
    assert watch.outside[0] == seen
