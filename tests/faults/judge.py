"""Says what was lost, doubled, out of order, unanswered or shown wrongly: nothing, if all is well."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.faults.account import Account, Life, Row, Shown, Tab, Takeover
from tests.faults.engine import replies

# Said without the engine: it was too late, or was not to be asked.
ENGINELESS = ("unavailable", "crisis", "emergency", "handoff")


def judge(account: Account, log: list[Row]) -> list[str]:
    """Return every complaint about a schedule after which everything has settled."""
    return [
        *_stored(account, log),
        *_numbered(log),
        *_answered(account, log),
        *_silent(account, log),
        *(complaint for tab in account.tabs for complaint in _in_order(tab, log)),
        *(complaint for tab in account.tabs for complaint in _page(tab, log)),
        *(complaint for tab in account.tabs for life in tab.lives for complaint in _heard(life)),
    ]


def _stored(account: Account, log: list[Row]) -> Iterator[str]:
    """Each message is there once, whole, in the conversation of its tab; only one that was still to be sent may be lost."""
    visitors = [row for row in log if row.author == "visitor"]
    texts = Counter(row.text for row in visitors)
    said = {text for tab in account.tabs for life in tab.lives for text in life.said}
    for row in visitors:
        if row.text not in said:
            yield f"nobody said '{row.text}', which is stored as {row.seq}"
    for text, count in texts.items():
        if count > 1:
            yield f"doubled: '{text}' is stored {count} times"
    for tab in account.tabs:
        own = {row.text for row in visitors if row.conversation == tab.conversation}
        for life in tab.lives:
            for text in life.said:
                if text not in own and text not in life.pending:
                    yield f"lost: '{text}' was shown as sent and is not stored"
                if text not in own and text in life.typed and not life.warned and life.left:
                    yield f"lost without a warning: '{text}'"


def _numbered(log: list[Row]) -> Iterator[str]:
    """The numbers of a conversation have no gap."""
    for conversation in {row.conversation for row in log}:
        numbers = [row.seq for row in log if row.conversation == conversation]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the numbers have a gap: {numbers}"


def _answered(account: Account, log: list[Row]) -> Iterator[str]:
    """Each message of the visitor's has one whole set of replies, after it; none while a clinician has it."""
    for row in log:
        if row.author != "visitor":
            continue
        if not row.answered:
            yield f"the turn of '{row.text}' was never ended"
        found = [other for other in log if other.conversation == row.conversation and other.reply_to == row.seq]
        if not found:
            if not _was_taken(account.takeovers, row):
                yield f"unanswered: '{row.text}'"
            continue
        numbers = [reply.seq for reply in found]
        if numbers[0] <= row.seq or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            yield f"the replies to '{row.text}' ({row.seq}) are at {numbers}"
        engineless = len(found) == 1 and found[0].kind in ENGINELESS
        if not engineless and [reply.text for reply in found] != replies(row.text):
            yield f"'{row.text}' was answered with {[reply.text for reply in found]}"


def _was_taken(takeovers: list[Takeover], row: Row) -> bool:
    """Whether a clinician took or had the conversation while this message waited for its answer."""
    return any(
        took.conversation == row.conversation and (took.free is None or row.seq <= took.free) for took in takeovers
    )


def _silent(account: Account, log: list[Row]) -> Iterator[str]:
    """While a clinician has a conversation the assistant says nothing."""
    for took in account.takeovers:
        for row in log:
            is_inside = row.seq > took.after and (took.until is None or row.seq <= took.until)
            if row.conversation == took.conversation and row.author == "bot" and is_inside:
                yield f"said after a clinician took over: '{row.text}'"


def _in_order(tab: Tab, log: list[Row]) -> Iterator[str]:
    """Messages are stored in the order of sending.

    What was on its way when a page was left may come later than what the next page sent: nobody could know. But of such
    messages, none came before one that was sent earlier.
    """
    number = {row.text: row.seq for row in log if row.conversation == tab.conversation and row.author == "visitor"}
    through = [text for life in tab.lives for text in life.said if not (life.left and text in life.pending)]
    for texts in (through, *(life.said for life in tab.lives)):
        stored = [number[text] for text in texts if text in number]
        if stored != sorted(stored):
            yield f"out of order: {texts} are stored as {stored}"
    for life in tab.lives:
        lost = [text for text in life.said if text not in number]
        if lost and any(text in number for text in life.said[life.said.index(lost[0]) :]):
            yield f"'{lost[0]}' is lost, but something that was sent after it is not"


def _page(tab: Tab, log: list[Row]) -> Iterator[str]:
    """The page shows the log of its conversation, each message once, in order, and nothing else."""
    shown = tab.lives[-1].shown
    for message in shown:
        if message.seq is None or message.delivery:
            yield f"still to be sent, or shown as such: '{message.text}' {message.delivery}"
    expected = [(row.seq, row.author, row.kind, plain(row.text)) for row in log if row.conversation == tab.conversation]
    found = [(message.seq, message.author, message.kind, plain(message.text)) for message in shown]
    if found != expected:
        yield f"the page shows {[one[:2] for one in found]}, the log has {[one[:2] for one in expected]}"


def _heard(life: Life) -> Iterator[str]:
    """What came while the page was there was said once, or counted while the panel was closed; what was seen, never.

    What came between two pages, and before the first look at this one, may have been said: on the page before, or here.
    """
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    countable: Counter[str] = Counter()
    for message in life.shown:
        text, is_news = plain(message.text), _is_news(message, life)
        least[text] += is_news
        most[text] += message.seq is None or message.seq > (life.known if message.author == "visitor" else life.seen)
        countable[text] += is_news and life.folded and message.text not in life.said
        if countable[text] and message.author == "visitor":  # from another tab: that is not even counted
            least[text], countable[text] = 0, 0
    times = Counter(plain(heard.partition(": ")[2]) for heard in life.heard)  # "You: …", "Assistant, …: …"
    counted = _counted(life.heard)
    for text in most:
        unheard = max(0, least[text] - times[text])
        if times[text] > most[text] or unheard > min(countable[text], counted):
            yield f"announced {times[text]} times, not {least[text]} to {most[text]}: '{text}'"
        counted -= unheard


def _counted(heard: list[str]) -> int:
    """How many messages were announced by their number only: the last number each time before it starts anew."""
    counts = [int(found[1]) for one in heard if (found := re.match(r"(\d+) new messages? in the chat$", one))]
    return sum(count for count, after in pairwise([*counts, 0]) if after <= count)


def _is_news(message: Shown, life: Life) -> bool:
    return message.text in life.said or message.seq is None or message.seq > life.first


def plain(text: str) -> str:
    """Return a text without its layout."""
    return re.sub(r"\W+", "", text)
