"""What words mean inside the guide: commands first, then answers, then questions of the visitor's own."""

from __future__ import annotations

import pytest

from actions.guide_listening import WORDS_KEPT, Heard, Listener, Understood
from content.guide import load_guide

GUIDE = load_guide()
LISTENER = Listener(GUIDE)
BLADDER = Understood("safety", ("safety/bladder",))


def heard(question: str | None, text: str, understood: Understood | None = None) -> Heard:
    asked = GUIDE.question(question) if question else None
    return LISTENER.words(text, asked, understood or Understood("out_of_scope"))


# question | words | option
OPTIONS = """
age | 34 | from_25
age | I'm 17 | under_18
age | im 16 years old | under_18
age | sixteen | under_18
age | Eighteen. | from_18
age | i am twenty four years old | from_18
age | thirty five | from_25
age | 25 | from_25
age | 24 | from_18
age | 18! | from_18
age | under 18 | under_18
age | I'm still a teenager | -
age | i'm a teenager | under_18
age | in my forties | from_25
age | retired | from_25
age | almost 18 | -
age | over 18 | -
age | 45 and my son is 12 | -
age | 1990 | -
age | 0 | -
tried | Medicine | medicine
tried | i've tried meds | medicine
tried | cbt | therapy
tried | both | both
tried | nothing yet | none
tried | I haven't tried anything yet | none
psychosis | no, never | no
psychosis | Nope, not me | no
psychosis | not that I know of | no
psychosis | im bipolar | yes
psychosis | yeah, a while ago | yes
psychosis | I don't know | unsure
heart | i have high blood pressure | yes
heart | a stroke | yes
heart | my blood pressure is fine | no
heart | never checked | unsure
substances | NO | no
substances | not really, only socially | no
substances | i used to | past
substances | yes in the past | past
substances | yes | now
pregnancy | no | no
pregnancy | I'm a man | no
pregnancy | could be | yes
pregnancy | I might be | yes
pregnancy | not sure | yes
support | my husband | yes
support | nobody | no
support | it depends | some
altered | fine by me | fine
altered | okay | fine
altered | it scares me | uneasy
altered | mixed feelings | unsure
medicines | none at all | none
medicines | I don't take any | none
medicines | a few | some
"""


@pytest.mark.parametrize("line", OPTIONS.strip().splitlines())
def test_words_that_mean_an_option(line: str) -> None:
    question, text, option = (part.strip() for part in line.split("|"))
    found = heard(question, text)
    assert (found.option or "-") == option
    assert found == (Heard("answer", question, option) if option != "-" else Heard("unclear"))


# question | words that say more than an option, and are kept
WORDS = """
tried | SSRIs and CBT for three years
psychosis | I had a manic episode in 2010
psychosis | when I was 20 I heard voices
heart | I don't have high blood pressure
heart | yes, but it is treated
heart | no, but my father had a heart attack
substances | yes but only in the past, weed mostly
support | my neighbor when she is not at work
altered | it scares me a bit but I am curious
medicines | zoloft and xanax
medicines | Lamictal, propranolol
"""


@pytest.mark.parametrize("line", WORDS.strip().splitlines())
def test_an_open_question_keeps_the_words(line: str) -> None:
    question, text = (part.strip() for part in line.split("|"))
    assert heard(question, text, Understood("candidacy", ("candidacy/psychosis",))) == Heard(
        "answer", question, words=text
    )


def test_a_long_answer_is_cut() -> None:
    found = heard("medicines", "zoloft and " * 300)
    assert found.words is not None
    assert len(found.words) == WORDS_KEPT


@pytest.mark.parametrize("text", ["my sister lives there", "I had a baby last year", "born in 1990"])
def test_a_closed_question_keeps_nothing(text: str) -> None:
    assert heard("pregnancy", text) == Heard("unclear")


