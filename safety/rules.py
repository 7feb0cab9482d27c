"""Reads ``data/safety/*.yml`` and compiles it: what each category fires on, and what looks alike but is not it.

``unless`` beside ``patterns`` names look-alikes: what such a wording covers does not count as a match.
``unless_in_sentence`` (for a whole category) and ``unless`` (of one pattern) name words that turn the
sentence around them into something else, such as a question about people in general.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from safety.normalise import Normaliser

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "safety"
CATEGORIES = "abcdefghijklmnop"
URGENCIES = ("U0", "U1", "U2", "U3", "U4")
KINDS = {"a": "crisis", "b": "crisis", "c": "emergency", "d": "emergency", "m": "handoff"}

_MACRO = re.compile(r"\{([a-z_]+)\}")
_STOP = re.compile(r"(?<= )[.?](?: |$)")


class SafetyRulesError(ValueError):
    """The rules of the safety room cannot be read; the message names the file and the fix."""


@dataclass(frozen=True)
class Pattern:
    """One wording that fires, how urgent it is, and what in its sentence calls it off."""

    match: re.Pattern[str]
    urgency: str
    unsure: bool
    unless: re.Pattern[str] | None


@dataclass(frozen=True)
class Hit:
    """The most urgent thing found for a category."""

    urgency: str
    unsure: bool


@dataclass(frozen=True)
class Category:
    """One category of the safety policy, compiled."""

    letter: str
    kind: str
    urgency: str
    patterns: tuple[Pattern, ...]
    any_pattern: re.Pattern[str]
    look_alikes: re.Pattern[str] | None
    unless_in_sentence: re.Pattern[str] | None
    earlier: re.Pattern[str] | None
    follow_on: re.Pattern[str] | None

    def find(self, plain: str, across: int | None = None) -> Hit | None:
        """Return what fires in ``plain``; with ``across``, only what starts before and ends after that place."""
        if not self.any_pattern.search(plain):
            return None
        masked = [m.span() for m in self.look_alikes.finditer(plain)] if self.look_alikes else []
        hits = [Hit(p.urgency, p.unsure) for p in self.patterns if self._fires(p, plain, masked, across)]
        return min(hits, key=lambda hit: (hit.unsure, hit.urgency)) if hits else None

    def follows_on(self, plain: str, earlier: Iterable[str]) -> bool:
        """Whether ``plain`` means this category because of what was said ``earlier``."""
        if self.follow_on is None or not self.follow_on.search(plain):
            return False
        if self.earlier is None:
            return any(self.find(said) for said in earlier)
        return any(self.earlier.search(said) for said in earlier)

    def _fires(self, pattern: Pattern, plain: str, masked: list[tuple[int, int]], across: int | None) -> bool:
        for found in pattern.match.finditer(plain):
            start, end = found.span()
            if across is not None and not start < across <= end - 1:
                continue
            if any(start < mask_end and mask_start < end for mask_start, mask_end in masked):
                continue
            sentence = _sentence(plain, start, end)
            if pattern.unless is not None and pattern.unless.search(sentence):
                continue
            if self.unless_in_sentence is not None and self.unless_in_sentence.search(sentence):
                continue
            return True
        return False


@dataclass(frozen=True)
class Rules:
    """All categories in the policy's order of precedence, and the normaliser they are written for."""

    categories: tuple[Category, ...]
    normalise: Normaliser


def read_yaml(path: Path) -> Any:
    """Read one YAML file.

    Raises:
        SafetyRulesError: The file is missing or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  safe, and in C
    except (OSError, yaml.YAMLError) as error:
        raise SafetyRulesError(f"{path} cannot be read: {error}") from error


def category_files(folder: Path = FOLDER) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every category's file and content.

    Raises:
        SafetyRulesError: A category of the policy has no file, or a file says something else than its name.
    """
    for letter in CATEGORIES:
        paths = list(folder.glob(f"{letter}_*.yml"))
        if len(paths) != 1:
            raise SafetyRulesError(f"{folder} needs exactly one file {letter}_*.yml and has {len(paths)}.")
        content = read_yaml(paths[0])
        _require(paths[0], content, letter)
        yield paths[0], content


