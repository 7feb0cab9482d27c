"""Canned replies: ready words for what clinicians say again and again, with the clinician's and the clinic's name."""

from __future__ import annotations

from dataclasses import dataclass

from content.catalogue import ROOT, read_yaml

FILE = ROOT / "data" / "console" / "canned.yml"


class CannedError(Exception):
    """A canned reply cannot be used; the message says which one and what to change."""


@dataclass(frozen=True)
class Canned:
    """One ready reply."""

    id: str
    title: str
    text: str


def load_canned() -> list[Canned]:
    """Return the canned replies as they are in the file.

    Raises:
        CannedError: One lacks something, or asks for a variable that there is not.
    """
    found = []
    for number, item in enumerate(read_yaml(FILE)["replies"], start=1):
        try:
            one = Canned(str(item["id"]), str(item["title"]), str(item["text"]).strip())
            one.text.format(name="", clinic="")
        except (KeyError, IndexError, ValueError) as error:
            raise CannedError(
                f"{FILE.name}, reply {number}: give 'id', 'title' and 'text', and use no variables but {{name}} and "
                f"{{clinic}} ({error})"
            ) from error
        found.append(one)
    if len({one.id for one in found}) != len(found):
        raise CannedError(f"{FILE.name}: two replies have the same 'id'; give each its own.")
    return found


def filled(replies: list[Canned], name: str, clinic: str) -> list[Canned]:
    """Return the replies in the words of one clinician."""
    return [Canned(one.id, one.title, one.text.format(name=name, clinic=clinic)) for one in replies]
