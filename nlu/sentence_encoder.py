"""Rasa component: puts the sentence vectors on a message."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.context import RESOLVED
from nlu.encoder import DIMENSIONS, TrainingEncoder, shared
from nlu.language import SEGMENTS

READINGS = "readings"
VECTORS = "vectors"
FOLDER = Path(os.environ.get("ENCODER_DIR") or Path(__file__).resolve().parent.parent / "var" / "encoder")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Encodes a message and the ways in which it can be read.

    The readings of a message, in this order: the whole text; the text with its reference resolved, if
    it refers back; and its segments, if there are several. They are encoded in one run.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The component has no settings but Rasa's own."""
        return DenseFeaturizer.get_default_config()

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        """Load the encoder."""
        super().__init__(name, config)
        self._encoder = shared(FOLDER)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Create the component (see the base class)."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to validate."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Encode the readings of messages that visitors sent."""
        for message in messages:
            text = message.get(TEXT) or ""
            segments = message.get(SEGMENTS) or []
            readings = [text, *([message.get(RESOLVED)] if message.get(RESOLVED) else [])]
            readings += segments if len(segments) > 1 else []
            message.set(READINGS, readings)
            message.set(VECTORS, self._encoder.encode(readings))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode all training examples in batches."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        vectors = TrainingEncoder(FOLDER).encode([example.get(TEXT) for example in examples])
        for example, vector in zip(examples, vectors):
            sentence = vector.reshape(1, DIMENSIONS)
            example.add_features(Features(sentence, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return training_data
