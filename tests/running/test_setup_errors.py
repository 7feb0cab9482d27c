"""What a person sees when something is missing or in the way: one sentence that says what to do."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from content.catalogue import ROOT
from tools.house import Ports

ENCODER = ROOT / "var" / "encoder"


def with_ports(ports: Ports, **more: str) -> dict[str, str]:
    """The environment that makes `tools.run` use ``ports``."""
    return {**os.environ, **{f"{name.upper()}_PORT": str(port) for name, port in vars(ports).items()}, **more}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what setting up needs, with nothing installed."""
    for name in ("tools", "requirements", "nlu"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".python-version", tmp_path)
    return tmp_path


@pytest.fixture
def setup(tree: Path) -> ModuleType:
    """The copy's `tools/setup.py`, loaded."""
    spec = importlib.util.spec_from_file_location("setup_of_the_copy", tree / "tools" / "setup.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def path_of(folder: Path, *programs: str) -> Iterator[dict[str, str]]:
    """An environment whose PATH holds ``programs`` only."""
    folder.mkdir()
    for program in programs:
        (folder / program).symlink_to(sys.executable)
    yield {**os.environ, "PATH": str(folder)}


@pytest.mark.parametrize("taken", ["frontdesk", "demo", "rasa", "actions"])
def test_a_port_in_use_is_named(model: Path, taken: str) -> None:
    ports = Ports.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        setattr(ports, taken, port)
        done = subprocess.run(
            [sys.executable, "-m", "tools.run"], cwd=ROOT, env=with_ports(ports), capture_output=True, text=True, timeout=30
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith(f"Stopped: Port {port} ({taken}) is in use: ")
    assert f"{taken.upper()}_PORT" in sentence


def test_a_port_that_is_no_number_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.run"], cwd=ROOT, env={**os.environ, "RASA_PORT": "many"},
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Stopped: ")
    assert "'many'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_interpreter_is_named(tree: Path, tmp_path: Path) -> None:
    with path_of(tmp_path / "bin", "python3") as environment:
        done = subprocess.run(
            [sys.executable, "tools/setup.py"], cwd=tree, env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Setup stopped: Python 3.12 is missing: install it (for example 'pyenv install 3.12') so that "
        "'python3.12' works here, then run this again."
    ]


def test_each_interpreter_is_looked_for_by_its_own_name(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with path_of(tmp_path / "bin", "python3.12") as environment:
        monkeypatch.setenv("PATH", environment["PATH"])
        assert Path(setup.interpreter("3.12")).exists()
        with pytest.raises(setup.SetupError, match=r"^Python 3\.10 is missing: install it"):
            setup.interpreter("3.10")


def test_a_full_disk_is_named_before_anything_is_made(
    setup: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(tree)._replace(free=3 * 2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert setup.main() == 1
    assert capsys.readouterr().err == (
        "Setup stopped: The disk has 3.0 GiB left and the environments need 4: free some space first.\n"
    )
    assert not (tree / ".venv").exists()
    assert not (tree / ".venv-rasa").exists()


class Fake:
    """Stands for what `setup.run` would install; counts how often it is asked to."""

    def __init__(self, setup: ModuleType, monkeypatch: pytest.MonkeyPatch, damaged: bool = False) -> None:
        self.commands: list[list[str]] = []
        self.files, self.damaged = setup.ENCODER_FILES, damaged
        monkeypatch.setattr(setup, "run", self.run)
        monkeypatch.setattr(setup, "uv", lambda: Path("uv"))

    def run(self, command: list[str], _doing: str) -> None:
        self.commands.append(command)
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.unlink(missing_ok=True)
            python.symlink_to(sys.executable)
        if "--target" in command:
            for name, (inside, _) in self.files.items():
                path = Path(command[command.index("--target") + 1]) / inside
                path.parent.mkdir(parents=True)
                path.write_bytes(b"damaged" if self.damaged else (ENCODER / name).read_bytes())


def test_an_environment_is_made_again_only_when_it_must_be(
    setup: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, made, requirements = Fake(setup, monkeypatch), tree / ".venv", tree / "requirements" / "dev.txt"
    asked = []
    for change in ("nothing there", "nothing", "other requirements", "nothing", "no interpreter", "nothing"):
        if change == "other requirements":
            requirements.write_text(requirements.read_text() + "\n# changed\n")
        if change == "no interpreter":
            (made / "bin" / "python").unlink()
        fake.commands.clear()
        setup.environment(made, "3.12", requirements)
        asked.append(len(fake.commands))
    assert asked == [2, 0, 2, 0, 2, 0]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda whole: whole[:-1],
    "changed": lambda whole: b"!" + whole[1:],
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_encoder_is_fetched_again(
    setup: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    fake = Fake(setup, monkeypatch)
    shutil.copytree(ENCODER, tree / "var" / "encoder")
    setup.encoder()
    assert fake.commands == []  # whole, it is left alone
    path = tree / "var" / "encoder" / name
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    setup.encoder()
    assert len(fake.commands) == 1
    assert path.read_bytes() == (ENCODER / name).read_bytes()


def test_an_encoder_that_stays_damaged_is_named(setup: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Fake(setup, monkeypatch, damaged=True)
    (tree / "var").mkdir()
    with pytest.raises(setup.SetupError) as stopped:
        setup.encoder()
    folder = tree / "var" / "encoder"
    assert str(stopped.value) == (
        f"{folder / 'model.onnx'} is not the file it should be: delete {folder} and run this again."
    )


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_rasa_does_not_load_a_damaged_encoder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(ENCODER, folder)
    load = f"from pathlib import Path; from nlu.encoder import Encoder; Encoder(Path({str(folder)!r}))"
    python = [str(ROOT / ".venv-rasa" / "bin" / "python"), "-c", load]
    assert subprocess.run(python, cwd=ROOT, timeout=60).returncode == 0
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])
    done = subprocess.run(python, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"{folder / name} is damaged." in done.stderr.splitlines()[-1]


def test_ctrl_c_stops_everything(model: Path, tmp_path: Path) -> None:
    ports = Ports.free()
    path = tmp_path / "run.log"
    with path.open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "tools.run"], cwd=ROOT, env=with_ports(ports), stdout=log, stderr=log, text=True,
            start_new_session=True, preexec_fn=as_from_a_terminal,
        )  # fmt: skip
        try:
            until_ready(running, path)
            started = children(running.pid)
            assert len(started) >= 4
            os.kill(running.pid, signal.SIGINT)
            assert running.wait(90) == 0
        finally:
            running.kill()
    printed = path.read_text()
    assert f"http://127.0.0.1:{ports.frontdesk}" in printed
    assert printed.endswith("\nStopped.\n")
    assert "Traceback" not in printed
    deadline = time.monotonic() + 3  # the last ones were killed, which takes the system a moment
    while left := [pid for pid in started if alive(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    ports.check()  # and every port is free again


def as_from_a_terminal() -> None:
    """Heed Ctrl-C, which whoever runs the tests in the background makes all their processes ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until_ready(running: subprocess.Popen[str], log: Path) -> None:
    """Wait for the line that says that all is up."""
    deadline = time.monotonic() + 150
    while "Ctrl-C stops everything." not in log.read_text():
        assert running.poll() is None, log.read_text()[-2000:]
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


def children(parent: int) -> list[int]:
    """Every process below ``parent``."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(ppid) for pid, ppid in (line.split() for line in listed.splitlines())}
    found = [pid for pid, ppid in parents.items() if ppid == parent]
    for pid in found:  # grows as it is walked
        found += [child for child, ppid in parents.items() if ppid == pid]
    return found


def alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and waits for its parent to notice does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
