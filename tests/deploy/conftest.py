"""Helm itself, the schemas of Kubernetes and of compose files, and what the chart becomes when Helm renders it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.catalogue import ROOT
from tools.setup import digest, one_at_a_time, uv

CHART = ROOT / "deploy" / "chart"
GIVEN: dict[str, Any] = {
    "images": {"frontdesk": "registry.example/frontdesk@sha256:0", "rasa": "registry.example/rasa@sha256:0"},
    "clinic": (ROOT / "clinic.yml").read_text(),
    "secret": "clinic",
    "host": "chat.clinic.example",
    "ingress": {"tlsSecret": "chat-tls", "addresses": "10.0.0.0/16"},
}


@pytest.fixture(scope="session")
def checkers() -> None:
    """Let tests import the packages of ``requirements/deploy.txt``, installed if need be.

    They are large, and nobody else wants them.
    """
    pinned, folder = ROOT / "requirements" / "deploy.txt", ROOT / "var" / "deploy-checks"
    with one_at_a_time("deploy-checks"):
        stamp = folder / "made.txt"
        if not stamp.is_file() or stamp.read_text() != digest(pinned):
            install = ["pip", "install", "-q", "--require-hashes", "--python", sys.executable, "--target", str(folder)]
            subprocess.run([str(uv()), *install, "-r", str(pinned)], check=True, timeout=240)
            stamp.write_text(digest(pinned))
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def render(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What Helm makes of the chart with ``values``."""
    import helm_python as helm

    with helm.Chart.load(CHART) as chart:
        files: dict[str, str] = chart.render(values, name="clinic", namespace="patients")
    return [one for name, text in files.items() if name.endswith(".yaml") for one in yaml.safe_load_all(text) if one]


@pytest.fixture(scope="session")
def manifests(checkers: None) -> list[dict[str, Any]]:
    """The chart as a clinic would install it."""
    return render(GIVEN)


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(Path(ROOT / "deploy" / "compose.yml").read_text())
    return found
