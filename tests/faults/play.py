"""Plays a schedule with a real browser, lets everything settle, and asks the judge."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Error, TimeoutError

from records import Message
from tests.browser.visit import LISTEN
from tests.chat.alone import wait_until_alive
from tests.faults.account import Account, Row, Takeover, conversations, rows
from tests.faults.engine import HARD, LIMIT_SECONDS
from tests.faults.judge import judge
from tests.faults.rig import Rig
from tests.faults.schedule import Act, Schedule, Step
from tests.faults.visitor import PATIENCE_MS, SURE_MS, Visitor

SETTLE_SECONDS = 60.0  # a busy machine opens a page in ten
LOOK_SECONDS = 0.05
FORWARD_MS = 2_500  # the page's clock goes on by this at each look while something is still to come
ASLEEP_MS = 20 * 60_000
OFFLINE_STEPS = 2
CLINICIAN = "Dr. Example"


@dataclass
class Outcome:
    """What came of a schedule: complaints if something was wrong, and how much of everything there was."""

    seed: int
    complaints: list[str]
    messages: int
    acts: Counter[str]
    faults: Counter[str]
    seconds: float = 0.0
    story: list[str] = field(default_factory=list)


def play(rig: Rig, browser: Browser, schedule: Schedule) -> Outcome:
    """Play a schedule from beginning to end."""
    began = time.monotonic()
    before = rig.proxy.done.copy()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    try:
        played = _Play(rig, context, schedule)
        played.play()
        settled = played.settle()
        log = played.log
        complaints = [*([] if settled else ["it did not settle"]), *judge(played.account, log)]
    finally:
        rig.proxy.calm()
        context.close()
        rig.proxy.drop()
    said = [row for row in log if row.author == "visitor"]
    story = [f"{one}" for one in (*played.story, *log, *played.account.tabs, *played.account.takeovers)]
    return Outcome(
        schedule.seed, complaints, len(said), played.acts, rig.proxy.done - before, time.monotonic() - began, story
    )


class _Play:
    def __init__(self, rig: Rig, context: BrowserContext, schedule: Schedule) -> None:
        self._rig, self._context, self._schedule = rig, context, schedule
        # Of a schedule that is drawn, some steps need not be possible; of one that a test wrote, all are.
        self._patience = PATIENCE_MS if schedule.seed >= 0 else SURE_MS
        self._earlier = conversations(rig.database)
        self._takeovers: list[Takeover] = []
        self._online_in = 0
        self.acts: Counter[str] = Counter()
        self.story: list[str] = []
        context.clock.install()
        context.add_init_script(f"({LISTEN})()")
        self._visitors: list[Visitor] = []

    @property
    def account(self) -> Account:
        """What was seen and done so far."""
        return Account([visitor.tab for visitor in self._visitors], self._takeovers)

    @property
    def log(self) -> list[Row]:
        """All messages of this schedule."""
        return rows(self._rig.database, self._rig.records, self._earlier)

    def play(self) -> None:
        """Take every step; one that is not possible is left out."""
        self._rig.proxy.follow(self._schedule.fault)
        self._visitors.append(Visitor(self._context.new_page(), 0, patience=self._patience))
        self._visitors[0].page.goto(self._rig.page, wait_until="commit", timeout=10_000)
        for step in self._schedule.steps:
            visitor = self._visitors[step.tab % len(self._visitors)]
            try:
                done = self._take(step, visitor)
            except TimeoutError:  # what the visitor wanted to press was not there
                done = False
            self.story.append(f"{step}: {'done' if done else 'not possible'}")
            self.acts[step.act] += done
            if self._online_in:
                self._online_in -= 1
                if not self._online_in:
                    self._context.set_offline(False)
            time.sleep(step.pause)

    def settle(self) -> bool:
        """End all faults and wait until nothing changes any more; return whether that comes in time."""
        self._online()
        self._rig.proxy.calm()
        wait_until_alive(self._rig.house)
        for visitor in self._visitors:
            visitor.state("active")
        end = time.monotonic() + SETTLE_SECONDS
        for number, visitor in enumerate(self._visitors):
            # The frontdesk sees what another process wrote at the next message, or after a while.
            if self._takeovers or not visitor.tab.conversation:
                self._opened(visitor, end)
                visitor.say(f"last words {self._schedule.seed}-{number}")
        calm = 0
        while calm < 2:
            if time.monotonic() > end:
                return False
            calm = calm + 1 if all(self._is_calm(visitor) for visitor in self._visitors) else 0
            if not calm and not self._rig.proxy.posting:  # else the page would give up what is being answered
                self._context.clock.fast_forward(FORWARD_MS)
            time.sleep(LOOK_SECONDS)
        return True

    def _is_calm(self, visitor: Visitor) -> bool:
        if not visitor.open(SURE_MS):
            self._reload(visitor)
            return False
        visitor.look()
        log = [row for row in self.log if row.conversation == visitor.tab.conversation]
        shown = [(message.seq, bool(message.delivery)) for message in visitor.life.shown]
        is_over = all(row.answered for row in log if row.author == "visitor")
        return is_over and not self._rig.proxy.copying and shown == [(row.seq, False) for row in log]

    def _opened(self, visitor: Visitor, end: float) -> None:
        while not visitor.open(SURE_MS) and time.monotonic() < end:
            self._reload(visitor)

    def _take(self, step: Step, visitor: Visitor) -> bool:
        seed, proxy = self._schedule.seed, self._rig.proxy
        match step.act:
            case Act.SAY:
                return visitor.say(f"question {seed}-{step.number}")
            case Act.CHOOSE:
                said = {text for one in self._visitors for life in one.tab.lives for text in life.said}
                return visitor.choose(said, step.number)
            case Act.FOLD:
                return visitor.fold()
            case Act.LANGUAGE:
                return visitor.speak()
            case Act.OFFLINE:
                self._context.set_offline(True)
                self._online_in = OFFLINE_STEPS
            case Act.RELOAD:
                self._reload(visitor)
            case Act.TAB:
                return self._duplicate(visitor)
            case Act.CRISIS:
                return self._crisis(visitor, f"I want to die, {seed}-{step.number}")
            case Act.SLEEP:
                self._sleep()
            case Act.CLINICIAN:
                return self._clinician(visitor, f"I am here now, {seed}-{step.number}.")
            case Act.HAND_BACK:
                return self._hand_back(visitor)
            case Act.KILL:
                self._kill(visitor, f"{HARD} question {seed}-{step.number}", leave=step.number % 2 == 0)
            case Act.REFUSE:
                proxy.refuse(0.1 * (1 + step.number % 5))
            case Act.DROP:
                proxy.drop()
        return True

    def _kill(self, visitor: Visitor, text: str, leave: bool) -> None:
        """Kill the frontdesk while it thinks about something; then leave the page, or wait for it to be sent again."""
        end = time.monotonic() + LIMIT_SECONDS
        if visitor.say(text):
            while time.monotonic() < end and not any(row.text == text for row in self.log):
                time.sleep(LOOK_SECONDS)
        self._rig.kill()
        if leave:
            self._reload(visitor)

    def _online(self) -> None:
        self._online_in = 0
        self._context.set_offline(False)

    def _last(self, conversation: str | None) -> int:
        return max((row.seq for row in self.log if row.conversation == conversation), default=0)

    def _reload(self, visitor: Visitor) -> None:
        self._online()
        visitor.look()
        visitor.reload(self._last(visitor.tab.conversation))

    def _duplicate(self, visitor: Visitor) -> bool:
        visitor.look()
        if len(self._visitors) > 1 or not visitor.tab.conversation:
            return False
        self._online()
        known = self._last(visitor.tab.conversation)
        with self._context.expect_page() as opened:
            visitor.page.evaluate("window.open(location.href) && null")
        self._visitors.append(Visitor(opened.value, known, visitor.life.whole, self._patience))
        return True

    def _crisis(self, visitor: Visitor, text: str) -> bool:
        if not visitor.say(text):
            return False
        with contextlib.suppress(Error):
            visitor.page.locator("clinic-chat article[data-kind=crisis]").first.wait_for(timeout=self._patience)
        visitor.look()
        if len(self._visitors) > 1:
            return True
        self._online()
        other = Visitor(self._context.new_page(), self._last(visitor.tab.conversation), patience=self._patience)
        self._visitors.append(other)
        other.page.goto(self._rig.page, wait_until="commit", timeout=10_000)
        other.open()
        if other.tab.conversation != visitor.tab.conversation:  # nothing was shared: a chat of its own
            other.life.known = other.life.seen = 0
        return True

    def _sleep(self) -> None:
        for visitor in self._visitors:
            visitor.state("frozen")
        self._rig.proxy.silence()
        time.sleep(0.1)
        for visitor in self._visitors:
            visitor.state("active")
        self._context.clock.fast_forward(ASLEEP_MS)

    def _clinician(self, visitor: Visitor, text: str) -> bool:
        visitor.look()
        conversation, records = visitor.tab.conversation, self._rig.records
        if not conversation:
            return False
        if not self._taken(conversation):
            records.take_over(conversation, CLINICIAN)
            self._takeovers.append(Takeover(conversation, self._last(conversation)))
        records.say(conversation, Message("clinician", "clinician", {"text": text, "author_name": CLINICIAN}))
        return True

    def _hand_back(self, visitor: Visitor) -> bool:
        visitor.look()
        took = self._taken(visitor.tab.conversation)
        if not took:
            return False
        took.until = self._last(took.conversation)
        self._rig.records.hand_back(took.conversation, CLINICIAN)
        took.free = self._last(took.conversation)
        return True

    def _taken(self, conversation: str | None) -> Takeover | None:
        mine = (took for took in self._takeovers if took.conversation == conversation and took.until is None)
        return next(mine, None)
