"""Starts and stops the whole assistant: Rasa, the action server, the frontdesk, the demo clinic page.

And a stand-in for the outside, which takes what the clinic's people would get.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from content.catalogue import ROOT
from content.clinic import load_clinic
from records import KeyRing
from records.keys import KEYS, KEYS_FILE, keys_of, make_keys

READY_SECONDS = 120.0
STOP_SECONDS = 10.0  # more than the frontdesk needs to answer what it has taken
READERS = ("frontdesk", "actions")  # of the records
# A message's matrices are small: with a thread a core, Rasa takes more than twice the processor time and is no faster.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class HouseError(RuntimeError):
    """The assistant cannot start; the message says in one sentence what to do."""


@dataclass
class Ports:
    """Where the parts listen, all on loopback."""

    frontdesk: int = 8080
    demo: int = 8081
    rasa: int = 5005
    actions: int = 5055
    outside: int = 8082
    mail: int = 2525

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody uses at the moment."""
        sockets = [socket.socket() for _ in vars(cls())]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            return cls(*(one.getsockname()[1] for one in sockets))
        finally:
            for one in sockets:
                one.close()

    @classmethod
    def chosen(cls) -> Ports:
        """The ports that ``FRONTDESK_PORT``, ``DEMO_PORT``, ``RASA_PORT``, ``ACTIONS_PORT`` and so on choose.

        Raises:
            HouseError: One is not a port number.
        """
        ports = vars(cls()).copy()
        for name in ports:
            given = os.environ.get(f"{name.upper()}_PORT")
            if given is not None:
                if not given.isdecimal() or not 0 < int(given) < 65536:
                    raise HouseError(f"{name.upper()}_PORT is '{given}': give a port number from 1 to 65535.")
                ports[name] = int(given)
        return cls(**ports)

    def check(self) -> None:
        """Make sure that all ports are free.

        Raises:
            HouseError: One is in use.
        """
        for name, port in vars(self).items():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise HouseError(
                        f"Port {port} ({name}) is in use: stop what uses it, or set {name.upper()}_PORT to another."
                    ) from error


