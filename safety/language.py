"""Whether a visitor writes Spanish, so that a crisis reply comes in words they read best."""

from __future__ import annotations

import re
from functools import lru_cache

from safety.rules import FOLDER, read_yaml

_WORD = re.compile(r"[a-záéíóúüñ]+")
_ACCENTS = str.maketrans("áéíóúüñ", "aeiouun")
_MARKS = re.compile(r"[¿¡ñ]")


def language_of(text: str, locale: str = "") -> str:
    """Return ``es`` when ``text`` reads as Spanish, or when it has no words and the page is Spanish; else ``en``.

    Two common Spanish words make a message Spanish, one does in a message of up to three words.
    """
    words = [word.translate(_ACCENTS) for word in _WORD.findall(text.lower())]
    if not words:
        return "es" if locale.lower().startswith("es") else "en"
    spanish = sum(word in _spanish() for word in words)
    if _MARKS.search(text.lower()) or spanish >= 2 + len(words) // 12 or (spanish and len(words) <= 3):
        return "es"
    return "en"


@lru_cache(maxsize=1)
def _spanish() -> frozenset[str]:
    return frozenset(read_yaml(FOLDER / "spanish.yml")["words"])
