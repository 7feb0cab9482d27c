"""Rasa component: the safety screen, rules and learnt model together. Either one is enough.

The frontdesk has held the same rules against the message already; here they are joined with the model, and stand by
themselves where Rasa is asked by somebody else.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Dict, List, Optional, Sequence

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import TrainingEncoder, shared
from nlu.safety_examples import load_safety_examples
from nlu.safety_model import SafetyModel, two_views
from nlu.sentence_encoder import FOLDER, READINGS, VECTORS
from nlu.topic_classifier import SURE_TOPICS, UNDERSTANDING, sentence_vector
from nlu.topic_model import ESCALATE
from safety import FIXED, Finding, Screen
from safety.screen import joined

FINDINGS = "findings"
FILE = "safety_model.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyScreen(IntentClassifier, GraphComponent):
    """Turns the intent into ``escalate`` when a message falls under a category of the safety policy.

    Leaves the findings in the message's understanding, and with them the topics whose reviewed answer may stand beside
    the fixed reply: those of a general question next to the personal one, and those that the category allows.
    """

    @classmethod
    def required_components(cls) -> List[type]:
        """A featurizer must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The component has no settings."""
        return {}

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: Optional[SafetyModel] = None) -> None:
        """Compile the rules and hold the model; it is None until trained."""
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._screen = Screen()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyScreen:
        """Create the untrained component (see the base class)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyScreen:
        """Load the trained component (see the base class)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, joblib.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Train the safety model on the examples of ``data/safety/``, with all others as ordinary ones."""
        encoder = TrainingEncoder(FOLDER)
        learnt = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT) != ESCALATE]
        ordinary = {example.get(TEXT): sentence_vector(example) for example in learnt}
        examples = load_safety_examples(list(ordinary))
        new = [text for text in examples.texts if text not in ordinary]
        known = {**ordinary, **dict(zip(new, encoder.encode(new)))}
        vectors = np.vstack([known[text] for text in examples.texts])
        vectors = two_views(examples.texts, vectors, self._screen.normalise, encoder)
        self._model = SafetyModel().fit(examples.texts, vectors, examples.labels)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples keep their labels."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Screen each message."""
        for message in messages:
            metadata: Dict[str, Any] = message.get("metadata") or {}
            # Earlier words are needed here alone; what stays on the message is kept by Rasa.
            recent = metadata.pop("recent", [])
            findings = self._screen.check(message.get(TEXT) or "", recent, self._learnt(message, recent))
            if findings:
                # The channel reads them here too: they must be known even when no action answers.
                metadata[FINDINGS] = [asdict(finding) for finding in findings]
                self._escalate(message, findings)
        return messages

    def _learnt(self, message: Message, recent: Sequence[str]) -> Dict[str, bool]:
        if self._model is None:
            return {}
        encoder = shared(FOLDER)
        texts, vectors = list(message.get(READINGS)), message.get(VECTORS)
        found = self._model.find(texts, two_views(texts, vectors, self._screen.normalise, encoder))
        both = joined(recent, message.get(TEXT) or "")
        if both and not found and not self._alarming(recent[-1]):  # a crisis in two halves
            views = two_views([both], encoder.encode([both]), self._screen.normalise, encoder)
            halves = self._model.find([both], views)
            found = {letter: unsure for letter, unsure in halves.items() if letter in FIXED}
        return found

    def _alarming(self, text: str) -> bool:
        """Whether a text alone falls under a category: then what follows it is no second half."""
        assert self._model is not None
        vectors = two_views([text], shared(FOLDER).encode([text]), self._screen.normalise, shared(FOLDER))
        return bool(self._screen.check(text) or self._model.find([text], vectors))

    def _escalate(self, message: Message, findings: Sequence[Finding]) -> None:
        understanding: Dict[str, Any] = {
            **(message.get(UNDERSTANDING) or {}),
            FINDINGS: [asdict(finding) for finding in findings],
            "topics": self._general(message, findings),
            "follow_up": None,
        }
        message.set(INTENT, {"name": ESCALATE, "confidence": 1.0}, add_to_output=True)
        message.set(UNDERSTANDING, understanding, add_to_output=True)

    def _general(self, message: Message, findings: Sequence[Finding]) -> List[str]:
        """Return the topics that may be answered in general beside the reply: at most one."""
        if findings[0].kind != "advice":
            return []
        sure: Dict[str, str] = message.get(SURE_TOPICS) or {}
        apart = [topic for text, topic in sure.items() if len(sure) > 1 and not self._screen.check(text)]
        allowed = self._screen.general_topics(findings[0].category)
        fitting = [topic for topic in sure.values() if topic in allowed or topic.split("/")[0] in allowed]
        return list(dict.fromkeys([*apart, *fitting]))[:1]
