"""Rasa component: intent and response in one choice among all topics, with one calibrated confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.context import NAMED_TOPIC, PLAIN, RESOLVED
from nlu.sentence_encoder import READINGS, VECTORS
from nlu.topic_model import ESCALATE, GUIDE, OUT_OF_SCOPE, Reading, Thresholds, TopicModel, area, is_topic

UNDERSTANDING = "understanding"
SURE_TOPICS = "sure_topics"  # each reading of a message that is clear by itself, with its topic
FALLBACK = "nlu_fallback"
FILE = "topic_model.joblib"
# Two separate questions that agree in being clear need each be a little less clear (measured on the first
# set of benchmarks/wordings).
SEVERAL = 0.85
GUIDED = (GUIDE, "candidacy")  # what "take me through it" may be about, to mean the guide
LEAST_SURE = 0.4  # below, small talk and follow-ups are as likely something else


@dataclass(frozen=True)
class Outcome:
    """What to do about a message.

    ``intent`` is a Rasa intent; ``topics`` are to be answered (one or two) or offered; ``candidates``
    are the likeliest topics, best first; ``follow_up`` is the wish of a message that names no topic.
    """

    intent: str
    topics: List[str]
    candidates: List[str]
    confidence: float
    follow_up: Optional[str] = None


def decide(
    readings: Sequence[Reading], resolved: bool, named: Optional[str], thresholds: Thresholds, plain: float = 0.0
) -> Outcome:
    """Choose what to do from the readings of one message.

    Args:
        readings: of the whole text; then, if ``resolved``, of the text with its reference resolved; then
            of each segment.
        resolved: whether the second reading is of the resolved text.
        named: the topic of the one thing that a short reference names, if it does.
        thresholds: when to answer and when to ask.
        plain: how sure the whole text must be read to go before the resolved text, if both are clear.
    """
    whole, segments = readings[0], list(readings[1 + resolved :])
    clear = is_topic(whole.first) and whole.sure >= thresholds.answer
    if named and not clear:
        return Outcome(area(named), [named], [named], 1.0)
    guide = resolved and area(whole.first) == GUIDE and area(readings[1].first) in GUIDED
    if resolved and not guide and area(whole.first) != "follow_up" and is_topic(readings[1].first):
        order = (whole, readings[1]) if is_topic(whole.first) and whole.sure >= plain else (readings[1], whole)
        whole = max(order, key=lambda reading: min(reading.sure, thresholds.answer))  # the first, if both are clear
    sure_segments = [s for s in segments if is_topic(s.first) and s.sure >= SEVERAL * thresholds.answer]
    firsts = list(dict.fromkeys(s.first for s in sure_segments))
    if len(firsts) >= 2:
        return Outcome(area(firsts[0]), firsts[:2], whole.topics, min(s.sure for s in sure_segments))
    return _single(whole, thresholds)


def _single(reading: Reading, thresholds: Thresholds) -> Outcome:
    first, candidates = reading.first, reading.topics[:3]
    if is_topic(first) and reading.sure >= thresholds.answer:
        return Outcome(area(first), [first], candidates, reading.sure)
    if first == OUT_OF_SCOPE and reading.sure >= thresholds.answer:
        return Outcome(OUT_OF_SCOPE, [], [], reading.sure)
    if not is_topic(first) and first != OUT_OF_SCOPE and reading.sure >= LEAST_SURE:
        follow_up = first.split("/")[1] if area(first) == "follow_up" else None
        return Outcome(area(first), [], candidates, reading.sure, follow_up)
    if reading.hope >= thresholds.ask and len(candidates) > 1:
        return Outcome(FALLBACK, candidates, candidates, reading.sure)
    return Outcome(OUT_OF_SCOPE, [], candidates, reading.sure)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """A flat choice among all topics, small talk and what is out of scope.

    Sets ``intent``, ``intent_ranking`` and ``response_selector`` as Rasa's own classifier and selector
    do, and ``understanding`` for the actions.
    """

    @classmethod
    def required_components(cls) -> List[type]:
        """A featurizer must come before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """How many intents the ranking holds."""
        return {"ranking_length": 10}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[TopicModel] = None,
    ) -> None:
        """Hold the model; it is None until trained."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """Create the untrained component (see the base class)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """Load the trained component (see the base class)."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Train the topic model on all examples and keep it with its thresholds."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT) != ESCALATE]
        vectors = np.vstack([sentence_vector(example) for example in examples])
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        self._model = TopicModel().fit([example.get(TEXT) for example in examples], vectors, labels)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples keep their labels."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, ranking, response and understanding of each message."""
        if self._model is None:
            return messages
        for message in messages:
            readings = self._model.read(message.get(READINGS), message.get(VECTORS))
            resolved, named, plain = bool(message.get(RESOLVED)), message.get(NAMED_TOPIC), message.get(PLAIN) or 0.0
            outcome = decide(readings, resolved, named, self._model.thresholds, plain)
            self._set(message, readings[0], outcome)
            message.set(SURE_TOPICS, self._sure_topics(message.get(READINGS), readings))
        return messages

    def _sure_topics(self, texts: Sequence[str], readings: Sequence[Reading]) -> Dict[str, str]:
        assert self._model is not None
        least = SEVERAL * self._model.thresholds.answer
        return {text: r.first for text, r in zip(texts, readings) if is_topic(r.first) and r.sure >= least}

    def _set(self, message: Message, reading: Reading, outcome: Outcome) -> None:
        ranking: Dict[str, float] = {outcome.intent: outcome.confidence}
        for label, probability in reading.labels:
            ranking[area(label)] = max(ranking.get(area(label), 0.0), probability)
        intents = [{"name": name, "confidence": confidence} for name, confidence in ranking.items()]
        length = self._config["ranking_length"]
        message.set(INTENT, intents[0], add_to_output=True)
        message.set("intent_ranking", [intents[0], *sorted(intents[1:], key=_confidence)][:length], add_to_output=True)
        message.set("response_selector", self._response_selector(reading, outcome), add_to_output=True)
        message.set(
            UNDERSTANDING,
            {
                "topics": outcome.topics,
                "candidates": outcome.candidates,
                "confidence": round(outcome.confidence, 4),
                "follow_up": outcome.follow_up,
                "ranking": [[label, round(probability, 4)] for label, probability in reading.labels[:5]],
            },
            add_to_output=True,
        )

    def _response_selector(self, reading: Reading, outcome: Outcome) -> Dict[str, Any]:
        """The chosen response, in the form of Rasa's ResponseSelector."""
        assert self._model is not None
        keys = sorted({str(label) for label in self._model.labels})
        if outcome.intent == FALLBACK:
            chosen = None
        elif outcome.intent == OUT_OF_SCOPE:
            chosen = f"{OUT_OF_SCOPE}/unclear"  # every kind has the same response
        elif outcome.topics:
            chosen = outcome.topics[0]
        else:
            chosen = next(label for label, _ in reading.labels if area(label) == outcome.intent)
        result: Dict[str, Any] = {"all_retrieval_intents": sorted({area(key) for key in keys})}
        if chosen:
            result[area(chosen)] = {
                "response": {
                    "responses": [],
                    "confidence": outcome.confidence,
                    "intent_response_key": chosen,
                    "utter_action": f"utter_{chosen}",
                },
                "ranking": [
                    {"confidence": p, "intent_response_key": key}
                    for key, p in reading.labels
                    if area(key) == area(chosen)
                ],
            }
        return result


def _confidence(intent: Dict[str, Any]) -> float:
    return -float(intent["confidence"])


def sentence_vector(message: Message) -> np.ndarray:
    """Return the sentence vector of a training example, ``(384,)``.

    Raises:
        ValueError: It has none.
    """
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("A training example has no sentence vector. Put nlu.sentence_encoder.SentenceEncoder before.")
    return np.asarray(sentence.features[0], dtype=np.float32)
