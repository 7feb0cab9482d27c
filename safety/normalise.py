"""Brings a message into the one plain form that the rules are written for.

The form: lower case without accents, words and numbers with one space between them, no apostrophes
("i'm" and "i am" are both ``im``, "can't" is ``cant``), commas dropped, and ``.`` or ``?`` as a word of
its own at the end of a sentence, so that a pattern made of words never reaches across a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product

_QUOTES = str.maketrans({c: "'" for c in "\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc"})
_LEET = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "|": "li"}
_LEET_TOKEN = re.compile(r"(?<![\w$@!|])[\w$@!|]*[0134578$@!|][\w$@!|]*(?![\w$@|])")
_NUMBER_AND_UNIT = re.compile(r"\$?\d+(?:st|nd|rd|th|[a-z]{1,3})?!*")
_SPACED_OUT = re.compile(r"(?<!\w)(?:\w(?:[ .\-_*]{1,3}|(?!\w))){4,}(?!\w)")
_SPACED_OUT_GAP = re.compile(r"(?<=\w)(?: {2,}|\s*[|/]\s*)(?=\w)")
_SPACERS = re.compile(r"[ .\-_*]")
_CENSORED = re.compile(r"(?<=\w)[*_~#^]+(?=\w)")
_REPEATED = re.compile(r"\b\w*([a-z])\1\1\w*")
_RUN = re.compile(r"([a-z])\1{2,}")
_CONTRACTIONS = (
    (re.compile(r"\b(i|he|she|we|they|you|it|that|this|who)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|he|she|we|they|you)'d\b"), r"\1 would"),
    (re.compile(r"\b(we|they|you)'re\b"), r"\1 are"),
    (re.compile(r"\bo\.?d'(?:e?d)\b|\boded\b"), "overdosed"),
    (re.compile(r"\bi (?:am|m)\b"), "im"),
    (re.compile(r"\b(he|she|it) is\b"), r"\1s"),
    (re.compile(r"\bcan ?not\b"), "cant"),
    (re.compile(r"\bwill not\b"), "wont"),
    (re.compile(r"\b(do|does|did|is|are|was|has|have|would|could|should) not\b"), r"\1nt"),
)
_WITHOUT = re.compile(r"\bw/o\b")
_WITH = re.compile(r"\bw/ ?")
_YEARS_OLD = re.compile(r"\b(\d{1,2}) ?-?(?:y/?o|yr old|yrs old|years? old|years? of age)\b")
_JOINED = re.compile(r"(?<=[a-z])[\-/](?=[a-z])|(?<=\d)-(?=[a-z])")
_SENTENCE_END = re.compile(r"[!;\n\r]+|\.(?!\d)")
_QUESTION = re.compile(r"\?")
_DOLLAR = re.compile(r"\$(?=\s|$)")
_LEFT_OVER = re.compile(r"[^\w./%?]+|(?<!\w)[/%]+|_+")
_STOPS = re.compile(r"(?:\s*[.?])*\s*\?(?:\s*[.?])*|(?:\s*\.(?!\d))+")
_WORD = re.compile(r"[a-z0-9]+")


class Normaliser:
    """Turns any message into the plain form; built once, with the tables of ``data/safety/spelling.yml``.

    Args:
        words: What to read for a word, such as ``{"suisidal": "suicidal"}``.
        phrases: The same for several words at once.
        emoji: What to read for a character.
        disguised: Words that people hide with digits and signs (k1ll) or with spaces (k i l l).
        vocabulary: Words known to be spelled right, to undo repeated letters with.
    """

    def __init__(
        self,
        words: Mapping[str, str],
        phrases: Mapping[str, str],
        emoji: Mapping[str, str],
        disguised: Iterable[str],
        vocabulary: Iterable[str] = (),
    ) -> None:
        self._words = dict(words)
        self._phrases = dict(phrases)
        self._phrase = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)) + r")\b")
        self._emoji = {ord(char): f" {meaning} " for char, meaning in emoji.items()}
        self._disguised = frozenset(disguised)
        self._known = self._disguised.union(vocabulary, self._words.values())
        self._cached = lru_cache(maxsize=256)(self._normalise)

    def __call__(self, text: str) -> str:
        """Return the plain form of ``text``."""
        return self._cached(text)

    def _normalise(self, text: str) -> str:
        text = text.translate(self._emoji).translate(_QUOTES)
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).lower()
        if not text.isascii():
            text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Me")).translate(_QUOTES)
        text = _SPACED_OUT.sub(self._close_up, text)
        text = _CENSORED.sub("", text)
        text = _LEET_TOKEN.sub(self._undisguise, text)
        text = _REPEATED.sub(self._shorten, text)
        text = _WITH.sub("with ", _WITHOUT.sub("without", text))
        text = _YEARS_OLD.sub(r"\1 year old", text)
        text = self._plain_words(text)
        text = self._phrase.sub(lambda found: self._phrases[found.group()], text)
        return text

    def _plain_words(self, text: str) -> str:
        text = _DOLLAR.sub(" money ", text.replace("&", " and ").replace("@", " at "))
        for pattern, plain in _CONTRACTIONS[:4]:
            text = pattern.sub(plain, text)
        text = _JOINED.sub(" ", text.replace("'", ""))
        text = _QUESTION.sub(" ? ", _SENTENCE_END.sub(" . ", text))
        text = " ".join(_LEFT_OVER.sub(" ", text).split())
        text = _WORD.sub(lambda found: self._words.get(found.group(), found.group()), text)
        for pattern, plain in _CONTRACTIONS[4:]:
            text = pattern.sub(plain, text)
        text = _STOPS.sub(lambda found: " ? " if "?" in found.group() else " . ", text)
        text = " ".join(text.split())
        return text.removesuffix(" .")

    def _shorten(self, found: re.Match[str]) -> str:
        """Undo repeated letters: "sooo" is "so", "killlll" is "kill"."""
        if len(found.group()) <= 4 and len(set(found.group())) == 1:
            return found.group()
        for kept in (r"\1\1", r"\1"):
            candidate = _RUN.sub(kept, found.group())
            if candidate in self._known or candidate in self._words:
                return candidate
        return _RUN.sub(r"\1", found.group())

    def _undisguise(self, found: re.Match[str]) -> str:
        token = found.group()
        core = token.rstrip("!")
        if not 2 <= len(core) <= 16 or _NUMBER_AND_UNIT.fullmatch(token) or not any(c.isalpha() for c in core):
            return token
        signs = sum(c in "1|" for c in core)
        if signs > 4:
            return token
        for letters in product(*(_LEET.get(c, c) for c in core)):
            word = "".join(letters)
            if word in self._disguised or self._words.get(word) in self._disguised:
                return word + " ."[: 2 * (token != core)]
        return token

    def _close_up(self, found: re.Match[str]) -> str:
        """Read "k i l l  m y s e l f" as two words; leave single letters that spell nothing known alone."""
        pieces: list[str] = []
        for piece in _SPACED_OUT_GAP.split(found.group().strip()):
            letters = _SPACERS.sub("", piece)
            parts = self._split(letters)
            if parts is None:
                return found.group()
            pieces.extend(parts)
        return " ".join(pieces) + " "

    def _split(self, letters: str) -> list[str] | None:
        """Split letters into known words, the longest first, or return ``None``."""
        plain = self._undisguise_letters(letters)
        best: list[list[str] | None] = [[]] + [None] * len(plain)
        for end in range(1, len(plain) + 1):
            for start in range(max(0, end - 12), end):
                before, word = best[start], plain[start:end]
                if before is not None and word in self._disguised:
                    candidate = [*before, word]
                    current = best[end]
                    if current is None or len(candidate) < len(current):
                        best[end] = candidate
        return best[-1]

    @staticmethod
    def _undisguise_letters(letters: str) -> str:
        return "".join(_LEET.get(c, c)[0] for c in letters)
