"""What is timed: answers for one client, answers a second for several, and answers late in a long conversation."""

from __future__ import annotations

import math
import statistics
import threading
import time
from typing import Dict, List, Sequence, Tuple

from benchmarks.speed.talking import Conversation, NoAnswer, Opening

PER_CONVERSATION = 5  # questions of one visitor
AROUND = 4  # a turn is timed together with as many before and after it


def percentile(times: Sequence[float], share: float) -> float:
    """Return the smallest time that at least ``share`` of all times do not exceed."""
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def _timed(conversation: Conversation, question: str) -> float:
    """Return how long an answer took, in ms; infinity when none came."""
    began = time.perf_counter()
    try:
        conversation.ask(question)
    except NoAnswer:
        return math.inf
    return 1000 * (time.perf_counter() - began)


def one_client(opening: Opening, questions: Sequence[str]) -> List[float]:
    """Ask every question, a few in each conversation; return the times in ms."""
    times: List[float] = []
    for start in range(0, len(questions), PER_CONVERSATION):
        conversation = opening()
        times += [_timed(conversation, question) for question in questions[start : start + PER_CONVERSATION]]
        conversation.close()
    return times


def answers_a_second(opening: Opening, questions: Sequence[str], clients: int, seconds: float) -> Tuple[float, int]:
    """Let clients ask at the same time, each without a pause; return the rate, and how many got no answer.

    Opening a conversation takes its time too; so does an answer that comes after the end, which counts.
    """
    answered, failed = [0] * clients, [0] * clients
    end = time.perf_counter() + seconds

    def visitor(number: int) -> None:
        place = number * len(questions) // clients
        while time.perf_counter() < end:
            try:
                conversation = opening()
            except NoAnswer:
                failed[number] += 1
                continue
            for _ in range(PER_CONVERSATION):
                if math.isinf(_timed(conversation, questions[place % len(questions)])):
                    failed[number] += 1
                else:
                    answered[number] += 1
                place += 1
                if time.perf_counter() >= end:
                    break
            conversation.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / (time.perf_counter() - began), sum(failed)


def at_turns(opening: Opening, questions: Sequence[str], turns: Sequence[int]) -> Dict[int, float]:
    """Time answers at some turns of one conversation; each is the median of the same questions around that turn.

    Turn 1 is the median of as many first questions, each in a conversation of its own.
    """
    window = 2 * AROUND + 1
    same, others = questions[:window], questions[window:]
    found: Dict[int, float] = {}
    first = []
    for question in same:
        conversation = opening()
        first.append(_timed(conversation, question))
        conversation.close()
    conversation = opening()
    times = []
    starts = [turn - AROUND for turn in turns if turn > 1]
    for turn in range(1, max(turns) + AROUND + 1):
        start = max((start for start in starts if start <= turn), default=0)
        inside = start and turn < start + window
        times.append(_timed(conversation, same[turn - start] if inside else others[turn % len(others)]))
    conversation.close()
    for turn in turns:
        around = first if turn == 1 else times[turn - AROUND - 1 : turn + AROUND]
        found[turn] = statistics.median(around)
    return found
