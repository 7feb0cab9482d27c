"""Checks on what the assistant says: ``python -m content.check [topic-prefix …]``.

Every rule here protects a visitor: no sentence without a source, nothing the fact check forbids,
nothing copied from the documents, nothing too long or too hard to read, nothing past its review.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sys
from collections.abc import Iterator

import textstat

from content.catalogue import ROOT, Answer, Catalogue, Knowledge, Sentence, as_text, read_yaml
from content.clinic import Clinic
from content.guide import Guide, GuideError, load_guide

SHORT_WORDS = 60
DETAIL_WORDS = 150
READING_GRADE = 8.0
EXAMPLES = 20
SHINGLE_WORDS = 8
SALT = "ketamine-clinic-faq"
# The guide prepares a talk; it never says who is a candidate.
VERDICT = re.compile(
    r"\byou(?:['’]re| are| may be| might be| could be| would be| will be| seem| look)?"
    r"(?: do| may| might| not| likely| probably| no| still| to be)*"
    r" (?:an? (?:\w+ )?candidate|(?:in)?eligible|(?:un)?suitable|(?:dis)?qualif\w+|ruled out|cleared|(?:un)?fit for)\b"
    r"|\b(?:is|are|would be|should be|seems) (?:\w+ )?(?:right|safe|suitable|unsafe|fine|ok) for you\b",
    re.IGNORECASE,
)
DOSE = re.compile(r"\b\d+([.,]\d+)?\s*(mg|mcg|milligrams?|micrograms?|ml|mg/kg)\b", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Split ``text`` into lower-case words, the way the documents' shingles were made."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def shingles(text: str) -> set[str]:
    """Return the salted hashes of every run of eight words in ``text``."""
    found = words(text)
    return {
        hashlib.sha256(f"{SALT} {' '.join(found[i : i + SHINGLE_WORDS])}".encode()).hexdigest()[:12]
        for i in range(len(found) - SHINGLE_WORDS + 1)
    }


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of ``text``; a list item counts as a sentence."""
    prose = re.sub(r"^- (.*?)[.:;]?$", r"\1.", text, flags=re.MULTILINE)
    return float(textstat.flesch_kincaid_grade(prose))


