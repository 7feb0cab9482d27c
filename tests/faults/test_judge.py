"""The judge finds what is wrong: a judge that never complains would be worth nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from tests.faults.account import Account, Life, Row, Shown, Tab, Takeover
from tests.faults.engine import replies
from tests.faults.judge import judge, plain

ASKED = ["Is it safe?", "Does it hurt?", "How long does it take?"]
Log = list[Row]


def log_of(texts: list[str]) -> Log:
    """The log of a conversation in which each text was answered at once."""
    log = [Row("c", 1, "bot", "opening", "Hello.")]
    for text in texts:
        asked = len(log) + 1
        log.append(Row("c", asked, "visitor", "visitor", text, f"id of {text}", answered=True))
        log += [Row("c", asked + n, "bot", "answer", it, reply_to=asked) for n, it in enumerate(replies(text), start=1)]
    return log


def renumbered(log: Log) -> Log:
    """The log with other messages at the same numbers."""
    return [dataclasses.replace(row, seq=number) for number, row in enumerate(log, start=1)]


def account_of(log: Log) -> Account:
    """The account of a visitor who sent ``ASKED`` and whose page shows ``log``, each message announced once."""
    shown = [Shown(row.seq, row.author, row.kind, row.text) for row in log]
    said = [f"{row.author}: {row.text}" for row in log]
    return Account([Tab("c", [Life(known=0, said=ASKED, typed=set(ASKED), shown=shown, heard=said)])])


def test_nothing_is_said_of_a_conversation_in_which_nothing_is_wrong() -> None:
    log = log_of(ASKED)
    assert judge(account_of(log), log) == []


def without(log: Log, text: str) -> Log:
    gone = {row.seq for row in log if row.text == text}
    return [row for row in log if row.seq not in gone and row.reply_to not in gone]


DAMAGE: dict[str, tuple[Callable[[Log], Log], str]] = {
    "lost": (lambda log: without(log, ASKED[1]), "lost: 'Does it hurt?'"),
    "doubled": (lambda log: log_of([ASKED[0], ASKED[0], *ASKED[1:]]), "doubled: 'Is it safe?' is stored 2 times"),
    "swapped": (lambda log: log_of([ASKED[1], ASKED[0], ASKED[2]]), "out of order"),
    "unanswered": (lambda log: [row for row in log if row.reply_to != 2], "unanswered: 'Is it safe?'"),
    "answered twice": (
        lambda log: [*log, *(dataclasses.replace(row, seq=len(log) + 1) for row in log if row.reply_to == 2)],
        "'Is it safe?'",
    ),
    "answered with what belongs to another": (
        lambda log: [dataclasses.replace(row, text="Other.") if row.reply_to == 2 else row for row in log],
        "was answered with ['Other.']",
    ),
    "never ended": (lambda log: [dataclasses.replace(row, answered=False) for row in log], "was never ended"),
    "cut in the middle": (
        lambda log: [dataclasses.replace(row, text=row.text[:9]) if row.seq == 2 else row for row in log],
        "nobody said 'Is it saf'",
    ),
    "numbered with a gap": (lambda log: [row for row in log if row.seq != 1], "have a gap"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_log_is_found_though_the_page_shows_it_as_it_is(damage: str) -> None:
    harm, complaint = DAMAGE[damage]
    log = harm(log_of(ASKED))
    assert any(complaint in one for one in judge(account_of(log), log))


def test_what_the_assistant_says_after_a_takeover_is_found() -> None:
    log = log_of(ASKED)
    account = account_of(log)
    account.takeovers.append(Takeover("c", after=len(log) - 1))
    assert any("said after a clinician took over" in one for one in judge(account, log))


PAGE: dict[str, Callable[[Life], None]] = {
    "the page shows": lambda life: life.shown.reverse(),
    "announced 2 times": lambda life: life.heard.append(life.heard[-1]),
    "announced 0 times": lambda life: life.heard.clear(),
    "still to be sent": lambda life: life.shown.append(Shown(None, "visitor", "", ASKED[0], "Sending…")),
}


@pytest.mark.parametrize("complaint", PAGE)
def test_a_page_that_shows_or_says_it_wrongly_is_found(complaint: str) -> None:
    log = log_of(ASKED)
    account = account_of(log)
    PAGE[complaint](account.tabs[0].lives[0])
    assert any(complaint in one for one in judge(account, log))


def test_what_came_while_the_panel_was_closed_may_be_counted_instead_of_read_out() -> None:
    log = log_of(ASKED)
    account = account_of(log)
    life = account.tabs[0].lives[0]
    unread = life.heard.pop()
    assert judge(account, log) == [f"announced 0 times, not 1 to 1: '{plain(unread.partition(': ')[2])}'"]
    life.heard.append("1 new message in the chat")
    assert len(judge(account, log)) == 1  # it was never closed
    life.folded = True
    assert judge(account, log) == []
    life.heard.pop(0)
    assert len(judge(account, log)) == 1  # one was counted, two are missing


def test_what_came_between_two_pages_may_be_said_on_either_but_what_was_seen_only_on_the_first() -> None:
    log = log_of(ASKED)
    account = account_of(log)
    life = account.tabs[0].lives[0]
    shown, last = life.shown, life.heard[-1]
    life.shown, life.left = shown[:-1], True
    account.tabs[0].lives.append(Life(log[-1].seq, life.whole, log[-1].seq, shown=shown, heard=[last]))
    assert judge(account, log) == []
    account.tabs[0].lives[1].heard.append(life.heard[0])
    assert len(judge(account, log)) == 1
    account.tabs[0].lives[1].heard = [last, last]
    assert len(judge(account, log)) == 1


def left_with_pending(warned: bool) -> Account:
    """The account of a visitor who left the page while the last message was still to be sent, and came back."""
    log = log_of(ASKED[:2])
    account = account_of(log)
    life = account.tabs[0].lives[0]
    life.shown.append(Shown(None, "visitor", "", ASKED[2], "Sending…"))
    life.heard.append(f"You: {ASKED[2]}")
    life.left, life.warned = True, warned
    account.tabs[0].lives.append(Life(log[-1].seq, life.whole, log[-1].seq, shown=life.shown[:-1]))
    return account


def test_what_was_not_shown_as_sent_may_be_lost_when_the_page_is_left_but_not_without_a_warning() -> None:
    log = log_of(ASKED[:2])
    assert judge(left_with_pending(warned=True), log) == []
    assert judge(left_with_pending(warned=False), log) == [f"lost without a warning: '{ASKED[2]}'"]
