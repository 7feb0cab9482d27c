"""What is known of words: which are names somewhere in the world, and which are everyday words.

Names are Faker's, for some fifty languages written in Latin letters. Everyday words are those that spaCy's English
lemmatizer knows. `words.yml` says what neither can tell.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import yaml
from faker.providers import person
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.lang.es.stop_words import STOP_WORDS as SPANISH_STOP_WORDS

PARTS = ("noun", "verb", "adj", "adv")
_ROOT = Path(__file__).resolve().parent.parent
_LATIN = re.compile(r"[a-zß-ɏḀ-ỿ][a-zß-ɏḀ-ỿ'’-]+")
# Where names are those of the people who write here: of nouns, only these count as names.
_NEAR = {"en_US", "en_GB", "en_NZ", "es_MX", "es_ES"}
_STRETCHED = re.compile(r"(.)\1{2,}")
_GIVEN = ("first_names", "first_names_male", "first_names_female")
_LIKE_A_CONDITION = re.compile(
    r".{2,}(?:ic|ive|al|ing|ed|ish|ous|able|phobi[ac]|sis|itis|emia|mine|pine|pam|lam|line|done|zole|pril|less|"
    r"ly|ary|ian|ese|ist|ant|ent)"
)
# What English adds to a word; what is left is looked up.
_ENDINGS = (
    *(("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("er", ""), ("est", "")),
    *(("ly", ""), ("n't", "")),
)


class Words:
    """Tells names from everyday words; built once.

    Args:
        index: Words by part of speech (`PARTS`), as spaCy's English lemmatizer has them.
    """

    def __init__(self, index: Mapping[str, Collection[str]]) -> None:
        said: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
        self._nouns = frozenset(index["noun"])
        self._others = frozenset().union(*(index[part] for part in PARTS if part != "noun"))
        self._ambiguous = frozenset(said["names_that_are_words"])
        self._always = frozenset(said["names_all_the_same"])
        self._never_alone = frozenset(said["never_alone"])
        self._word_surnames = frozenset(said["surnames_that_are_words"])
        self._spanish = frozenset(said["spanish_words"]) | SPANISH_STOP_WORDS
        self.after_my_name = frozenset(said["after_my_name"])
        self._not_names = frozenset(word for entry in said["not_names"] for word in entry.split()) | _looked_up()
        self._given, self._near, self._surnames = _known_names()
        self._spanish_only = frozenset(w for w in self._spanish if w not in STOP_WORDS and not self.everyday(w))

    def given(self, word: str) -> bool:
        """Tell whether ``word`` is a first name somewhere, whatever else it means."""
        return word.lower() in self._given

    def near(self, word: str) -> bool:
        """Tell whether ``word`` is a first name among those who speak English or Spanish in the Americas."""
        return word.lower() in self._near

    def is_spanish(self, words: Iterable[str]) -> bool:
        """Tell whether a text is Spanish: more than one of its ``words`` is Spanish only."""
        return sum(word.lower() in self._spanish_only for word in words) > 1

    def surname(self, word: str) -> bool:
        """Tell whether ``word`` is a surname somewhere, whatever else it means."""
        return word.lower() in self._surnames or word.lower() in self._word_surnames

    def surname_alone(self, word: str) -> bool:
        """Tell whether ``word`` is an everyday word that is taken for a surname after a title."""
        return word.lower() in self._word_surnames

    def surname_or_thing(self, word: str) -> bool:
        """Tell whether ``word`` is a surname that is at most a noun besides: "jones", not "price" or "said"."""
        low = word.lower()
        return low in self._surnames and not any(form in self._others for form in _forms(low))

    def only_a_thing(self, word: str) -> bool:
        """Tell whether ``word`` is a noun of the dictionary, in the singular, and nothing else."""
        return word.lower() in self._nouns and word.lower() not in self._others and not self.excluded(word)

    def excluded(self, word: str) -> bool:
        """Tell whether ``word`` is never a part of a name: a medicine, a condition, "the", "not"."""
        low = word.lower()
        return low in self._not_names or (low in STOP_WORDS and low != "will") or len(low) < 2

    def spanish(self, word: str) -> bool:
        """Tell whether ``word`` is an everyday Spanish word."""
        return word.lower() in self._spanish

    def ambiguous(self, word: str) -> bool:
        """Tell whether ``word`` is a first name and an everyday word alike."""
        return word.lower() in self._ambiguous

    def never_alone(self, word: str) -> bool:
        """Tell whether ``word`` says too little by itself to be a name, even with a capital."""
        return word.lower() in self._never_alone

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one for the whole process
    def everyday(self, word: str) -> bool:
        """Tell whether ``word`` is in the English dictionary, in any form."""
        low = word.lower()
        return any(form in self._nouns or form in self._others for form in _forms(low))

    @lru_cache(maxsize=4096)  # noqa: B019
    def plain_name(self, word: str) -> bool:
        """Tell whether ``word``, even in small letters, is a first name and hardly anything else."""
        low = word.lower()
        if low not in self._given or self.excluded(low) or self._ambiguous & {low} - self._always or self.spanish(low):
            return False
        if low in self._always:
            return True
        if (len(low) < 4 and low not in self._near) or any(form in self._others for form in _forms(low)):
            return False
        return not any(form in self._nouns for form in _forms(low)) or low in self._near

    def unknown(self, word: str) -> bool:
        """Tell whether ``word`` is no word that is known, nor looks like a medicine or a condition."""
        low = word.lower()
        return not (self.excluded(low) or self.everyday(low) or self.spanish(low) or _LIKE_A_CONDITION.fullmatch(low))

    def misspelled(self, word: str) -> bool:
        """Tell whether one letter more, less or other, or two changed about, make ``word`` a word that is known."""
        low = _STRETCHED.sub(r"\1", word.lower())
        pairs = [(low[:place], low[place:]) for place in range(len(low) + 1)]
        candidates = {low, *(a + b[1:] for a, b in pairs), *(a + b[1] + b[0] + b[2:] for a, b in pairs if len(b) > 1)}
        candidates |= {a + letter + rest for a, b in pairs for letter in ascii_lowercase for rest in (b, b[1:])}
        return any(one in self._nouns or one in self._others or one in self._not_names for one in candidates)


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 1:
            stem = word[: -len(ending)]
            yield stem + instead
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1] + instead


def _looked_up() -> frozenset[str]:
    """Return the words of the conditions, medicines, routes and therapies that the assistant knows."""
    lookups = yaml.safe_load((_ROOT / "data" / "lookups" / "names.yml").read_text(encoding="utf-8"))["lookups"]
    return frozenset(
        w for kind in lookups.values() for entry in kind.values() for name in entry["names"] for w in name.split()
    )


def _known_names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return first names, those of them that are near, and surnames; in lower case."""
    given: set[str] = set()
    near: set[str] = set()
    surnames: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        lists = [getattr(provider, name, None) for name in _GIVEN]
        # A property makes its list from the other two.
        first = {n for names in lists if names and not isinstance(names, property) for n in _written(names)}
        given |= first
        if module.name in _NEAR:
            near |= first
        surnames |= set(_written(getattr(provider, "last_names", ())))
    return frozenset(given), frozenset(near), frozenset(surnames)


def _written(names: Any) -> Iterator[str]:
    """Yield the words of ``names`` that are written in Latin letters, in lower case."""
    yield from _LATIN.findall(" ".join(names).lower())