class ContentCheck:
    """The rules, over one catalogue. Each problem is one sentence that says what to change."""

    def __init__(self, catalogue: Catalogue, today: dt.date) -> None:
        self.catalogue = catalogue
        self.knowledge: Knowledge = catalogue.knowledge
        self.today = today
        self.copied = set((catalogue.root / "knowledge" / "shingles.txt").read_text().split())
        self.forbidden = [
            (phrase.lower(), f"the fact check says never to say it ({entry['id']})")
            for entry in self.knowledge.corrections.values()
            for phrase in entry["never_say"]
        ] + [
            (phrase.lower(), f"it is a quirk of document {document['id']}")
            for document in self.knowledge.documents.values()
            for phrase in document["never_appear"]
        ]

    def problems(self, prefix: str = "") -> Iterator[str]:
        """Yield every problem of the topics that start with ``prefix``."""
        for topic in self.knowledge.topics:
            if topic.startswith(prefix):
                answer = self.catalogue.answers.get(topic)
                if answer is None:
                    yield f"{topic}: has no answer. Add utter_{topic} to data/faq/{topic.split('/')[0]}.yml."
                else:
                    yield from (f"{topic}: {problem}" for problem in self.answer_problems(answer))
                yield from (f"{topic}: {problem}" for problem in self.example_problems(topic))
        for topic in set(self.catalogue.answers) | set(self.catalogue.examples):
            if topic.startswith(prefix) and topic not in self.knowledge.topics:
                yield f"{topic}: is not a topic of knowledge/facts/."

    def example_problems(self, topic: str) -> Iterator[str]:
        """Yield what is wrong with the example questions of ``topic``."""
        examples = self.catalogue.examples.get(topic, [])
        if len(examples) < EXAMPLES:
            yield f"has {len(examples)} example questions; it needs at least {EXAMPLES}."
        for example in examples:
            for other, theirs in self._by_text.get(_plain(example), []):
                if (other, theirs) != (topic, example):
                    yield f"the example '{example}' also stands under {other}."

    def answer_problems(self, answer: Answer) -> Iterator[str]:
        """Yield what is wrong with one answer."""
        yield from self._length_and_grade("short", answer.short, SHORT_WORDS)
        yield from self._length_and_grade("detail", answer.detail, DETAIL_WORDS)
        if not answer.detail and not answer.needs:
            yield "has no detail."
        for sentence in (*answer.short, *answer.detail):
            for field in re.findall(r"\{(\w+)\}", sentence.says):
                if field not in Clinic.model_fields:
                    yield f"'{{{field}}}' is no field of clinic.yml."
            for rests_on in sentence.rests_on:
                if not self.knowledge.knows(rests_on) or self._no_field(rests_on):
                    yield f"'{sentence.says[:50]}…' rests on '{rests_on}', which does not exist in knowledge/."
            if not sentence.says.startswith("- ") and not sentence.says.rstrip().endswith((".", "?", "!", ":", "}")):
                yield f"'{sentence.says[:50]}…' is not a whole sentence."
        if not 2 <= len(answer.follow_ups) <= 3:
            yield f"names {len(answer.follow_ups)} follow-ups; two or three are wanted."
        for follow_up in answer.follow_ups:
            if follow_up not in self.knowledge.topics or follow_up == answer.topic:
                yield f"the follow-up '{follow_up}' is not another topic."
        if not answer.is_current(self.today):
            yield f"its review expired on {answer.review.expires}. Have it reviewed again, or it is not served."
        if answer.review.status == "clinical" and not answer.review.reviewer:
            yield "is marked as clinically reviewed without a reviewer's name."
        yield from self.wording_problems(f"{answer.title}\n{answer.short_text}\n{answer.detail_text}")

    @staticmethod
    def _no_field(rests_on: str) -> bool:
        return rests_on.startswith("clinic.") and rests_on.removeprefix("clinic.") not in Clinic.model_fields

    def fixed_text_problems(self) -> Iterator[str]:
        """Yield what is wrong with the sentences around the answers: fixed texts and small talk."""
        folder = ROOT / "data" / "conversation"
        for key, text in read_yaml(folder / "fixed_texts.yml")["fixed_texts"].items():
            yield from (f"fixed text '{key}': {problem}" for problem in self.wording_problems(text))
        for key, variations in read_yaml(folder / "small_conversation.yml")["responses"].items():
            yield from (f"{key}: {problem}" for problem in self.wording_problems(variations[0]["text"]))

    def guide_problems(self, guide: Guide) -> Iterator[str]:
        """Yield what is wrong with the candidacy guide's words."""
        for name, text in _guide_texts(guide):
            if not name.startswith("label") and (grade := reading_grade(text)) > READING_GRADE:
                yield f"guide {name} reads at grade {grade:.1f}; at most {READING_GRADE:.0f}. Use plainer words."
            yield from (f"guide {name}: {problem}" for problem in self.wording_problems(text))
            if verdict := VERDICT.search(text):
                yield f"guide {name} says '{verdict.group()}': the guide never says who is a candidate, or for whom."
        for sentence in guide.sentences():
            for rests_on in sentence.rests_on:
                if not self.knowledge.knows(rests_on) or self._no_field(rests_on):
                    yield f"guide: '{sentence.says[:50]}…' rests on '{rests_on}', which does not exist in knowledge/."
        if guide.topic not in self.knowledge.topics:
            yield f"guide: the topic '{guide.topic}' does not exist in knowledge/facts/."
        if not guide.is_current(self.today):
            yield f"guide: its review expired on {guide.review.expires}. Have it reviewed again, or it is not offered."
        if guide.review.status == "clinical" and not guide.review.reviewer:
            yield "guide: is marked as clinically reviewed without a reviewer's name."

    def wording_problems(self, text: str) -> Iterator[str]:
        """Yield every forbidden, copied or dose-like wording in ``text``."""
        lowered = " ".join(text.lower().split())
        for phrase, why in self.forbidden:
            if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", lowered):
                yield f"says '{phrase}': {why}."
        if dose := DOSE.search(text):
            yield f"states a dose ('{dose.group()}')."
        if shingles(text) & self.copied:
            run = next(
                " ".join(words(text)[i : i + SHINGLE_WORDS])
                for i in range(len(words(text)))
                if shingles(" ".join(words(text)[i : i + SHINGLE_WORDS])) & self.copied
            )
            yield f"shares eight words in a row with a document: '{run}'. Say it in your own words."

    def _length_and_grade(self, name: str, sentences: tuple[Sentence, ...], limit: int) -> Iterator[str]:
        if not sentences:
            return
        text = as_text(sentences)
        if (count := len(text.replace("- ", "").split())) > limit:
            yield f"{name} has {count} words; at most {limit} are allowed."
        if (grade := reading_grade(text)) > READING_GRADE:
            yield f"{name} reads at grade {grade:.1f}; at most {READING_GRADE:.0f}. Shorter sentences, plainer words."

    @property
    def _by_text(self) -> dict[str, list[tuple[str, str]]]:
        if not hasattr(self, "_index"):
            self._index: dict[str, list[tuple[str, str]]] = {}
            for topic, examples in self.catalogue.examples.items():
                for example in examples:
                    self._index.setdefault(_plain(example), []).append((topic, example))
        return self._index


def _guide_texts(guide: Guide) -> Iterator[tuple[str, str]]:
    """Yield everything that the guide says, with where it stands."""
    yield from ((f"text '{name}'", text) for name, text in guide.texts)
    yield from ((f"label '{name}'", text) for name, text in guide.labels)
    yield from ((f"just_in_case '{letter}'", text) for letter, text in guide.just_in_case.items())
    yield "talk_about", as_text([_item(sentence) for sentence in guide.talk_about])
    for question in guide.questions:
        yield f"question '{question.id}'", " ".join([*(sentence.says for sentence in question.says), question.asks])
        yield f"why of '{question.id}'", f"{as_text(question.why)} {question.not_covered or ''}"
        more = [*question.talk_about, *(sentence for option in question.options for sentence in option.talk_about)]
        if more:
            yield f"talk_about of '{question.id}'", as_text([_item(sentence) for sentence in more])
        for option in question.options:
            yield f"label '{question.id}:{option.value}'", option.label


def _item(sentence: Sentence) -> Sentence:
    return sentence.model_copy(update={"says": f"- {sentence.says}"})


def _plain(example: str) -> str:
    return " ".join(words(example))


def main() -> int:
    """Print every problem; exit with 1 when there is one."""
    prefixes = sys.argv[1:] or [""]
    check = ContentCheck(Catalogue(), dt.date.today())
    problems = [problem for prefix in prefixes for problem in check.problems(prefix)]
    problems += check.fixed_text_problems()
    try:
        problems += check.guide_problems(load_guide())
    except GuideError as error:
        problems.append(str(error))
    print("\n".join(problems) or f"{len(check.catalogue.answers)} answers, no problem.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
