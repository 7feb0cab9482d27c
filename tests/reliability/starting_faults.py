"""What is wrong with the database when the frontdesk starts: it says so in one sentence, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from content.catalogue import ROOT
from records.backup import backup
from tests.reliability.rig import Rig


def damaged(rig: Rig) -> str:
    """Some pages of the file are garbage."""
    with TemporaryDirectory() as folder:
        database = _copied(rig, Path(folder))
        with database.open("r+b") as file:
            file.seek(3 * 4096)
            file.write(os.urandom(40 * 4096))
        shown = _refused(database)
    assert "is damaged" in shown
    assert "'python -m frontdesk restore FILE'" in shown
    return shown


def not_a_database(rig: Rig) -> str:
    """The beginning of the file is garbage."""
    with TemporaryDirectory() as folder:
        database = _copied(rig, Path(folder))
        with database.open("r+b") as file:
            file.write(os.urandom(4096))
        shown = _refused(database)
    assert "is damaged (file is not a database)" in shown
    return shown


def newer(rig: Rig) -> str:
    """A later version has changed its form."""
    with TemporaryDirectory() as folder:
        database = _copied(rig, Path(folder))
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        shown = _refused(database)
    assert "is of form 9999 and this version knows 0001 to 0" in shown
    assert "start the newer version" in shown
    return shown


def read_only(rig: Rig) -> str:
    """The file is somebody else's."""
    with TemporaryDirectory() as folder:
        database = _copied(rig, Path(folder))
        database.chmod(0o444)
        shown = _refused(database)
    assert "cannot be written" in shown
    return shown


def _copied(rig: Rig, folder: Path) -> Path:
    database = folder / "records.db"
    backup(rig.database, database)
    return database


def _refused(database: Path) -> str:
    """Start a frontdesk that must not start; return what it said, without the folder's name."""
    before = database.read_bytes()
    done = subprocess.run(
        [*_without_privileges(), sys.executable, "-m", "frontdesk"],
        cwd=ROOT,
        env={**os.environ, "FRONTDESK_DATABASE_URL": f"sqlite:///{database}", "FRONTDESK_PORT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert database.read_bytes() == before
    return sentence.replace(f"{database.parent}/", "")


def _without_privileges() -> list[str]:
    """What makes the rights of files hold for root too."""
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
