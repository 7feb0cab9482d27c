"""What the machine is, and how much memory and processor time processes take; from ``/proc``, so Linux only."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Sequence

PROC = Path("/proc")


class Memory(NamedTuple):
    """MiB. ``pss`` counts a page that processes share once, ``rss`` once for each."""

    pss: float
    rss: float


def memory(roots: Iterable[int]) -> Memory:
    """Return what processes and all that they started take together."""
    pss = rss = 0
    for process in _with_children(list(roots)):
        try:
            lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended
            continue
        values = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        pss, rss = pss + values["Pss"], rss + values["Rss"]
    return Memory(pss / 1024, rss / 1024)


def processor_seconds(roots: Iterable[int]) -> float:
    """Return how long processes and all that they started have used a core."""
    ticks = 0
    for process in _with_children(list(roots)):
        try:
            after = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _with_children(roots: Sequence[int]) -> List[int]:
    children: Dict[int, List[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            after = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after[1]), []).append(int(path.parent.name))
    found: List[int] = []
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            waiting += children.get(one, [])
    return found


def describe(rasa_packages: Dict[str, str]) -> Dict[str, str]:
    """Say what it was measured on; nothing that names the machine.

    Args:
        rasa_packages: Versions in Rasa's environment.
    """
    total = int((PROC / "meminfo").read_text().split()[1]) / 2**20
    here = {name: metadata.version(name) for name in ("fastapi", "uvicorn", "rasa-sdk")}
    packages = {**{name: version for name, version in rasa_packages.items() if name != "python"}, **here}
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{total:.0f} GiB",
        "system": f"{_system()}, Linux {platform.release().split('-')[0]}",
        "Python": f"{rasa_packages.get('python', '?')} for Rasa, {platform.python_version()} for the rest",
        "packages": ", ".join(f"{name} {version}" for name, version in packages.items()),
    }


def busy() -> float:
    """Return how many processes wanted a core in the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in (PROC / "cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"
