"""Text, controls and the ring around what has the focus stand out from what they are on, light and dark."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.pages import made_up
from tests.browser.states import opened, reach
from tools.house import House

# Colours are drawn, and read as they come out: style sheets can write them in more ways than can be parsed here.
PARTS = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    root.activeElement?.blur(); // what has the focus has other colours
    const ink = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const mixed = (colours) => {
        ink.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            ink.fillStyle = colour;
            ink.fillRect(0, 0, 1, 1);
        }
        return [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (colour) => colour.map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ratio = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const grounds = (node) => {
        const found = [];
        for (let at = node; at && at !== root; at = at.parentNode) found.unshift(getComputedStyle(at).backgroundColor);
        return found;
    };
    const weak = [];
    const looked = { text: 0, control: 0 };
    const check = (kind, node, colour, under, wanted) => {
        looked[kind] += 1;
        const found = ratio(mixed([...under, colour]), mixed(under));
        const what = `${node.localName}.${node.className?.baseVal ?? node.className}`;
        if (found < wanted) weak.push(`${kind} ${what} "${node.textContent.trim().slice(0, 30)}" ${found.toFixed(2)}`);
    };
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.heard');

    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !node || node.localName === 'style' || !seen(node)) continue;
        check('text', node, getComputedStyle(node).color, grounds(node), 4.5);
    }
    for (const node of root.querySelectorAll('textarea')) {
        if (seen(node)) check('text', node, getComputedStyle(node, '::placeholder').color, grounds(node), 4.5);
    }
    for (const node of root.querySelectorAll('.icon, .thinking i')) {
        const style = getComputedStyle(node);
        const colour = node.localName === 'svg' ? style.stroke : style.backgroundColor;
        if (seen(node)) check('control', node, colour, grounds(node.parentElement), 3);
    }
    for (const node of root.querySelectorAll('.field, input:not([type=checkbox]), .suggestion, .person, .rate, .newer')) {
        const style = getComputedStyle(node);
        if (!seen(node) || node.closest('.past')) continue; // earlier choices are underlined text
        check('control', node, style.borderTopColor, grounds(node.parentElement), 3);
    }
    for (const node of root.querySelectorAll('.send, .danger')) {
        if (seen(node)) check('control', node, getComputedStyle(node).backgroundColor, grounds(node.parentElement), 3);
    }
    return { weak, looked };
}"""
# The part of the pixels around a node that have changed from one picture to another, by at least 3:1.
CHANGED = """async ([before, after]) => {
    const pixels = async (picture) => {
        const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const ink = new OffscreenCanvas(image.width, image.height).getContext('2d');
        ink.drawImage(image, 0, 0);
        return ink.getImageData(0, 0, image.width, image.height).data;
    };
    const [one, other] = [await pixels(before), await pixels(after)];
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const light = (data, at) => 0.2126 * part(data[at]) + 0.7152 * part(data[at + 1]) + 0.0722 * part(data[at + 2]);
    let changed = 0;
    for (let at = 0; at < one.length; at += 4) {
        const [dark, bright] = [light(one, at), light(other, at)].sort((a, b) => a - b);
        if ((bright + 0.05) / (dark + 0.05) >= 3) changed += 1;
    }
    return changed;
}"""
RINGED = "() => document.querySelector('clinic-chat').shadowRoot.activeElement"
# Where the ring of a node is drawn, and how many pixels of it have to be seen: half of a line two pixels wide around it,
# less what lies outside the list in which it scrolls.
AROUND = """(node) => {
    const ring = node.localName === 'textarea' ? node.closest('.field') : node;
    const box = ring.getBoundingClientRect();
    const frame = node.closest('.log, .pinned')?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight);
    const [left, right] = [Math.max(box.left - 8, 0), Math.min(box.right + 8, innerWidth)];
    const [top, bottom] = [Math.max(box.top - 8, frame.top - 8, 0), Math.min(box.bottom + 8, frame.bottom + 8, innerHeight)];
    return {
        clip: { x: left, y: top, width: right - left, height: bottom - top },
        wanted: (right - left - 16) * 2,
        name: node.textContent.trim() || node.ariaLabel || node.name || node.localName,
    };
}"""


def test_text_and_controls_stand_out(shown: Page, state: str) -> None:
    shown.wait_for_timeout(250)  # what arrives fades in
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        found = shown.evaluate(PARTS)
        assert found["looked"]["text"]
        assert found["looked"]["control"] or state in ("closed", "unread")  # the button in the corner is all text
        assert found["weak"] == [], scheme


def test_what_does_not_stand_out_would_be_found(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house, head="<style>clinic-chat { --chat-quiet: #8f8f8f; --chat-edge: #c0c0c0; }</style>")
    opened(visit)
    weak = " ".join(visit.page.evaluate(PARTS)["weak"])
    assert "text p.hint" in weak
    assert "control div.field" in weak


def rings(page: Page) -> list[tuple[str, int, int]]:
    """Go through the chat by Tab; of each stop return its name, how many pixels its ring changes, and how many it should."""
    met: list[tuple[str, int, int]] = []
    outside = 0
    page.locator("h1").click()
    while outside < 2:
        page.keyboard.press("Tab")
        stop = page.evaluate_handle(RINGED).as_element()
        if stop is None:
            outside = 1 if not met else 2
            continue
        around: dict[str, Any] = stop.evaluate(AROUND)
        after = page.screenshot(clip=around["clip"])
        stop.evaluate("node => node.blur()")
        before = page.screenshot(clip=around["clip"])
        stop.evaluate("node => node.focus({ preventScroll: true })")
        pictures = [base64.b64encode(picture).decode() for picture in (before, after)]
        met.append((around["name"], page.evaluate(CHANGED, pictures), around["wanted"]))
    return met


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["closed", "sources", "crisis", "emergency", "form", "erasing", "ending", "waiting"])
def test_what_has_the_focus_has_a_ring_that_can_be_seen(
    context: BrowserContext, house: House, state: str, scheme: str
) -> None:
    page = reach(state, context, house).page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.wait_for_timeout(100)
    met = rings(page)
    assert met
    assert [one for one in met if one[1] < one[2]] == []


@pytest.mark.parametrize(("ground", "scheme"), [("#fff", "dark"), ("#111", "light"), ("#2b5d56", "light")])
def test_the_ring_of_the_button_in_the_corner_can_be_seen_on_any_page(
    context: BrowserContext, house: House, ground: str, scheme: str
) -> None:
    page = made_up(context, house, head=f"<style>html {{ background: {ground}; }}</style>").page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.locator("clinic-chat .launcher").wait_for()
    ((_, changed, wanted),) = rings(page)
    assert changed >= wanted