@dataclass
class House:
    """A running assistant. Use as a context manager, or call :meth:`start` and :meth:`stop`.

    Args:
        model: The trained model.
        var: Folder for the database, secrets and logs.
        ports: Where the parts listen.
        log: Where the combined log goes.
        environment: Further environment variables for every part.
    """

    model: Path
    var: Path
    ports: Ports
    log: IO[str] = sys.stdout
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    _copiers: dict[str, threading.Thread] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The frontdesk's address."""
        return f"http://127.0.0.1:{self.ports.frontdesk}"

    @property
    def database_url(self) -> str:
        """Where the records are, unless the environment says otherwise."""
        return self.environment.get("FRONTDESK_DATABASE_URL") or f"sqlite:///{self.var / 'records.db'}"

    @property
    def keys(self) -> KeyRing:
        """What opens the records."""
        return keys_of(self._environment_of("frontdesk"))

    @property
    def demo(self) -> str:
        """The demo clinic page's address."""
        return f"http://127.0.0.1:{self.ports.demo}/demo"

    @property
    def outside(self) -> str:
        """The address of the page that shows what was sent."""
        return f"http://127.0.0.1:{self.ports.outside}/"

    def __enter__(self) -> House:
        """Start, and wait until a question can be answered."""
        try:
            self.start()
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything that was started."""
        self.stop()

    def start(self) -> None:
        """Start all parts.

        Raises:
            HouseError: A port is in use, or the model is damaged.
        """
        self.ports.check()
        self._check_model()
        for name in ("outside", "actions", "rasa", "frontdesk", "demo"):
            self.start_part(name)

    def start_part(self, name: str) -> None:
        """Start one part: ``actions``, ``rasa``, ``frontdesk``, ``demo`` or ``outside``."""
        process = subprocess.Popen(
            self._command(name), cwd=ROOT, env=self._environment_of(name), text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
            umask=0o077,  # what visitors write is for this user only
        )  # fmt: skip
        self.processes[name] = process
        self._copiers[name] = threading.Thread(target=self._copy_log, args=(name, process), daemon=True)
        self._copiers[name].start()

    def wait(self) -> None:
        """Wait until a visitor would get an answer.

        Raises:
            HouseError: A part has stopped, or it takes too long.
        """
        deadline = time.monotonic() + READY_SECONDS
        state = "nothing answers yet"
        while time.monotonic() < deadline:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise HouseError(f"The {name} stopped while starting: its last lines in the log say why.")
            try:
                response = httpx.get(f"{self.api}/health/ready", timeout=5, trust_env=False)
                if response.status_code == 200:
                    return
                state = response.text
                if "none is loaded" in state:
                    raise HouseError(f"Rasa cannot load {self.model}: delete that file and start again.")
            except httpx.HTTPError as error:
                state = type(error).__name__
            time.sleep(0.25)
        raise HouseError(f"The assistant is not ready after {READY_SECONDS:.0f} s ({state}): look at the log.")

    def stop_part(self, name: str, kill: bool = False) -> None:
        """Stop one part, at once if ``kill``."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        _signal(process, signal.SIGKILL if kill else signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()
        _signal(process, signal.SIGKILL)  # whatever children it left
        self._copiers.pop(name).join(STOP_SECONDS)

    def stop(self) -> None:
        """Stop every part; a second Ctrl-C does not cut that short."""
        if threading.current_thread() is not threading.main_thread():
            return self._stop()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._stop()
        finally:
            signal.signal(signal.SIGINT, before)

    def _stop(self) -> None:
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        for name in list(self.processes):
            self.stop_part(name)

    def _check_model(self) -> None:
        """Read the model through: without one Rasa starts all the same, and says so in its log half a minute later."""
        try:
            with gzip.open(self.model) as whole:
                with tarfile.open(fileobj=whole, mode="r:") as archive:
                    archive.getmembers()
                while whole.read(1 << 20):  # to the end, where its checksum is
                    pass
        except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
            raise HouseError(
                f"The model {self.model} is damaged ({error}): delete that file and start again; it is trained anew."
            ) from error

    def _command(self, name: str) -> list[str]:
        python, rasa = str(ROOT / ".venv" / "bin" / "python"), str(ROOT / ".venv-rasa" / "bin" / "rasa")
        if name == "rasa":
            return [
                rasa, "run", "--model", str(self.model), "--interface", "127.0.0.1", "--port", str(self.ports.rasa),
                "--credentials", "credentials.yml", "--endpoints", str(self._endpoints()),
            ]  # fmt: skip
        if name == "actions":
            return [python, "-m", "actions", "--actions", "actions", "--port", str(self.ports.actions)]
        if name == "outside":
            ports = ["--port", str(self.ports.outside), "--mail-port", str(self.ports.mail)]
            return [python, "-m", "tools.outside", *ports]
        return [python, "-m", "frontdesk", *(["demo"] if name == "demo" else [])]

    def _environment_of(self, name: str) -> dict[str, str]:
        """What a part is given. The keys are for those alone that read the records."""
        found = self._environment()
        if name in READERS:
            return {**found, **keys_in(self.var, found)}
        if name == "rasa":
            found.update(ONE_THREAD)
        return {variable: value for variable, value in found.items() if variable not in (KEYS, KEYS_FILE)}

    def _environment(self) -> dict[str, str]:
        token = self._token()
        return {
            **self._stand_ins(),
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
            "RASA_CHANNEL_TOKEN": token,
            "SANIC_HOST": "127.0.0.1",
            "FRONTDESK_HOST": "127.0.0.1",
            "FRONTDESK_PORT": str(self.ports.frontdesk),
            "FRONTDESK_DEMO_PORT": str(self.ports.demo),
            "FRONTDESK_RASA_URL": f"http://127.0.0.1:{self.ports.rasa}",
            "FRONTDESK_RASA_TOKEN": token,
            "FRONTDESK_ACTIONS_URL": f"http://127.0.0.1:{self.ports.actions}",
            "FRONTDESK_DATABASE_URL": self.database_url,
            "FRONTDESK_TAUGHT_DIR": str(self.var / "taught"),
            **self.environment,
        }

    def _stand_ins(self) -> dict[str, str]:
        """Addresses inside this machine for everybody whom ``clinic.yml`` would notify; a variable that is set wins.

        Who is told first gets mail, who is told next a post.
        """
        found: dict[str, str] = {}
        clinic = load_clinic(Path(self._clinic_file()))
        for people in (people for one in (clinic, *clinic.places.values()) for people in one.teams.values()):
            for step, variable in ((step, name) for step, one in enumerate(people) for name in one.variables):
                if f"{variable}_FILE" in {**os.environ, **self.environment}:
                    continue
                who = variable.removesuffix("_NOTIFY").lower().replace("_", "-")
                mail = f"mailto://127.0.0.1:{self.ports.mail}/?from=assistant@clinic.example&to={who}@clinic.example"
                found.setdefault(variable, mail if step == 0 else f"json://127.0.0.1:{self.ports.outside}/posts/{who}")
        return found

    def _clinic_file(self) -> str:
        return self.environment.get("CLINIC_FILE") or os.environ.get("CLINIC_FILE") or str(ROOT / "clinic.yml")

    def _token(self) -> str:
        """The secret between frontdesk and Rasa, made at the first start and kept for the owner only."""
        path = self.var / "rasa_token"
        if not path.is_file():
            self.var.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(32))
            new.replace(path)
        return path.read_text().strip()

    def _endpoints(self) -> Path:
        standard = (ROOT / "endpoints.yml").read_text()
        if self.ports.actions == Ports.actions:
            return ROOT / "endpoints.yml"
        path = self.var / "endpoints.yml"
        path.write_text(standard.replace(f":{Ports.actions}/", f":{self.ports.actions}/"))
        return path

    def _copy_log(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.log.write(f"{name:>9} | {line}")
                self.log.flush()


def keys_in(var: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return where the key in ``var`` is, made at the first start; nothing, if ``environment`` has keys already."""
    if environment.get(KEYS) or environment.get(KEYS_FILE):
        return {}
    make_keys(var / "keys")
    return {KEYS_FILE: str(var / "keys")}


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended already, which is what we wanted
        os.killpg(process.pid, number)
