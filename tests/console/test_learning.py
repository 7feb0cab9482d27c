"""Learn: started by managers, one at a time, in a process of its own that may die; only the models are made up."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from content.catalogue import ROOT
from frontdesk.console.learner import command_of
from frontdesk.settings import Settings
from tests.console.marked import asked, mark
from tests.console.parts import LEARNS, Desk, Staff, somebody, text_of
from tests.console.watched import Watched, look, sign_in

MS = 15_000
# The real tools.learn, with folders of the test's and models that are names. Waits where it would train.
TOOL = """#!{python}
import os, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
os.chdir({root!r})
var = Path({var!r})
from tools.learn import main
from tools.train import TrainingError

def fit(reviewed=None):
    (var / "pid").write_text(str(os.getpid()))
    while (var / "wait").exists():
        time.sleep(0.02)
    if (var / "fails").exists():
        raise TrainingError("no memory")
    return Path("candidate.tar.gz" if reviewed else "present.tar.gz")

def ask(model, texts):
    knows = model.name.startswith("candidate")
    return [
        {{"intent": "faq", "topics": ["safety/bladder"] if knows and "zebrawombat" in text else [],
          "categories": {fires!r} if knows else ["a"]}}
        for text in texts
    ]

sys.exit(main(sys.argv[1:], learnt=var / "learnt", var=var / "learning", ask=ask, fit=fit))
"""


@pytest.fixture(autouse=True)
def clean(desk: Desk) -> Iterator[None]:
    desk.sql("DELETE FROM marks")
    yield
    (desk.house.var / "wait").unlink(missing_ok=True)
    state(somebody(desk, "manager"))
    for name in ("taught", "learnt", "learning"):
        shutil.rmtree(desk.house.var / name, ignore_errors=True)
    (desk.house.var / LEARNS).unlink(missing_ok=True)


def tool(desk: Desk, waits: bool = False, fires: str = "a") -> Path:
    path, var = desk.house.var / LEARNS, desk.house.var
    path.write_text(TOOL.format(python=sys.executable, root=str(ROOT), var=str(var), fires=list(fires)))
    path.chmod(0o700)
    if waits:
        (var / "wait").touch()
    return path


def taught(desk: Desk, staff: Staff, text: str = "does zebrawombat harm the bladder") -> str:
    conversation = asked(desk, text, kind="answer")
    mark(staff, conversation, "topic", topic="safety/bladder")
    keys = re.findall(r'name="chosen" value="([0-9a-f]+)"', staff.get("/review/teach").text)
    assert staff.post("/review/teach", chosen=keys).status_code == 303
    return conversation


def state(staff: Staff, until: str = "hx-trigger") -> str:
    """The part of the page, once it does not go on any more, or once it says something."""
    for _ in range(600):
        page = staff.get("/review/learn").text
        if (until not in page) if until == "hx-trigger" else (until in page):
            return page
        time.sleep(0.05)
    raise AssertionError(page)


def test_a_manager_lets_it_learn_sees_what_changes_and_goes_back(desk: Desk, manager: Staff) -> None:
    conversation = taught(desk, manager)
    assert "The assistant cannot be trained on this machine" in text_of(manager.get("/review/teach"))
    tool(desk)
    page = manager.get("/review/teach")
    assert "1 piece of what was taught waits" in text_of(page) and "Learn now" in page.text
    sent = manager.post("/review/learn", what="learn")
    assert sent.headers["location"] == "/console/review/teach#learn"
    assert "hx-trigger" in manager.follow(sent).text  # also before the process has said anything
    shown = text_of_part(state(manager))
    for words in ("Learnt. It counts when", "Reviewed messages", "Nothing that was taught waits"):
        assert words in shown, shown
    assert f"{conversation[:8]}, message 2" in shown.split("Better:")[1]
    assert "zebrawombat" not in shown and "zebrawombat" not in (desk.house.var / "taught/learning.json").read_text()
    learnt = desk.house.var / "learnt/topics.yml"
    assert yaml.safe_load(learnt.read_text())["nlu"][0]["intent"] == "safety/bladder"
    manager.post("/review/learn", what="back")
    assert "Gone back" in state(manager) and not learnt.exists()
    manager.post("/review/learn", what="back")
    shown = state(manager)
    assert "There is nothing to go back to" in shown and "It did not work" in shown
    assert manager.post("/review/learn", what="forget").status_code == 422
    mine = [row.action for row in desk.records.audit_rows() if row.who == manager.name]
    assert [action for action in mine if action in ("learn", "back")] == ["back", "back", "learn"]


def test_a_way_back_that_fails_changes_nothing_and_can_be_tried_again(desk: Desk, manager: Staff) -> None:
    taught(desk, manager)
    tool(desk)
    manager.post("/review/learn", what="learn")
    state(manager)
    learnt, fails = desk.house.var / "learnt/topics.yml", desk.house.var / "fails"
    before = learnt.read_bytes()
    fails.touch()
    manager.post("/review/learn", what="back")
    shown = state(manager)
    fails.unlink()
    assert "It did not work. The assistant is as it was" in shown and learnt.read_bytes() == before
    manager.post("/review/learn", what="back")
    assert "Gone back" in state(manager) and not learnt.exists()


def test_a_file_that_cannot_be_read_leaves_the_page(desk: Desk, manager: Staff) -> None:
    taught(desk, manager)
    (desk.house.var / "taught/regressions.yml").write_text("cases:\n- origin: [")
    assert "a file was changed by hand" in text_of(manager.get("/review/teach"))


def text_of_part(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_one_at_a_time_learns_from_the_console_or_a_shell(desk: Desk, manager: Staff) -> None:
    taught(desk, manager)
    path = tool(desk, waits=True)
    assert manager.post("/review/learn", what="learn").status_code == 303
    shown = state(manager, "Looking for the present model")
    assert "<button" not in shown
    again = manager.post("/review/learn", what="back")
    assert (again.status_code, "It is learning already" in text_of(again)) == (409, True)
    assert [row.action for row in desk.records.audit_rows()][:2] == ["back-refused", "back"]
    environment = {
        **os.environ,
        "FRONTDESK_TAUGHT_DIR": str(desk.house.var / "taught"),
        "FRONTDESK_DATABASE_URL": desk.records.url,
    }
    shell = subprocess.Popen([str(path)], env=environment, stdout=subprocess.PIPE, text=True)
    assert shell.stdout and "Waiting for another learning" in shell.stdout.readline()
    (desk.house.var / "wait").unlink()
    assert "Nothing waits to be learnt" in shell.communicate(timeout=60)[0]
    assert shell.returncode == 1 and "There was nothing to learn" in state(manager)


def test_when_the_process_dies_the_page_says_so_and_it_can_be_tried_again(desk: Desk, manager: Staff) -> None:
    taught(desk, manager)
    tool(desk, waits=True)
    manager.post("/review/learn", what="learn")
    state(manager, "Looking for the present model")
    os.kill(int((desk.house.var / "pid").read_text()), signal.SIGKILL)
    shown = state(manager)
    assert "It stopped before it had ended" in shown and "Try again to learn" in shown
    assert "It was at: Looking for the present model" in shown
    (desk.house.var / "wait").unlink()
    manager.post("/review/learn", what="learn")
    assert "Learnt. It counts" in state(manager)


def test_what_is_worse_for_safety_is_said_and_not_learnt(desk: Desk, manager: Staff) -> None:
    taught(desk, manager)
    mark(manager, asked(desk, "zebrawombat: my last day", kind="answer"), "category", category="a")
    tool(desk, fires="")
    manager.post("/review/learn", what="learn")
    shown = state(manager)
    assert "Not learnt, because" in shown and "category a no longer fires" in shown
    assert not (desk.house.var / "learnt").exists() and "1 piece" in shown


def test_only_managers_let_it_learn_and_only_where_it_can(desk: Desk, clinician: Staff, manager: Staff) -> None:
    assert manager.post("/review/learn", what="learn").status_code == 409  # there is no tool here
    path = tool(desk)
    page = clinician.get("/review/teach")
    assert "Managers can let it learn" in text_of(page) and "Learn now" not in page.text
    assert clinician.post("/review/learn", what="learn").status_code == 403
    for origin, csrf in (("https://elsewhere.example", manager.csrf), ("", "0" * 64)):
        manager.csrf = csrf
        assert manager.post("/review/learn", origin=origin, what="learn").status_code == 403
    assert not (desk.house.var / "taught/learning.json").exists()
    path.write_text("no program")
    manager.get("/review/teach")
    manager.post("/review/learn", what="learn")
    assert "It could not be started" in state(manager)


def test_the_command_is_the_tool_where_rasas_environment_is(tmp_path: Path) -> None:
    assert command_of(Settings(learn_command=""), tmp_path) is None
    for path in (".venv-rasa/bin/python", "tools/learn.py"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    assert command_of(Settings(learn_command=""), tmp_path) == [sys.executable, "-m", "tools.learn"]
    given = Settings(learn_command=f"{shlex.quote(sys.executable)} 'a b.py'")
    assert command_of(given, tmp_path) == [sys.executable, "a b.py"]
    assert command_of(Settings(learn_command="/nowhere/learn"), tmp_path) is None


def test_an_open_page_shows_what_came_of_it(desk: Desk, manager: Staff, watched: Watched, npm_packages: Path) -> None:
    taught(desk, manager)
    tool(desk, waits=True)
    page = watched.page
    sign_in(page, desk, manager)
    page.goto(f"{desk.house.api}/console/review/teach")
    page.get_by_role("button", name="Learn now").click()
    part = page.locator("#learn")
    expect(part).to_contain_text("Looking for the present model", timeout=MS)
    (desk.house.var / "wait").unlink()
    expect(part).to_contain_text("Learnt. It counts when the assistant is started again.", timeout=MS)
    expect(part).not_to_have_attribute("hx-trigger", "every 4s")
    look(page, (npm_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"), "teach")
