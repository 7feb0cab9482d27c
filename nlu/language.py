"""Tokens, sentences and named things, by spaCy without a statistical model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import spacy
import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

SEGMENTS = "segments"
LOOKUPS = Path(__file__).resolve().parent.parent / "data" / "lookups" / "names.yml"

# "how long does it last and is it safe": a second question without a full stop between.
_SECOND_QUESTION = re.compile(
    r"(?:,|;|\band\b|\balso\b|&|\+)\s*(?:also\s+|then\s+|plus\s+)?"
    r"(?=(?:how|what|whats|why|when|where|who|which|is|are|does|do|can|will|would|should|could)\b)",
    re.IGNORECASE,
)
MIN_WORDS = 3


def lookups() -> dict[str, dict[str, Any]]:
    """Return what ``data/lookups/names.yml`` names: entity, then value, then its names and topic."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(LOOKUPS.read_text(encoding="utf-8"))["lookups"]
    return content


def build() -> Language:
    """Build the blank English pipeline: tokenizer, sentences, and the named things of the lookups."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER", "overwrite_ents": True})
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"label": entity, "pattern": name, "id": value}
            for entity, values in lookups().items()
            for value, item in values.items()
            for name in item["names"]
        ]
    )
    return nlp


def questions_in(sentences: list[str]) -> list[str]:
    """Cut sentences where a second question starts; too short pieces stay with the one before."""
    pieces: list[str] = []
    for sentence in sentences:
        for piece in _SECOND_QUESTION.split(sentence):
            piece = piece.strip(" ,;&+-\n\t")
            if pieces and 0 < len(piece.split()) < MIN_WORDS:
                pieces[-1] += f" {piece}"
            elif piece:
                pieces.append(piece)
    return pieces


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyLanguage(Tokenizer):
    """Sets Rasa's tokens, the message's segments (its separate questions), and its entities."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own tokenizer settings, unused here but expected by the base class."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def __init__(self, config: dict[str, Any]) -> None:
        """Build the spaCy pipeline."""
        super().__init__(config)
        self._nlp = build()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyLanguage:
        """Create the component (see the base class)."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute."""
        doc = self._nlp.make_doc(message.get(attribute))
        return [Token(token.text, token.idx) for token in doc if not token.is_space] or [Token("", 0)]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave examples as they are: no later component learns from their tokens."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add tokens, segments and entities to messages that visitors sent."""
        super().process(messages)
        for message in messages:
            doc = self._nlp(message.get(TEXT) or "")
            message.set(SEGMENTS, questions_in([sentence.text for sentence in doc.sents]))
            entities = [
                {
                    "entity": span.label_,
                    "value": span.ent_id_,
                    "start": span.start_char,
                    "end": span.end_char,
                    "extractor": type(self).__name__,
                }
                for span in doc.ents
            ]
            message.set(ENTITIES, entities, add_to_output=True)
        return messages
