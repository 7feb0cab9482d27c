"""Whatever a message holds, and whoever wrote it: text is text, and links lead only where links may lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.pages import made_up
from tests.browser.service import CLINIC, message, serve
from tools.house import House

WIDGET = Path(__file__).parents[2] / "widget"
MARKUP = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    "<svg><script href=data:,window.pwned=1 /></svg>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<a href=javascript:window.pwned=1>click</a>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<style>@import 'http://evil.example/x.css'</style>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<body onload=window.pwned=1>",
    "<form action=http://evil.example><button>go</button></form>",
    "<math><mtext></mtext><script>window.pwned=1</script></math>",
    "<template><script>window.pwned=1</script></template>",
    "<object data=javascript:window.pwned=1>",
    "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "</article></div><script>window.pwned=1</script>",
    "--><script>window.pwned=1</script><!--",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "\u003cimg src=x onerror=window.pwned=1\u003e",
    "[click](javascript:window.pwned=1)",
    "![x](x\" onerror=\"window.pwned=1)",
    "${window.pwned=1}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "\"><img src=x onerror=window.pwned=1>",
    "' onmouseover='window.pwned=1",
    "\u202egnp.exe evil\u202c",
    "\u0000<b>null</b>",
    "a" * 2000,
    "‮<b>right to left</b>‬",
    "- <b>an item</b>\n- <img src=x onerror=window.pwned=1>",
]  # fmt: skip
ADDRESSES = [
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    " javascript:window.pwned=1",
    "java\tscript:window.pwned=1",
    "java\nscript:window.pwned=1",
    "\u0001javascript:window.pwned=1",
    "javascript&colon;window.pwned=1",
    "javascript://https://ok.example/%0awindow.pwned=1",
    "data:text/html,<script>opener.pwned=1</script>",
    "vbscript:msgbox(1)",
    "blob:https://ok.example/1",
    "file:///etc/passwd",
    "http://plain.example/",
    "//evil.example/",
    "/relative",
    "#fragment",
    "view-source:https://ok.example",
    "intent://evil#Intent;end",
    "",
]
HONEST = ["https://ok.example/a?b=c#d", "tel:988", "sms:988"]
LOOK = """() => {
    const root = document.querySelector('clinic-chat').shadowRoot;
    return {
        pwned: window.pwned,
        made: [...new Set([...root.querySelectorAll(':not(link[rel=modulepreload])')].map((node) => node.localName))].sort(),
        handlers: [...root.querySelectorAll('*')].filter((node) =>
            [...node.attributes].some(({ name }) => name.startsWith('on') || name === 'srcdoc')).length,
        links: [...root.querySelectorAll('a')].map((link) => [link.href, link.target, link.rel]),
    };
}"""
OWN = {
    "a", "article", "br", "button", "details", "div", "footer", "form", "h2", "header", "i", "input", "label", "li", "p",
    "path", "progress", "section", "span", "summary", "svg", "textarea", "time", "ul",
}  # fmt: skip


def everywhere(number: int, text: str, address: str) -> list[dict[str, object]]:
    """Put ``text`` and ``address`` wherever a message has room for one."""
    fields = {
        "text": text,
        "sources": [{"id": text, "title": text, "heading": text, "url": address, "corrected": text}],
        "suggestions": [{"label": text, "value": text}],
        "contacts": [{"label": text, "href": address}],
    }
    return [
        message(number, **fields),
        message(number + 1, author="clinician", kind="clinician", author_name=text, **fields),
        message(number + 2, author="system", kind="notice", **fields),
        message(number + 3, kind="crisis", category="a", **fields),
        message(number + 4, kind=text, author=text, **fields),
    ]


def test_text_stays_text(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    messages = [one for n, text in enumerate(MARKUP) for one in everywhere(2 + 5 * n, text, HONEST[0])]
    serve(visit.page, messages)
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.log.locator("article")).to_have_count(1 + len(messages))
    seen = visit.page.evaluate(LOOK)
    assert seen["pwned"] is None
    assert set(seen["made"]) <= OWN
    assert seen["handlers"] == 0
    labels = visit.log.locator("article[data-author=bot][data-kind=answer] .suggestion").all_text_contents()
    assert labels == MARKUP
    assert not [origin for origin in visit.origins if "evil" in origin]


@pytest.mark.parametrize("text", [MARKUP[0], MARKUP[1], MARKUP[25]], ids=["script", "handler", "control"])
def test_a_clinic_may_be_called_anything(context: BrowserContext, house: House, text: str) -> None:
    visit = made_up(context, house)
    serve(visit.page, [], clinic={**CLINIC, "name": text, "phone": text})
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.page.get_by_role("dialog").get_by_role("heading")).to_have_text(text)
    seen = visit.page.evaluate(LOOK)
    assert seen["pwned"] is None
    assert set(seen["made"]) <= OWN


def test_links_lead_only_where_links_may_lead(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    messages = [one for n, address in enumerate(ADDRESSES + HONEST) for one in everywhere(2 + 5 * n, "Here", address)]
    serve(visit.page, messages)
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.log.locator("article")).to_have_count(1 + len(messages))
    seen = visit.page.evaluate(LOOK)
    assert {href for href, _, _ in seen["links"]} <= {*HONEST, "tel:911"}
    assert set(HONEST) <= {href for href, _, _ in seen["links"]}
    for href, target, rel in seen["links"]:
        if href.startswith("https:"):
            assert (target, rel) == ("_blank", "noopener noreferrer")
    for node in visit.log.locator(".contacts span").all()[:20]:
        node.click()
    assert visit.page.evaluate("window.pwned") is None


def test_a_choice_is_sent_as_it_is_and_nothing_of_it_is_run(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    serve(visit.page, [message(2, suggestions=[{"label": "Go on", "value": "<img src=x onerror=window.pwned=1>"}])])
    visit.page.get_by_role("button", name="Ask a question").click()
    with visit.page.expect_request(lambda request: request.method == "POST" and "/messages" in request.url) as sent:
        visit.log.get_by_role("button", name="Go on").click()
    assert sent.value.post_data_json["choice"] == "<img src=x onerror=window.pwned=1>"
    assert visit.page.evaluate("window.pwned") is None


def test_messages_of_other_windows_change_nothing(context: BrowserContext, house: House) -> None:
    visit = made_up(context, house)
    serve(visit.page, [])
    visit.page.get_by_role("button", name="Ask a question").click()
    expect(visit.log.locator("article")).to_have_count(1)
    before = visit.page.locator("clinic-chat").evaluate("host => host.shadowRoot.innerHTML")
    visit.page.evaluate(
        """() => { for (const said of ['?', { token: 'x', conversation: 'y' }, { event: 'message', data: { text: 'x' } }])
            window.postMessage(said, '*'); }"""
    )
    visit.page.wait_for_timeout(300)
    assert visit.page.locator("clinic-chat").evaluate("host => host.shadowRoot.innerHTML") == before


def test_no_file_of_the_widget_has_a_way_to_pass_markup_or_code() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\(|createContextualFragment|"
        r"DOMParser|setHTML|srcdoc|window\.postMessage|parent\.postMessage|opener"
    )
    files = sorted(WIDGET.rglob("*.js"))
    assert len(files) > 10
    assert [
        path.name for path in files if forbidden.search(path.read_text(encoding="utf-8").replace("noopener", ""))
    ] == []
