"""What Rasa remembers of a conversation: slots, the form under way and the last turns, in memory only.

The conversation's log is in the clinic's records. Rasa needs only what resolves "and for OCD?", so this
store keeps that and nothing on disk: a turn takes the same time however long the conversation is, and
no visitor's words lie in a file.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Iterable, List, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 2
CONVERSATIONS = 20_000


class RecentTrackerStore(TrackerStore):
    """Keeps the slots, the active form and the last turns of the latest conversations.

    Args:
        domain: The assistant's domain.
        event_broker: Where Rasa's events go; none here.
        turns: How many of a conversation's last turns are kept.
        conversations: How many conversations are kept; the one unused for longest goes first.
    """

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        turns: int = TURNS,
        conversations: int = CONVERSATIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._turns, self._conversations = int(turns), int(conversations)
        self._kept: OrderedDict[str, List[Event]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what later turns need. Raises nothing: memory does not fail half-way."""
        slots: List[Event] = [SlotSet(key, slot.value) for key, slot in tracker.slots.items() if slot.value is not None]
        # A form that began before the turns that are kept is still the one under way.
        loop: List[Event] = [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
        events = self._last_turns(list(tracker.events))
        for event in events:
            if isinstance(event, UserUttered):  # what was understood is kept, the words are not
                event.text = ""
                event.parse_data["text"] = ""
        self._kept[tracker.sender_id] = [*slots, *loop, *events]
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > self._conversations:
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """Return the tracker of a conversation, or None when nothing is kept of it."""
        kept = self._kept.get(sender_id)
        if kept is None:
            return None
        return DialogueStateTracker.from_events(sender_id, kept, self.domain.slots, domain=self.domain)

    async def keys(self) -> Iterable[str]:
        """Return the ids of the kept conversations."""
        return list(self._kept)

    def forget(self, sender_id: str) -> None:
        """Erase what is kept of a conversation."""
        self._kept.pop(sender_id, None)

    def _last_turns(self, events: List[Event]) -> List[Event]:
        starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
        return events[starts[-self._turns] :] if len(starts) > self._turns else events
