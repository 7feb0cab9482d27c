"""Measures the chat on a clinic's page and writes ``docs/widget.md``: ``make measure-widget`` (wants chromium).

Sizes are of the files themselves, compressed by brotli at its best. Times are medians of several visits, on a fresh
profile, with the processor slowed down four times as the reference figures of other widgets were taken. They are those
of the page's main thread alone: what else the machine does at the moment, and waiting for it, does not count.
"""

from __future__ import annotations

import bisect
import io
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, CDPSession, Page, Response, ViewportSize, sync_playwright

from content.catalogue import ROOT
from tools.house import House, Ports
from tools.pictures import BROWSER, FLAGS
from tools.train import train

WIDGET = ROOT / "widget"
LOADER = "v1.js"
LOADER_LIMIT = 2_500  # bytes, brotli
TOTAL_LIMIT = 25_000
SCRIPT_LIMIT = 50.0  # ms of script until an answer is shown, at a quarter of the speed
TASK_LIMIT = 50.0  # ms: what takes longer is felt
RUNS = 5
SCREEN: ViewportSize = {"width": 390, "height": 845}
LAUNCHER = (330, 800)  # where the button is on that screen, in CSS pixels
COME_MS = 60_000  # for what was asked for to come
SETTLED_MS = 2_000  # by then it is drawn
TRACE_SECONDS = 60  # for the browser to hand a trace over
SLOWER = 4
PHASES = ("loading the page", "opening the chat", "a question and its answer")
_WATCH = """() => {
    window.shift = 0;
    // Of the page itself: what moves within the chat is the chat's own affair.
    const ofPage = ({ node }) => node?.isConnected && node.getRootNode() === document && !node.closest?.('clinic-chat');
    new PerformanceObserver((list) => list.getEntries().filter((one) => one.sources.some(ofPage))
        .forEach((one) => { window.shift += one.value; }))
        .observe({ type: 'layout-shift', buffered: true });
}"""


@dataclass(frozen=True)
class Load:
    """What one visit asked for before and after opening, and how far the page moved."""

    requests: int
    requests_open: int
    shift: float


@dataclass(frozen=True)
class Time:
    """What a phase of a visit took on the main thread, in ms: script, everything, and the longest task."""

    script: float
    all: float
    longest: float


def sizes(language: str = "en") -> dict[str, int]:
    """Return the size of every file that a visitor of that language gets, in bytes after brotli."""
    files = [path for path in sorted(WIDGET.rglob("*.*")) if path.parent == WIDGET or path.stem == language]
    return {path.relative_to(WIDGET).as_posix(): len(brotli.compress(path.read_bytes(), quality=11)) for path in files}


def visit(browser: Browser, house: House) -> Load:
    """Open the demo page and the chat, ask one question, and say what it cost."""
    page = browser.new_page(viewport=SCREEN)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(house.api) else None)
    page.add_init_script(f"({_WATCH})()")
    before = [len(asked) for _ in _phases(page, house)]
    shift = page.evaluate("window.shift")
    page.locator("article[data-kind=answer]").wait_for()  # all of it has happened
    page.close()
    return Load(before[0], len(asked), shift)


def timed(browser: Browser, house: House, chat: bool = True) -> list[Time]:
    """Do the same again and say how long each phase took; or on the page without the chat.

    Nothing of ours runs in the page meanwhile, and the browser is not traced while script is counted.
    """
    return [Time(*one, longest) for one, longest in zip(_counted(browser, house, chat), _longest(browser, house, chat))]


def _phases(page: Page, house: House, chat: bool = True) -> Iterator[None]:
    """Go through a visit, and stop after each phase; without the chat there is only the first.

    By mouse, keys and what is asked of the service alone: looking for elements would run scripts of Playwright's own in
    the page.
    """
    page.goto(house.demo, wait_until="networkidle")
    page.wait_for_timeout(500)
    yield
    if not chat:
        return
    with page.expect_request(lambda request: request.url.endswith("/events"), timeout=COME_MS):
        page.mouse.click(*LAUNCHER)
    page.wait_for_timeout(SETTLED_MS)
    yield
    with page.expect_response(_is_reply, timeout=COME_MS):
        page.keyboard.insert_text("How does ketamine work?")
        page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    yield