# words | what they do at any question
COMMANDS = """
skip | skip
can we skip this one please | skip
I'd rather not say | skip
next question | skip
why? | why
Why do you ask? | why
ok but why do you want to know | why
stop | stop
please stop | stop
I don't want to do this anymore | stop
never mind | stop
continue | resume
ok let's continue | resume
what was the question? | resume
ok | resume
thanks | resume
go back | back
oops, wrong button | back
can I change my last answer? | back
what have I told you so far? | review
change my age | change age
I want to change my answer about the heart | change heart
can you correct my blood pressure answer | change heart
back to medicines please | change medicines
"""


@pytest.mark.parametrize("question", ["pregnancy", "medicines"])
@pytest.mark.parametrize("line", COMMANDS.strip().splitlines())
def test_commands_steer(line: str, question: str) -> None:
    text, command = (part.strip() for part in line.split("|"))
    found = heard(question, text, Understood("follow_up", follow_up="no"))
    assert f"{found.did} {found.question or ''}".strip() == command


def test_options_go_before_fillers() -> None:
    assert heard("altered", "ok") == Heard("answer", "altered", "fine")


@pytest.mark.parametrize("question", ["pregnancy", "medicines", None])
@pytest.mark.parametrize(
    "text",
    ["can it harm the bladder?", "bladder?", "tell me about the bladder", "ok and what does it do to the bladder"],
)
def test_questions_are_for_the_rest_of_the_assistant(text: str, question: str | None) -> None:
    assert heard(question, text, BLADDER) == Heard("question")


@pytest.mark.parametrize(("question", "did"), [("pregnancy", "question"), (None, "question"), ("medicines", "answer")])
def test_a_topic_without_a_question_mark(question: str | None, did: str) -> None:
    """Where any words are an answer, they are one."""
    assert heard(question, "bladder trouble", BLADDER).did == did


@pytest.mark.parametrize("question", ["pregnancy", "medicines"])
@pytest.mark.parametrize("text", ["hello there", "how are you"])
def test_small_talk_is_no_answer(text: str, question: str) -> None:
    assert heard(question, text, Understood("smalltalk")) == Heard("question")


@pytest.mark.parametrize(("after_guide", "did"), [(True, "why"), (False, "question")])
def test_where_is_that_from_is_about_the_last_reply(after_guide: bool, did: str) -> None:
    understood = Understood("follow_up", follow_up="source", after_guide=after_guide)
    assert heard("heart", "where is that from?", understood).did == did


def test_asking_for_the_guide_inside_the_guide_goes_on() -> None:
    assert heard("heart", "take me through it", Understood("guide")) == Heard("resume")


@pytest.mark.parametrize(
    ("text", "did"),
    [
        ("yes", "send"), ("Yes please.", "send"), ("send it", "send"), ("please pass it on to the clinic", "send"),
        ("no", "decline"), ("No thanks", "decline"), ("keep nothing", "decline"), ("delete it", "decline"),
        ("stop", "stop"), ("go back", "back"), ("change my age", "change"), ("hmm", "unclear"), ("ok", "resume"),
        ("it is fine", "unclear"), ("skip", "unclear"),
    ],
)  # fmt: skip
def test_at_the_review(text: str, did: str) -> None:
    assert heard(None, text).did == did


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("start", Heard("start")), ("skip", Heard("skip")), ("answer:heart:no", Heard("answer", "heart", "no")),
        ("change:age", Heard("change", "age")), ("send", Heard("send")),
        ("answer:heart:never", Heard("resume")), ("answer:weather:no", Heard("resume")), ("answer", Heard("resume")),
        ("change:weather", Heard("resume")), ("dance", Heard("resume")), ("", Heard("resume")),
    ],
)  # fmt: skip
def test_buttons(command: str, expected: Heard) -> None:
    assert LISTENER.command(command) == expected


@pytest.mark.parametrize(
    "text", ["should i stop my xanax first", "im bipolar am i ok for this", "zoloft, can i take it", "ok?"]
)
def test_what_asks_for_advice_is_no_plain_answer(text: str) -> None:
    assert LISTENER.asks_anything(text)


@pytest.mark.parametrize("text", ["I am bipolar", "zoloft and lamictal", "a stroke in 2019", "I do not drink"])
def test_a_plain_answer_asks_nothing(text: str) -> None:
    assert not LISTENER.asks_anything(text)
