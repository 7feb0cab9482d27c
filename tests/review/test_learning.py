"""From what was taught to what was learnt, and back; with models that are made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.catalogue import CatalogueError
from review.exam import REVIEWED, Question
from review.examples import Example
from review.files import REGRESSIONS, SAFETY, TOPICS, add_blocks, put_case, saved_case, write_examples
from review.learning import Learning, LearningError
from review.progress import Diary, What
from tools.learn import learn

BLADDER, KIDNEY = Example("safety/bladder", "0" * 12, "zebra one"), Example("safety/bladder", "1" * 12, "zebra two")
CRISIS = Example("a", "2" * 12, 'zebra "three"')


@pytest.fixture
def learning(tmp_path: Path) -> Learning:
    return Learning(tmp_path / "taught", tmp_path / "learnt", tmp_path / "var")


def texts(folder: Path, name: str = TOPICS) -> list[str]:
    content = yaml.safe_load((folder / name).read_text()) if (folder / name).is_file() else {}
    return [one["examples"][2:-1] for one in content.get("nlu", [])] + [
        one["text"] for one in content.get("learnt", [])
    ]


def run(learning: Learning, category: str = "a", after: str = "a") -> bool:
    def fit(reviewed: Path | None = None) -> Path:
        return Path("candidate" if reviewed else "present")

    def ask(model: Path, asked: list[str]) -> list[dict[str, Any]]:
        fired = [category] if model.name == "present" else list(after)
        return [{"intent": "escalate", "topics": [], "categories": fired} for _ in asked]

    questions: Sequence[Question] = [Question(REVIEWED, "c1, message 2", "zebrawombat", category="a")]
    return learn(learning, questions, ask, False, fit, Diary(learning.taught, What.LEARN))


def test_what_was_taught_is_learnt_and_waits_no_more(learning: Learning, capsys: pytest.CaptureFixture[str]) -> None:
    write_examples(learning.taught, [BLADDER, CRISIS])
    assert run(learning)
    assert (texts(learning.learnt), texts(learning.learnt, SAFETY)) == (["zebra one"], ['zebra "three"'])
    assert texts(learning.taught) == texts(learning.taught, SAFETY) == []
    assert "Learnt" in capsys.readouterr().out
    assert not run(learning)
    assert "Nothing waits" in capsys.readouterr().out


def test_a_candidate_that_misses_what_the_present_model_finds_is_not_taken(
    learning: Learning, capsys: pytest.CaptureFixture[str]
) -> None:
    write_examples(learning.taught, [BLADDER])
    assert not run(learning, after="")
    assert not learning.learnt.exists()
    assert texts(learning.taught) == ["zebra one"]
    out = capsys.readouterr().out
    assert "c1, message 2: category a no longer fires" in out and "Worse: 1" in out
    assert "zebrawombat" not in out


def test_back_is_what_was_learnt_before_and_only_once(learning: Learning) -> None:
    for example in (BLADDER, KIDNEY):
        write_examples(learning.taught, [example])
        assert run(learning)
    assert texts(learning.learnt) == ["zebra one", "zebra two"]
    first = (learning.before / TOPICS).read_text()
    learning.back()
    assert (learning.learnt / TOPICS).read_text() == first  # to the letter: so the model's name is that of before
    with pytest.raises(LearningError, match="nothing to go back to"):
        learning.back()


def test_back_from_the_first_time_is_nothing(learning: Learning) -> None:
    write_examples(learning.taught, [BLADDER, CRISIS])
    add_blocks(learning.taught / REGRESSIONS, ["- origin: abc\n  turns: []\n"])
    run(learning)
    learning.back()
    assert sorted(path.name for path in learning.learnt.iterdir()) == [REGRESSIONS]


def test_of_a_conversation_there_is_one_regression_test_the_newest(learning: Learning) -> None:
    def case(origin: str, kind: str) -> str:
        return f'- origin: {origin}\n  turns:\n  - {{"say": "- origin: x", "expect": {{"kind": "{kind}"}}}}\n'

    for kind in ("answer", "decline"):
        for origin in ("abc", "def") if kind == "answer" else ("abc",):
            put_case(learning.taught, case(origin, kind))
            put_case(learning.taught, case(origin, kind))
        run(learning)
    cases = yaml.safe_load((learning.learnt / REGRESSIONS).read_text())["cases"]
    assert [(one["origin"], one["turns"][0]["expect"]["kind"]) for one in cases] == [
        ("def", "answer"), ("abc", "decline"),
    ]  # fmt: skip
    assert saved_case((learning.taught, learning.learnt), "abc") == case("abc", "decline")
    assert saved_case((learning.taught, learning.learnt), "ab") is None


def test_what_is_taught_meanwhile_goes_on_waiting(learning: Learning) -> None:
    write_examples(learning.taught, [BLADDER])
    learning.gather()
    write_examples(learning.taught, [KIDNEY])
    learning.accept()
    assert (texts(learning.learnt), texts(learning.taught)) == (["zebra one"], ["zebra two"])


def test_an_example_is_written_once_and_the_file_is_whole_at_any_time(learning: Learning) -> None:
    for _ in range(2):
        write_examples(learning.taught, [BLADDER])
    assert texts(learning.taught) == ["zebra one"]
    assert [path.name for path in learning.taught.iterdir() if path.suffix == ".new"] == []


def test_a_file_that_was_spoilt_by_hand_is_named(learning: Learning) -> None:
    learning.taught.mkdir(parents=True)
    (learning.taught / TOPICS).write_text("nlu:\n- [")
    with pytest.raises(CatalogueError, match=r"topics\.yml cannot be read"):
        learning.gather()
