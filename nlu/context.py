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
PLAIN = "plain"
LONGEST_REFERENCE = 9  # words; a longer message says itself what it is about

_LEAD = re.compile(
    r"^(?:(?:no|nope|nah|ok|okay|oh|so|and|but|or|also|yes|hmm|actually|sorry|wait|i meant?|i mean|i was asking"
    r"|what about|whatabout|wat about|how about|and what about|same for|what of|meant)\b[\s,.:!-]*)+",
    re.IGNORECASE,
)
# Words that may stand around a bare name: "and for OCD?", "the lozenge one please".
_AROUND_A_NAME = re.compile(
    r"\b(?:for|with|about|the|a|an|in|of|ketamine|instead|then|too|as|well|please|pls|ones?|version|form|disorder"
    r"|treatment|therapy)\b",
    re.IGNORECASE,
)
# "it" and "that" as pronouns: after a verb ("is that dangerous?") or at the end ("why is that?", "what is it").
# Not before a noun of their own ("is that drug safe?"), nor as a conjunction ("I heard that …").
_PRONOUN = re.compile(
    r"\b(?:is|are|was|does|do|did|can|will|would|could|should|has|about|for|of|with|to|like)\s+"
    r"(?P<inside>it|they|them|that|this|those|these)\b"
    r"(?!\s+(?:drug|drugs|treatment|treatments|medicine|medication|therapy|chat|clinic|place|stuff|thing|things|kind"
    r"|type|sort|one|ones|session|sessions|infusion|spray|method|approach|bot|site|page)\b)"
    r"|\b(?P<last>it|them|that|this|those|these)(?=\W*$)",
    re.IGNORECASE,
)
# How sure a message must be read as it stands to be taken so. "it" is most often ketamine, whatever was answered
# last ("is it addictive?"), less often after a risk ("is it permanent?"), and not after another treatment or
# anxiety; "that" and "they" always point back.
_NEVER = 1.1
_SURE_FOR_IT = {"safety": 0.9, "candidacy": 0.9, "alternatives": _NEVER, "anxiety": _NEVER, "therapies": _NEVER}


@dataclass(frozen=True)
class Reference:
    """How a message refers back: to a thing it names, or with a pronoun to the last answer's subject.

    ``plain`` is how sure the message must be read as it stands to be taken so, and not as ``resolved``.
    """

    named_topic: str | None = None
    resolved: str | None = None
    plain: float = 0.0


def refer(
    text: str,
    entities: list[dict[str, Any]],
    subject: str | None,
    topics: dict[tuple[str, str], str],
    last_area: str = "",
) -> Reference:
    """Work out what ``text`` refers to, after an answer about ``subject`` (None: no answer yet).

    ``topics`` maps an entity and its value to the topic that tells about it. ``last_area`` is
    the area of the last answer.
    """
    if len(text.split()) > LONGEST_REFERENCE:
        return Reference()
    rest = _LEAD.sub("", text.strip())
    named = {(entity["entity"], entity["value"]) for entity in entities}
    if len(named) == 1 and (subject or rest != text.strip()) and _is_bare_name(text, entities):
        return Reference(named_topic=topics.get(named.pop()))
    pronoun = _PRONOUN.search(rest)
    if subject is None or pronoun is None:
        return Reference()
    which = pronoun.lastgroup or "last"
    resolved = f"{rest[: pronoun.start(which)]}{subject}{rest[pronoun.end(which) :]}"
    plain = _SURE_FOR_IT.get(last_area, 0.0) if pronoun[which].lower() == "it" else _NEVER
    return Reference(resolved=resolved, plain=plain)


def _is_bare_name(text: str, entities: list[dict[str, Any]]) -> bool:
    """Whether ``text`` says nothing but the names in it, with at most a lead ("what about") and small words."""
    for entity in sorted(entities, key=lambda found: -int(found["start"])):
        text = f"{text[: entity['start']]} {text[entity['end'] :]}"
    return not re.search(r"\w", _AROUND_A_NAME.sub("", _LEAD.sub("", text.strip())))


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
            text, entities = message.get(TEXT) or "", message.get(ENTITIES) or []
            found = refer(text, entities, subject, self._topics, (last_topic or "").split("/")[0])
            message.set(RESOLVED, found.resolved)
            message.set(NAMED_TOPIC, found.named_topic)
            message.set(PLAIN, found.plain)
        return messages
