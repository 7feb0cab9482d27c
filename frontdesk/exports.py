"""Conversations as a file: JSON for programs, CSV for spreadsheets, HTML to read and print."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from escalation.titles import case_title
from records import Exported, Line

Format = Literal["json", "csv", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {"json": "application/json", "csv": "text/csv", "html": "text/html"}
SCOPES = {
    "redacted": "Redacted: personal details that were recognised are replaced by marks. Not every one is recognised.",
    "original": "With the words that were written. Confidential.",
    "access": "Everything that is held about one conversation, for its visitor, without staff's notes to each other.",
}
COLUMNS = ("conversation", "what", "at (UTC)", "by", "number", "kind", "category", "text", "more")
# A spreadsheet takes what begins so for a formula (OWASP, "CSV Injection"); the wide forms too, in some languages.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_file(exported: Sequence[Exported], scope: str, form: Format, clinic: str, now: dt.datetime) -> bytes:
    """Return conversations as the content of a file.

    Args:
        exported: The conversations, all of the same ``scope``.
        scope: Which lines they have; the file says so.
        form: ``json``, ``csv`` or ``html``.
        clinic: The clinic's name, as the file's heading.
        now: When they were exported.
    """
    if form == "json":
        held = {
            "clinic": clinic,
            "exported_at": now,
            "scope": scope,
            "conversations": [asdict(one) for one in exported],
        }
        return json.dumps(held, ensure_ascii=False, indent=2, default=_plain).encode()
    if form == "csv":
        return _csv(exported).encode("utf-8-sig")  # by the mark at its beginning, spreadsheets know that it is UTF-8
    template = _TEMPLATES.get_template("export.html")
    shown = {"exported": exported, "clinic": clinic, "says": SCOPES[scope], "now": now}
    return template.render(shown, moment=_moment, rest=_rest, title=case_title).encode()


def _csv(exported: Sequence[Exported]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for one in exported:
        for line in one.lines:
            says = line.says
            more = "; ".join(f"{name}: {value}" for name, value in _rest(line))
            cells = (says.get("number"), says.get("kind"), says.get("category"), says.get("text"), more)
            row = (one.conversation, line.what, _moment(line.at), line.by, *cells)
            writer.writerow(_harmless("" if cell is None else str(cell)) for cell in row)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _rest(line: Line) -> list[tuple[str, str]]:
    """What else a line says, without what is empty."""
    known = ("number", "kind", "category", "text")
    found = {name: value for name, value in line.says.items() if name not in known and value not in (None, "", [])}
    return [(name.replace("_", " "), _words(value)) for name, value in found.items()]


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)


def _moment(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _plain(value: object) -> str:
    """What JSON cannot say by itself: times."""
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
