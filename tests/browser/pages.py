"""Pages of clinics that tests make up, on the demo's origin."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Route

from tests.browser.visit import Visit, origin_of, watched
from tools.house import House

EMBED = '<script type="module" src="{api}/widget/v1.js" crossorigin></script>'
BODY = """
<h1>Welcome</h1><p class="intro">A page with <a href="#x">a link</a> and <button>a button</button>.</p>
<div id="box" style="height: 300px">A box</div><form><label>Name <input name="name"></label></form>
"""


def made_up(
    context: BrowserContext,
    house: House,
    *,
    head: str = "",
    body: str = BODY,
    policy: str | None = None,
    embed: str = EMBED,
    language: str = "en",
) -> Visit:
    """Open a page with ``head`` and ``body`` and the embed line, under a content security policy if there is one."""
    page = context.new_page()
    visit = watched(page)
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>A clinic</title>'
        f'<link rel="icon" href="data:,">{head}</head><body>{body}{embed.format(api=house.api)}</body></html>'
    )
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if policy:
        headers["Content-Security-Policy"] = policy.format(api=house.api)

    def answer(route: Route) -> None:
        route.fulfill(body=html, headers=headers)

    address = f"{origin_of(house.demo)}/made-up"
    page.route(address, answer)
    page.goto(address)
    return visit