def _is_reply(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/messages")


def _slow_page(browser: Browser, chat: bool) -> tuple[Page, CDPSession]:
    page = browser.new_page(viewport=SCREEN)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if not chat:
        session.send("Network.enable")
        session.send("Network.setBlockedURLs", {"urls": [f"*/{LOADER}"]})
    return page, session


def _counted(browser: Browser, house: House, chat: bool) -> Iterator[tuple[float, float]]:
    """Yield what each phase took by the browser's own counters: script, and everything, in ms."""
    page, session = _slow_page(browser, chat)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    script = everything = 0.0
    for _ in _phases(page, house, chat):
        now = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
        yield now["ScriptDuration"] - script, now["TaskDuration"] - everything
        script, everything = now["ScriptDuration"], now["TaskDuration"]
    page.close()


def _longest(browser: Browser, house: House, chat: bool) -> list[float]:
    """Return the longest task of each phase, in ms, from a trace."""
    page, session = _slow_page(browser, chat)
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda data: ended.append(data))
    only = {"includedCategories": ["toplevel"], "excludedCategories": ["*"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": only})
    ends = [time.monotonic() * 1e6 for _ in _phases(page, house, chat)]  # the clock of the trace
    session.send("Tracing.end")
    deadline = time.monotonic() + TRACE_SECONDS
    while not ended and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.close()
    return [max(tasks, default=0.0) for tasks in _tasks(events, ends)]


def _tasks(events: list[dict[str, Any]], ends: list[float]) -> list[list[float]]:
    """Return how long each task of the page's main thread took, by phases that ended at ``ends``."""
    mains = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [one for one in events if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in mains]
    busy = Counter[tuple[int, int]]()
    for one in tasks:
        busy[one["pid"], one["tid"]] += one.get("tdur", 0)
    (page, _), *_others = busy.most_common(1)  # the browser keeps another process in reserve
    found: list[list[float]] = [[] for _ in ends]
    for one in tasks:
        if (one["pid"], one["tid"]) == page and one["ts"] < ends[-1]:
            found[bisect.bisect(ends, one["ts"])].append(one.get("tdur", 0) / 1000)
    return found


def main() -> None:
    """Measure and write the page."""
    with (
        tempfile.TemporaryDirectory() as var,
        House(train(), Path(var), Ports.free(), io.StringIO(), {"FRONTDESK_RATE_LIMITS": "off"}) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        load = visit(browser, house)
        times = [timed(browser, house) for _ in range(RUNS)]
        without = [timed(browser, house, chat=False)[0] for _ in range(RUNS)]
        browser.close()
    (ROOT / "docs" / "widget.md").write_text(report(load, times, without), encoding="utf-8")
    print("Wrote docs/widget.md")


def report(load: Load, times: list[list[Time]], without: list[Time]) -> str:
    """Return the page, in Markdown; ``without``: what loading the page takes without the chat."""
    by_file = sizes()
    raw = sum((WIDGET / name).stat().st_size for name in by_file)
    rows = [
        ("size before the visitor opens the chat", f"{by_file[LOADER]:,} bytes", f"{LOADER_LIMIT:,} bytes"),
        ("requests before that", str(load.requests), "1"),
        ("size of everything", f"{sum(by_file.values()):,} bytes ({raw:,} raw)", f"{TOTAL_LIMIT:,} bytes"),
        ("the same with the Spanish words", f"{sum(sizes('es').values()):,} bytes", f"{TOTAL_LIMIT:,} bytes"),
        ("requests, the conversation included", str(load.requests_open), ""),
        ("layout shift on the page", f"{load.shift:.3f}", "0"),
    ]
    phases = [without, *([visit[number] for visit in times] for number in range(len(PHASES)))]
    script = [statistics.median(one.script for one in phase) for phase in phases]
    longest = [statistics.median(one.longest for one in phase) for phase in phases]
    everything = [statistics.median(one.all for one in phase) for phase in phases]
    lines = [
        "# Size and speed of the chat",
        "",
        "Written by `make measure-widget`; do not edit. Sizes after brotli.",
        "",
        "| what | measured | at most |",
        "|---|---|---|",
        *(f"| {what} | {measured} | {most} |" for what, measured, most in rows),
        "",
        f"Milliseconds of the page's main thread, {SLOWER} times slower: medians of {RUNS} visits to the demo page,",
        "each on a fresh profile. It is processor time: waiting for the network or other programs does not count.",
        "",
        f"| | the page without the chat | {' | '.join(PHASES)} | together | at most |",
        "|---|---|---|---|---|---|---|",
        _row("script", script, f"{sum(script[1:]):.0f}", f"{SCRIPT_LIMIT:.0f}"),
        _row("longest task", longest, "", f"{TASK_LIMIT:.0f}, and what the page itself takes"),
        _row("everything: script, style, layout, painting", everything, f"{sum(everything[1:]):.0f}", ""),
        "",
        "Script is what the browser's own counter says (`ScriptDuration`). It leaves out what goes on after an",
        "`await`, which is part of the last row. The longest task of loading is the page's own first layout.",
        "",
        "| file | bytes |",
        "|---|---|",
        *(f"| `{name}` | {size:,} |" for name, size in by_file.items()),
    ]
    return "\n".join(lines) + "\n"


def _row(what: str, phases: list[float], together: str, most: str) -> str:
    return f"| {what} | {' | '.join(f'{one:.0f}' for one in phases)} | {together} | {most} |"


if __name__ == "__main__":
    main()
