"""Writes the widget's integrity values: ``python -m tools.integrity``, after every change in ``widget/``.

``widget/parts.js`` holds the value of every file that the loader brings in, ``widget/v1.js`` that of ``parts.js``, and
the line that clinics embed holds that of ``v1.js``: so a page that trusts this line runs nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from content.catalogue import ROOT

WIDGET = ROOT / "widget"
LOADER = WIDGET / "v1.js"
PARTS = WIDGET / "parts.js"
SHOWN_IN = (ROOT / "README.md", ROOT / "docs" / "embedding.md", ROOT / "demo" / "layout.html")
_OF_PARTS = re.compile(r'(?<=const PARTS = ")[^"]*(?=")')
_OF_LOADER = re.compile(r'(?<=integrity=")sha384-[^"]*(?=")')


def main() -> None:
    """Bring every value up to date and print the loader's."""
    for path, text in stamped().items():
        path.write_text(text, encoding="utf-8")
    print(value(LOADER.read_bytes(), "sha384"))


def stamped() -> dict[Path, str]:
    """Return every file that holds an integrity value, as it should be."""
    files = sorted(path for path in WIDGET.rglob("*.*") if path not in (LOADER, PARTS))
    values = {path.relative_to(WIDGET).as_posix(): value(path.read_bytes(), "sha256") for path in files}
    parts = (
        "/** The integrity value of every file that the loader brings in. Written by `make integrity`. */\n"
        f"export const PARTS = {json.dumps(values, indent=2)};\n"
    )
    loader = _OF_PARTS.sub(value(parts.encode(), "sha256"), LOADER.read_text(encoding="utf-8"))
    shown = value(loader.encode(), "sha384")
    pages = {path: _OF_LOADER.sub(shown, path.read_text(encoding="utf-8")) for path in SHOWN_IN}
    return {PARTS: parts, LOADER: loader, **pages}


def value(content: bytes, algorithm: str) -> str:
    """Return the integrity value of ``content`` (https://www.w3.org/TR/SRI/)."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


if __name__ == "__main__":
    main()
