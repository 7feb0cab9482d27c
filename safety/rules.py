"""Reads ``data/safety/*.yml`` and compiles it: what each category fires on, and what looks alike but is not it.

``unless`` beside ``patterns`` names look-alikes: what such a wording covers does not count as a match.
``unless_in_sentence`` (for a whole category) and ``unless`` (of one pattern) name words that turn the
sentence around them into something else, such as a question about people in general. ``adjust`` names wordings
that make what was found more urgent, or send it to others, however it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from safety.normalise import Normaliser
from safety.prefilter import Prefilter

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
    """One wording that fires, how urgent it is, and what in its sentence calls it off.

    Its expressions are compiled when they are first needed: of more than a thousand, most never are.
    """

    number: int
    regex: str
    urgency: str
    unsure: bool
    unless_regex: str | None

    @cached_property
    def match(self) -> re.Pattern[str]:
        """What fires."""
        return re.compile(self.regex)

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        """What calls it off."""
        return re.compile(self.unless_regex) if self.unless_regex else None


@dataclass(frozen=True)
class Hit:
    """The most urgent thing found for a category."""

    urgency: str
    unsure: bool


@dataclass(frozen=True)
class Adjustment:
    """What a wording changes about a finding of its category; what is None stays."""

    when: re.Pattern[str]
    urgency: str | None
    form: str | None
    teams: tuple[str, ...] | None


@dataclass(frozen=True)
class Repeated:
    """What changes when a category is found for the ``times``-th time in the recent messages."""

    times: int
    urgency: str | None
    form: str | None
    teams: tuple[str, ...] | None


@dataclass(frozen=True)
class Category:
    """One category of the safety policy, compiled.

    ``title`` is how staff read it; ``teams`` are told of its cases; ``general`` names topics (or whole areas) whose
    reviewed answer may stand beside its reply.
    """

    letter: str
    title: str
    urgency: str
    teams: tuple[str, ...]
    general: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]
    repeated: Repeated | None
    patterns: tuple[Pattern, ...]
    look_alikes: re.Pattern[str] | None
    unless_in_sentence: re.Pattern[str] | None
    earlier: re.Pattern[str] | None
    follow_on: re.Pattern[str] | None

    def find(self, plain: str, candidates: set[int], across: int | None = None) -> Hit | None:
        """Return what fires in ``plain``; with ``across``, only what starts before and ends after that place.

        ``candidates`` are the numbers of the patterns that can match in ``plain``.
        """
        matching = [p for p in self.patterns if p.number in candidates and p.match.search(plain)]
        if not matching:
            return None
        masked = [m.span() for m in self.look_alikes.finditer(plain)] if self.look_alikes else []
        hits = [Hit(p.urgency, p.unsure) for p in matching if self._fires(p, plain, masked, across)]
        return min(hits, key=lambda hit: (hit.unsure, hit.urgency)) if hits else None

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
    """All categories in the policy's order of precedence, and the normaliser they are written for.

    ``soft`` finds talk of suicide in ordinary messages; ``plain_no`` and ``plain_yes`` answer the check-in.
    """

    categories: tuple[Category, ...]
    normalise: Normaliser
    prefilter: Prefilter
    soft: re.Pattern[str]
    plain_no: re.Pattern[str]
    plain_yes: re.Pattern[str]


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
    sources: dict[int, str] = {}
    vocabulary: set[str] = set()
    for path, content in category_files(folder):
        compiled[content["category"]] = _category(path, content, macros, sources)
        for example in (*content["fires"], *content["does_not_fire"]):
            vocabulary.update(re.findall(r"[a-z]+", example.lower()))
    normalise = Normaliser(spelling["words"], spelling["phrases"], spelling["emoji"], spelling["disguised"], vocabulary)
    soft, no, yes = (
        _compile(folder / "shared.yml", shared[key], macros) for key in ("soft_line", "plain_no", "plain_yes")
    )
    ordered = tuple(compiled[letter] for letter in shared["precedence"])
    try:
        prefilter = Prefilter([sources[number] for number in sorted(sources)])
    except re.error as error:
        raise SafetyRulesError(
            f"{folder}: a pattern is not a regular expression: {error.pattern!r}: {error}"
        ) from error
    return Rules(ordered, normalise, prefilter, soft, no, yes)


def _require(path: Path, content: Any, letter: str) -> None:
    missing = {"category", "title", "urgency", "teams", "patterns", "fires", "learnt", "does_not_fire"} - set(content)
    if missing:
        raise SafetyRulesError(f"{path} lacks {', '.join(sorted(missing))}.")
    if content["category"] != letter or content["urgency"] not in URGENCIES:
        raise SafetyRulesError(f"{path} must have category '{letter}' and an urgency U0 to U4.")


def _category(path: Path, content: dict[str, Any], macros: dict[str, str], sources: dict[int, str]) -> Category:
    def compile_any(regexes: list[str] | None) -> re.Pattern[str] | None:
        regex = _any_of(path, regexes, macros)
        return re.compile(regex) if regex else None

    patterns = tuple(_patterns(path, content, macros, len(sources)))
    sources.update({pattern.number: pattern.regex for pattern in patterns})
    follow_on = content.get("follow_on", {})
    return Category(
        letter=content["category"],
        title=content["title"],
        urgency=content["urgency"],
        teams=tuple(content["teams"]),
        general=tuple(content.get("general", ())),
        adjustments=tuple(
            Adjustment(_compile(path, item["when"], macros), item.get("urgency"), item.get("form"), _teams(item))
            for item in content.get("adjust", ())
        ),
        repeated=_repeated(content.get("repeated")),
        patterns=patterns,
        look_alikes=compile_any(content.get("unless")),
        unless_in_sentence=compile_any(content.get("unless_in_sentence")),
        earlier=compile_any(follow_on.get("earlier")),
        follow_on=compile_any(follow_on.get("now")),
    )


def _teams(item: dict[str, Any]) -> tuple[str, ...] | None:
    return tuple(item["teams"]) if "teams" in item else None


def _repeated(item: dict[str, Any] | None) -> Repeated | None:
    return Repeated(item["times"], item.get("urgency"), item.get("form"), _teams(item)) if item else None


def _patterns(
    path: Path,
    content: dict[str, Any],
    macros: dict[str, str],
    first: int,
) -> Iterator[Pattern]:
    for number, item in enumerate(content["patterns"], first):
        more = item if isinstance(item, dict) else {}
        yield Pattern(
            number=number,
            regex=_whole_words(path, _regex_of(item), macros),
            urgency=more.get("urgency", content["urgency"]),
            unsure=more.get("unsure", False),
            unless_regex=_any_of(path, more.get("unless"), macros),
        )


def _regex_of(item: str | dict[str, Any]) -> str:
    return item if isinstance(item, str) else str(item["match"])


def _expand(path: Path, regex: str, macros: dict[str, str]) -> str:
    def named(found: re.Match[str]) -> str:
        if found.group(1) not in macros:
            raise SafetyRulesError(f"{path}: the pattern '{regex}' uses {found.group()}, which shared.yml lacks.")
        return f"(?:{macros[found.group(1)]})"

    return _MACRO.sub(named, regex)


def _any_of(path: Path, regexes: list[str] | None, macros: dict[str, str]) -> str | None:
    return _whole_words(path, "|".join(f"(?:{regex})" for regex in regexes), macros) if regexes else None


def _whole_words(path: Path, regex: str, macros: dict[str, str]) -> str:
    return rf"(?<!\w)(?:{_expand(path, regex, macros)})(?!\w)"


def _compile(path: Path, regex: str, macros: dict[str, str]) -> re.Pattern[str]:
    try:
        return re.compile(_whole_words(path, regex, macros))
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
