"""Measures the chat on a clinic's page and writes ``docs/widget.md``: ``make measure-widget`` (wants chromium).

Sizes are of the files themselves, compressed by brotli at its best. Times are medians of several runs, on a fresh
profile, with the processor slowed down four times as the reference figures of other widgets were taken.
"""

from __future__ import annotations

import io
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import brotli
from playwright.sync_api import Browser, sync_playwright

from content.catalogue import ROOT
from tools.house import House, Ports
from tools.pictures import BROWSER, FLAGS
from tools.train import train

WIDGET = ROOT / "widget"
LOADER = "v1.js"
LOADER_LIMIT = 2_500  # bytes, brotli
TOTAL_LIMIT = 25_000
SCRIPT_LIMIT = 50.0  # ms of script until an answer is shown, at a quarter of the speed
RUNS = 5
LAUNCHER = (330, 800)  # where the button is on that screen, in CSS pixels
SETTLED_MS = 3_000  # by then all that was asked for has come and is drawn
SLOWER = 4
_WATCH = """() => {
    window.seen = { long: [], shift: 0 };
    new PerformanceObserver((list) => list.getEntries().forEach((one) => window.seen.long.push(one.duration)))
        .observe({ type: 'longtask', buffered: true });
    // Of the page itself: what moves within the chat is the chat's own affair.
    const ofPage = ({ node }) => node?.isConnected && node.getRootNode() === document && !node.closest?.('clinic-chat');
    new PerformanceObserver((list) => list.getEntries().filter((one) => one.sources.some(ofPage))
        .forEach((one) => { window.seen.shift += one.value; }))
        .observe({ type: 'layout-shift', buffered: true });
}"""


@dataclass(frozen=True)
class Load:
    """What one visit cost: requests before and after opening, script time and longest task in ms, layout shift."""

    requests: int
    requests_open: int
    script: float
    longest: float
    shift: float


def sizes(language: str = "en") -> dict[str, int]:
    """Return the size of every file that a visitor of that language gets, in bytes after brotli."""
    files = [path for path in sorted(WIDGET.rglob("*.*")) if path.parent == WIDGET or path.stem == language]
    return {path.relative_to(WIDGET).as_posix(): len(brotli.compress(path.read_bytes(), quality=11)) for path in files}


def visit(browser: Browser, house: House) -> Load:
    """Open the demo page and the chat, ask one question, and say what it cost."""
    page = browser.new_page(viewport={"width": 390, "height": 845})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(house.api) else None)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({_WATCH})()")
    page.goto(house.demo, wait_until="networkidle")
    before = len(asked)
    # By mouse, keys and patience alone: looking for elements would run scripts of Playwright's own in the page.
    page.mouse.click(*LAUNCHER)
    page.wait_for_timeout(SETTLED_MS)
    opened = len(asked)
    page.keyboard.insert_text("How does ketamine work?")
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLED_MS)
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    seen = page.evaluate("window.seen")
    page.locator("article[data-kind=answer]").wait_for()  # all of it has happened
    page.close()
    return Load(before, opened, metrics["ScriptDuration"] * 1000, max(seen["long"], default=0.0), seen["shift"])


def main() -> None:
    """Measure and write the page."""
    with (
        tempfile.TemporaryDirectory() as var,
        House(train(), Path(var), Ports.free(), io.StringIO(), {"FRONTDESK_RATE_LIMITS": "off"}) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        loads = [visit(browser, house) for _ in range(RUNS)]
        browser.close()
    (ROOT / "docs" / "widget.md").write_text(report(loads), encoding="utf-8")
    print("Wrote docs/widget.md")


def report(loads: list[Load]) -> str:
    """Return the page, in Markdown."""
    by_file = sizes()
    raw = sum((WIDGET / name).stat().st_size for name in by_file)
    rows = [
        ("size before the visitor opens the chat", f"{by_file[LOADER]:,} bytes", f"{LOADER_LIMIT:,} bytes"),
        ("requests before that", str(max(load.requests for load in loads)), "1"),
        ("size of everything after it", f"{sum(by_file.values()):,} bytes ({raw:,} raw)", f"{TOTAL_LIMIT:,} bytes"),
        ("the same with the Spanish words", f"{sum(sizes('es').values()):,} bytes", f"{TOTAL_LIMIT:,} bytes"),
        ("requests after it, the conversation included", str(max(load.requests_open for load in loads)), ""),
        (
            f"script on the main thread, {SLOWER} times slower",
            f"{statistics.median(load.script for load in loads):.0f} ms",
            f"{SCRIPT_LIMIT:.0f} ms",
        ),
        ("longest task", f"{statistics.median(load.longest for load in loads):.0f} ms (0: none over 50)", "50 ms"),
        ("layout shift on the page", f"{max(load.shift for load in loads):.3f}", "0"),
    ]
    lines = [
        "# Size and speed of the chat",
        "",
        "Written by `make measure-widget`; do not edit. Sizes after brotli. Times are medians of "
        f"{RUNS} visits: the demo page, opening the chat, one question and its answer.",
        "",
        "| what | measured | at most |",
        "|---|---|---|",
        *(f"| {what} | {measured} | {most} |" for what, measured, most in rows),
        "",
        "| file | bytes |",
        "|---|---|",
        *(f"| `{name}` | {size:,} |" for name, size in by_file.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
