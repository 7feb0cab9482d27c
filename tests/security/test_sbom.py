"""The list of packages names every one that is installed, with its version and hashes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from content.catalogue import ROOT


@pytest.mark.parametrize("name", ["dev"])  # the other is made in the same way
def test_every_pinned_package_is_listed_with_its_hashes(tmp_path: Path, name: str) -> None:
    pinned = ROOT / "requirements" / f"{name}.txt"
    (command,) = re.findall(r"^SBOM = (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    path = tmp_path / "sbom.json"
    subprocess.run(
        [*command.split(), "--no-validate", str(pinned), "--output-file", str(path)],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    listed = json.loads(path.read_text())
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["name"] == "ketamine-clinic-faq"
    found = {(one["name"].lower(), one["version"]) for one in listed["components"]}
    wanted = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", pinned.read_text(), re.MULTILINE)
    assert len(wanted) > 50
    assert found == {(package.lower(), version) for package, version in wanted}
    assert all(one["externalReferences"][0]["hashes"] for one in listed["components"])
