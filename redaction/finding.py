"""What was found in a text, and the marks that stand in its place."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME, PHONE, EMAIL, NUMBER, ADDRESS, BORN, LINK = "name", "phone", "e-mail", "number", "address", "birth date", "link"
# Where two findings overlap, the first of these gives the mark.
KINDS = (EMAIL, LINK, BORN, PHONE, NUMBER, ADDRESS, NAME)
MARK = re.compile(r"\[(?:" + "|".join(KINDS) + r")\]")


class Finding(NamedTuple):
    """Something that tells who a person is: one of `KINDS`, and where it stands (``text[start:end]``)."""

    kind: str
    start: int
    end: int


def replaced(text: str, findings: list[Finding]) -> str:
    """Return ``text`` with a mark for each finding; what overlaps, and names side by side, get one mark together."""
    for finding in reversed(joined(text, findings)):
        text = f"{text[: finding.start]}[{finding.kind}]{text[finding.end :]}"
    return text


def joined(text: str, findings: list[Finding]) -> list[Finding]:
    """Return findings in order, without overlaps, and none that touches a mark that stands in the text already."""
    marks = [match.span() for match in MARK.finditer(text)]
    together: list[Finding] = []
    for finding in sorted(findings, key=lambda one: one.start):
        if any(finding.start < end and start < finding.end for start, end in marks):
            continue
        if together:
            last = together[-1]
            between = text[last.end : finding.start]
            beside = last.kind == finding.kind == NAME and len(between) < 3 and not between.strip()
            if finding.start < last.end or beside:
                kind = min(last.kind, finding.kind, key=KINDS.index)
                together[-1] = Finding(kind, last.start, max(last.end, finding.end))
                continue
        together.append(finding)
    return together
