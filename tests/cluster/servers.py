"""PostgreSQL and Redis as Debian packs them, on private ports, with their files in a temporary directory."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from records.database import engine_for

GET = "It comes with 'apt-get install postgresql redis-server'."
READY_SECONDS = 60.0
# Nothing here need outlive the test.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def program(name: str) -> str:
    """Where a program is; the tests that need it are skipped, and say so, when there is none."""
    for folder in (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), None):
        if found := shutil.which(name, path=str(folder) if folder else None):
            return found
    pytest.skip(f"'{name}' is missing, so nothing of a cluster was tested here. {GET}")


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as the user that its package makes."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


@dataclass
class PostgreSQL:
    """A running server."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://clinic@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Make a database, and return its address."""
        engine = engine_for(self.url("postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {database}")
        engine.dispose()
        return self.url(database)

    def empty(self, database: str) -> None:
        """Take all rows out of the tables of a database but what its migrations put there."""
        engine = engine_for(self.url(database))
        tables = [name for name in inspect(engine).get_table_names() if name not in ("alembic_version", "audit_head")]
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no foreign keys
            for name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
            connection.exec_driver_sql("UPDATE audit_head SET number = 0, hash = repeat('0', 64)")
        engine.dispose()


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    initdb, postgres, port = program("initdb"), program("postgres"), free_port()
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    try:
        subprocess.run(
            [*_as_postgres(), initdb, "-D", data, "-U", "clinic", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        options = [part for one in FAST for part in ("-c", one)]
        with (folder.parent / f"{folder.name}.log").open("w") as log:
            process = subprocess.Popen(
                [*_as_postgres(), postgres, "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", folder, *options],
                stdout=log, stderr=log, cwd=folder,
            )  # fmt: skip
        try:
            _wait_for_postgresql(PostgreSQL(port), process)
            yield PostgreSQL(port)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(f"{folder}.log").unlink(missing_ok=True)


def _wait_for_postgresql(server: PostgreSQL, process: subprocess.Popen[bytes]) -> None:
    deadline, engine = time.monotonic() + READY_SECONDS, engine_for(server.url("postgres"))
    while True:
        try:
            engine.connect().close()
            engine.dispose()
            return
        except OperationalError:
            assert process.poll() is None, "PostgreSQL stopped while starting"
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.1)


class RedisServer:
    """A Redis server that can be killed and started again on the same port."""

    def __init__(self) -> None:
        self._program, self.port = program("redis-server"), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://:private@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = ["--bind", "127.0.0.1", "--requirepass", "private", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), *settings], stdout=subprocess.DEVNULL, cwd="/"
        )
        deadline = time.monotonic() + READY_SECONDS
        with Redis.from_url(self.url, socket_timeout=2) as client:
            while True:
                try:
                    client.ping()
                    return
                except RedisError:
                    assert time.monotonic() < deadline, "Redis does not answer"
                    time.sleep(0.05)

    def kill(self) -> None:
        """End it at once."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
