"""Draws the figures as groups of bars, in SVG written by hand: no library, and the same figures give the same file."""

from __future__ import annotations

from html import escape
from typing import Dict, List, NamedTuple, Sequence

COLOURS = ("#0b6e4f", "#c8553d", "#8d99ae")
WIDTH, HEIGHT = 960, 260  # of one panel
LEFT, TOP, BOTTOM = 24, 44, 34
GAP = 0.25  # between two groups, as a part of a group


class Panel(NamedTuple):
    """One group of bars for each category, one bar for each system."""

    title: str
    categories: Sequence[str]
    values: Dict[str, Sequence[float]]


def draw(panels: Sequence[Panel], about: str) -> str:
    """Return an SVG image with the panels below each other and one legend.

    Args:
        panels: What to draw; all of the same systems.
        about: What somebody is told who cannot see it.
    """
    height = 40 + HEIGHT * len(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13">',
        f"<title>{escape(about)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, name in enumerate(panels[0].values):
        lines.append(f'<rect x="{LEFT + 250 * number}" y="14" width="14" height="14" fill="{COLOURS[number]}"/>')
        lines.append(f'<text x="{LEFT + 22 + 250 * number}" y="26" fill="#222222">{escape(name)}</text>')
    for number, panel in enumerate(panels):
        lines += _panel(panel, 40 + HEIGHT * number)
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, top: int) -> List[str]:
    floor, room = top + HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM - 16
    highest = max(max(values) for values in panel.values.values()) or 1.0
    group = (WIDTH - 2 * LEFT) / len(panel.categories)
    wide = group * (1 - GAP) / len(panel.values)
    lines = [
        f'<text x="{LEFT}" y="{top + 24}" font-weight="bold" fill="#222222">{escape(panel.title)}</text>',
        f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH - LEFT}" y2="{floor}" stroke="#222222"/>',
    ]
    for place, category in enumerate(panel.categories):
        start = LEFT + group * (place + GAP / 2)
        middle = start + group * (1 - GAP) / 2
        lines.append(
            f'<text x="{middle:.1f}" y="{floor + 20}" text-anchor="middle" fill="#222222">{escape(category)}</text>'
        )
        for number, values in enumerate(panel.values.values()):
            x, tall = start + wide * number, room * values[place] / highest
            lines.append(
                f'<rect x="{x:.1f}" y="{floor - tall:.1f}" width="{wide - 4:.1f}" height="{tall:.1f}" '
                f'fill="{COLOURS[number]}"/>'
            )
            lines.append(
                f'<text x="{x + wide / 2 - 2:.1f}" y="{floor - tall - 5:.1f}" text-anchor="middle" '
                f'fill="#222222">{short(values[place])}</text>'
            )
    return lines


def short(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"
