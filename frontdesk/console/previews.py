"""Last words in the queue: how much of them is shown, and which of them somebody has been shown already.

The queue is fetched anew whenever it changes. Each of a visitor's last words is in the audit once a session; without
that, those who read the audit would find nothing else in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

LONGEST = 120  # characters
SESSIONS = 500  # that are remembered; of another one, everything is new


class Previews:
    """Remembers for each session the number of the message that was shown of each conversation."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, dict[str, int]] = OrderedDict()

    def new_to(self, session: str, numbers: Mapping[str, int]) -> list[str]:
        """Return the conversations whose last words a session has not been shown yet."""
        shown = self._shown.get(session, {})
        return [conversation for conversation, seq in numbers.items() if shown.get(conversation) != seq]

    def shown(self, session: str, numbers: Mapping[str, int]) -> None:
        """Remember that these are shown."""
        self._shown[session] = dict(numbers)
        self._shown.move_to_end(session)
        while len(self._shown) > SESSIONS:
            self._shown.popitem(last=False)


def shortened(text: str) -> str:
    """Return the beginning of a text, in one line."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    whole, _, cut = line[:LONGEST].rpartition(" ")
    return f"{whole or cut} …"