def load(folder: Path = FOLDER) -> Rules:
    """Read and compile everything.

    Raises:
        SafetyRulesError: A file is missing or malformed, or a pattern is no regular expression.
    """
    shared = read_yaml(folder / "shared.yml")
    spelling = read_yaml(folder / "spelling.yml")
    macros: dict[str, str] = {}
    for name, regex in shared["macros"].items():
        macros[name] = _expand(folder / "shared.yml", regex, macros)
    compiled: dict[str, Category] = {}
    vocabulary: set[str] = set()
    for path, content in category_files(folder):
        compiled[content["category"]] = _category(path, content, macros)
        for example in (*content["fires"], *content["does_not_fire"]):
            vocabulary.update(re.findall(r"[a-z]+", example.lower()))
    normalise = Normaliser(spelling["words"], spelling["phrases"], spelling["emoji"], spelling["disguised"], vocabulary)
    return Rules(tuple(compiled[letter] for letter in shared["precedence"]), normalise)


def _require(path: Path, content: Any, letter: str) -> None:
    missing = {"category", "kind", "urgency", "patterns", "fires", "does_not_fire", "reply"} - set(content)
    if missing:
        raise SafetyRulesError(f"{path} lacks {', '.join(sorted(missing))}.")
    kind = KINDS.get(letter, "advice")
    if content["category"] != letter or content["kind"] != kind or content["urgency"] not in URGENCIES:
        raise SafetyRulesError(f"{path} must have category '{letter}', kind '{kind}' and an urgency U0 to U4.")


def _category(path: Path, content: dict[str, Any], macros: dict[str, str]) -> Category:
    def compile_any(regexes: list[str] | None) -> re.Pattern[str] | None:
        return _compile(path, "|".join(f"(?:{regex})" for regex in regexes), macros) if regexes else None

    patterns = tuple(_patterns(path, content, macros, compile_any))
    follow_on = content.get("follow_on", {})
    everything = _compile(path, "|".join(f"(?:{_regex_of(item)})" for item in content["patterns"]), macros)
    return Category(
        letter=content["category"],
        kind=content["kind"],
        urgency=content["urgency"],
        patterns=patterns,
        any_pattern=everything,
        look_alikes=compile_any(content.get("unless")),
        unless_in_sentence=compile_any(content.get("unless_in_sentence")),
        earlier=compile_any(follow_on.get("earlier")),
        follow_on=compile_any(follow_on.get("now")),
    )


def _patterns(
    path: Path,
    content: dict[str, Any],
    macros: dict[str, str],
    compile_any: Callable[[list[str] | None], re.Pattern[str] | None],
) -> Iterator[Pattern]:
    for item in content["patterns"]:
        more = item if isinstance(item, dict) else {}
        yield Pattern(
            match=_compile(path, _regex_of(item), macros),
            urgency=more.get("urgency", content["urgency"]),
            unsure=more.get("unsure", False),
            unless=compile_any(more.get("unless")),
        )


def _regex_of(item: str | dict[str, Any]) -> str:
    return item if isinstance(item, str) else str(item["match"])


def _expand(path: Path, regex: str, macros: dict[str, str]) -> str:
    def named(found: re.Match[str]) -> str:
        if found.group(1) not in macros:
            raise SafetyRulesError(f"{path}: the pattern '{regex}' uses {found.group()}, which shared.yml lacks.")
        return f"(?:{macros[found.group(1)]})"

    return _MACRO.sub(named, regex)


def _compile(path: Path, regex: str, macros: dict[str, str]) -> re.Pattern[str]:
    try:
        return re.compile(rf"(?<!\w)(?:{_expand(path, regex, macros)})(?!\w)")
    except re.error as error:
        raise SafetyRulesError(f"{path}: '{regex}' is not a regular expression: {error}") from error


def _sentence(plain: str, start: int, end: int) -> str:
    """The sentence, or sentences, that the match from ``start`` to ``end`` stands in."""
    first = 0
    for stop in _STOP.finditer(plain):
        if stop.end() <= start:
            first = stop.end()
        elif stop.start() >= end - 1:
            return plain[first : stop.end()]
    return plain[first:]
