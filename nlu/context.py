"""What a message means after the answer before it: "and for OCD?", "is that dangerous?", "no, the lozenge"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.language import lookups

FAQ = Path(__file__).resolve().parent.parent / "data" / "faq"
RESOLVED = "resolved"
NAMED_TOPIC = "named_topic"
LOOSE = "loose"
LONGEST_REFERENCE = 9  # words; a longer message says itself what it is about
KETAMINE_ITSELF = ("condition", "route")  # an answer about one of these is about ketamine, for it or in this form

_LEAD = re.compile(
    r"^(?:(?:no|nope|nah|ok|okay|oh|so|and|but|or|also|yes|hmm|actually|sorry|wait|i meant?|i mean|i was asking"
    r"|what about|whatabout|wat about|how about|and what about|same for|what of|meant)\b[\s,.:!-]*)+",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:for|with|about|the|a|an|my|in|of|on|to|people|patients|someone|somebody|ketamine|instead|then|too|as|well"
    r"|please|pls|ones?|version|form|disorder|treatment|therapy|is|it|that|this|does|do|work|help|meant|mean|i|we|use|using)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|that|this|they|those|them|these)\b", re.IGNORECASE)
_QUESTION_PRONOUN = re.compile(
    r"\b(is|are|was|does|do|did|can|will|would|could|should)\s+(it|that|this|they|those|these)\b", re.I
)


@dataclass(frozen=True)
class Reference:
    """How a message refers back: to a thing it names, or with a pronoun to the last answer's subject.

    A reference is ``loose`` when the message may mean the same without it: after "Ketamine for OCD", the "it"
    in "is it addictive?" is ketamine. Then the message is read as it stands, if that is clear enough.
    """

    named_topic: str | None = None
    resolved: str | None = None
    loose: bool = False


def refer(
    text: str,
    entities: list[dict[str, Any]],
    subject: str | None,
    topics: dict[tuple[str, str], str],
    about_ketamine: bool = False,
) -> Reference:
    """Work out what ``text`` refers to, after an answer about ``subject`` (None: no answer yet).

    ``topics`` maps an entity and its value to the topic that tells about it. ``about_ketamine`` says that the
    subject is ketamine itself, for a condition or in one of its forms.
    """
    if len(text.split()) > LONGEST_REFERENCE:
        return Reference()
    rest = _LEAD.sub("", text.strip())
    if entities:
        left = text[: entities[0]["start"]] + text[entities[-1]["end"] :]
        left = _FILLER.sub("", _LEAD.sub("", left.strip()))
        if not re.search(r"\w", left) and (subject or rest != text.strip()):
            return Reference(named_topic=topics.get((entities[-1]["entity"], entities[-1]["value"])))
    pronoun = _PRONOUN.search(rest)
    if subject is None or pronoun is None:
        return Reference()
    loose = about_ketamine and pronoun[0].lower() == "it"
    if _QUESTION_PRONOUN.search(rest):
        return Reference(resolved=_QUESTION_PRONOUN.sub(lambda m: f"{m[1]} {subject}", rest, count=1), loose=loose)
    return Reference(resolved=_PRONOUN.sub(subject, rest, count=1), loose=loose)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ConversationContext(GraphComponent, EntityExtractorMixin):
    """Marks messages that only make sense after the last answer with what they refer to."""

    def __init__(self) -> None:
        """Read what the answers call their subjects, and what the lookups name."""
        self._subjects: dict[str, str] = {}
        for path in sorted(FAQ.glob("*.yml")):
            for key, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
                self._subjects[key.replace("utter_", "", 1)] = variations[0]["metadata"]["it"]
        self._topics = {(e, value): item["topic"] for e, values in lookups().items() for value, item in values.items()}
        self._ketamine = {topic for (entity, _), topic in self._topics.items() if entity in KETAMINE_ITSELF}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConversationContext:
        """Create the component (see the base class)."""
        return cls()

    def process(self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None) -> list[Message]:
        """Set what each message refers to, given the conversation so far."""
        last_topic = tracker.get_slot("last_topic") if tracker and "last_topic" in tracker.slots else None
        subject = self._subjects.get(last_topic or "")
        for message in messages:
            entities, about_ketamine = message.get(ENTITIES) or [], last_topic in self._ketamine
            found = refer(message.get(TEXT) or "", entities, subject, self._topics, about_ketamine)
            message.set(RESOLVED, found.resolved)
            message.set(NAMED_TOPIC, found.named_topic)
            message.set(LOOSE, found.loose)
        return messages
