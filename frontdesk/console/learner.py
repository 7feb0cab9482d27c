"""Starts learning as a process of its own, which goes on when the frontdesk stops."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from content.catalogue import ROOT
from frontdesk.settings import Settings
from review.progress import Diary, State, What, locked

NO_START = "It could not be started. Tell whoever runs the assistant to say 'make learn' there."


def command_of(settings: Settings, root: Path = ROOT) -> list[str] | None:
    """Return what makes the assistant learn on this machine; None when it cannot learn here.

    Args:
        settings: They may name another command.
        root: Where the assistant is.
    """
    if given := shlex.split(settings.learn_command):
        return given if shutil.which(given[0]) else None
    # The images that serve visitors have neither: see docs/deploying.md.
    needed = (root / ".venv-rasa" / "bin" / "python", root / "tools" / "learn.py")
    return [sys.executable, "-m", "tools.learn"] if all(path.is_file() for path in needed) else None


def start(command: list[str], folder: Path, what: What) -> bool:
    """Start learning, or going back; return whether it was: one at a time can. Blocks for a moment.

    Args:
        command: From :func:`command_of`.
        folder: Where what was taught waits.
        what: What to do.

    Raises:
        OSError: The folder cannot be written to.
    """
    lock = locked(folder)
    if lock is None:
        return False
    with lock:
        diary = Diary(folder, what)
        given = [*command, "--started", *(["--back"] if what is What.BACK else [])]
        try:
            # As its input it has the lock, from the first moment to its last. What it prints may hold words.
            process = subprocess.Popen(
                given, cwd=ROOT, stdin=lock, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, umask=0o077,
            )  # fmt: skip
        except OSError:
            diary.end(State.FAILED, NO_START)
            return True
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it when it has ended
    return True
