"""A region's emergency numbers and crisis lines, and the sentences that name them: ``data/safety/regions.yml``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safety.rules import FOLDER, SafetyRulesError, read_yaml

LANGUAGE = "en"
_ELSEWHERE = "elsewhere"


class Region:
    """What may be shown as a way to help in one region.

    Args:
        code: Such as ``US``. A region that ``regions.yml`` does not know has no numbers of its own: then the local
            emergency wording is shown, and no number that might be wrong.

    Raises:
        SafetyRulesError: ``regions.yml`` is missing or malformed.
    """

    def __init__(self, code: str = "US", folder: Path = FOLDER) -> None:
        path = folder / "regions.yml"
        content = read_yaml(path)
        try:
            chosen: dict[str, Any] = content.get(code) or content[_ELSEWHERE]
            self._says: dict[str, dict[str, str]] = chosen["says"]
            self._contacts: dict[str, dict[str, Any]] = {**chosen["contacts"], **content["everywhere"]}
        except (KeyError, TypeError, AttributeError) as error:
            raise SafetyRulesError(f"{path} needs 'says' and 'contacts' for '{code}' or '{_ELSEWHERE}'.") from error

    def says(self, language: str = LANGUAGE) -> dict[str, str]:
        """Return the region's sentences by name, in ``language`` where there is one, else in English."""
        return {name: in_language(words, language) for name, words in self._says.items()}

    def contacts(self, names: Iterable[str], blanks: dict[str, str], language: str = LANGUAGE) -> list[dict[str, str]]:
        """Return the contacts of those names as label and link, each once; what the region does not have is left out.

        ``blanks`` fills in the clinic's ``name``, ``phone`` and ``phone_link``.
        """
        found = [self._contacts[name] for name in dict.fromkeys(names) if name in self._contacts]
        return [
            {
                "label": in_language(contact["label"], language).format(**blanks),
                "href": contact["href"].format(**blanks),
            }
            for contact in found
        ]


def in_language(words: dict[str, str], language: str) -> str:
    """Return the text in ``language``, or in English where there is none."""
    return words.get(language, words[LANGUAGE])
