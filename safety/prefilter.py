"""Which patterns can match a text at all: a thousand regular expressions a message would cost more than the message.

Every pattern is taken apart once into the fragments of which at least one must stand in whatever it matches ("kill
myself" or "killing myself", say). One pass over a text then names the few patterns that are worth trying.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import ahocorasick

# The parser of regular expressions that `re` itself uses; its place in the library has changed.
_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_MOST = 64  # fragments that one part of a pattern may have; above, another part of it must do
_SHORTEST = 3
_NOTHING = frozenset({""})


class Prefilter:
    """Names the patterns worth trying on a text.

    Args:
        regexes: The sources of all patterns, by which number they are called.
    """

    def __init__(self, regexes: Sequence[str]) -> None:
        self._always: set[int] = set()
        numbers: dict[str, set[int]] = {}
        for number, regex in enumerate(regexes):
            fragments = required_fragments(regex)
            if fragments is None:
                self._always.add(number)
            for fragment in fragments or ():
                numbers.setdefault(fragment, set()).add(number)
        self._automaton = ahocorasick.Automaton()
        for fragment, owners in numbers.items():
            self._automaton.add_word(fragment, owners)
        self._automaton.make_automaton()

    def candidates(self, text: str) -> set[int]:
        """Return the numbers of the patterns that may match in ``text``; no other can."""
        found = set(self._always)
        if len(self._automaton):
            for _, owners in self._automaton.iter(text):
                found |= owners
        return found


def required_fragments(regex: str) -> frozenset[str] | None:
    """Return strings of which at least one stands in everything that ``regex`` matches; None when it has none."""
    return _Analysis().required(_PARSER.parse(regex))


class _Analysis:
    """Takes one parsed pattern apart; each of its parts is spelled out once."""

    def __init__(self) -> None:
        self._spelled: dict[int, frozenset[str] | None] = {}

    def required(self, parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
        """Return the best of a sequence's parts: the one whose shortest fragment is longest."""
        best: frozenset[str] | None = None
        said: frozenset[str] = _NOTHING  # what may stand directly before the next part, literally
        for operation, value in parsed:
            strings = self._strings(str(operation), value)
            if strings is not None and len(said) * len(strings) <= _MOST:
                said = frozenset(before + after for before in said for after in strings)
                continue
            best = _better(best, said)
            said = _NOTHING if strings is None else strings
            if strings is None:
                best = _better(best, self._inside(str(operation), value))
        return _better(best, said)

    def _strings(self, operation: str, value: Any) -> frozenset[str] | None:
        """All strings that a part of a pattern can match, when they are few; else None."""
        if operation == "LITERAL":
            return frozenset({chr(value)})
        if operation in ("ASSERT", "ASSERT_NOT", "AT"):
            return _NOTHING
        if operation == "IN":
            letters = [chr(item) for kind, item in value if str(kind) == "LITERAL"]
            return frozenset(letters) if len(letters) == len(value) else None
        if operation == "SUBPATTERN":
            return self._all_strings(value[3])
        if operation == "BRANCH":
            found: frozenset[str] = frozenset()
            for branch in value[1]:
                part = self._all_strings(branch)
                if part is None or len(found) + len(part) > _MOST:
                    return None
                found |= part
            return found
        if operation in ("MAX_REPEAT", "MIN_REPEAT") and value[1] == 1:
            once = self._all_strings(value[2])
            return None if once is None else once | (_NOTHING if value[0] == 0 else frozenset())
        return None

    def _all_strings(self, parsed: Any) -> frozenset[str] | None:
        if id(parsed) not in self._spelled:
            self._spelled[id(parsed)] = self._spell_out(parsed)
        return self._spelled[id(parsed)]

    def _spell_out(self, parsed: Any) -> frozenset[str] | None:
        said = _NOTHING
        for operation, value in parsed:
            strings = self._strings(str(operation), value)
            if strings is None or len(said) * len(strings) > _MOST:
                return None
            said = frozenset(before + after for before in said for after in strings)
        return said

    def _inside(self, operation: str, value: Any) -> frozenset[str] | None:
        """What a part that cannot be spelled out requires all the same."""
        if operation == "SUBPATTERN":
            return self.required(value[3])
        if operation in ("MAX_REPEAT", "MIN_REPEAT") and value[0] >= 1:
            return self.required(value[2])
        if operation == "BRANCH":
            parts = [self.required(branch) for branch in value[1]]
            return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if other is None or _shortest(other) < _SHORTEST:
        return one
    if one is None or (_shortest(other), -len(other)) > (_shortest(one), -len(one)):
        return other
    return one


def _shortest(fragments: frozenset[str]) -> int:
    return min(len(fragment.replace(" ", "")) for fragment in fragments)
