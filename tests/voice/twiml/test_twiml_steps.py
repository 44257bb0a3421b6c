"""The steps of a document in words: what a caller would hear."""

from __future__ import annotations

import pytest

from voice.twiml import TwimlRefused
from voice.twiml.steps import WORDS, steps
from voice.twiml.vocabulary import RESPONSE


def heard(inside: str) -> list[str]:
    """The texts of the steps, indented by their depth."""
    return ["  " * step.depth + step.text for step in steps(f"<Response>{inside}</Response>")]


END = "is disconnected"


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("<Say>Hi</Say>", "hears “Hi”"),
        ("<Say voice='alice' language='en-GB' loop='2'>Hi</Say>", "hears “Hi” (alice, en-GB), 2 times"),
        ("<Say>Hi <emphasis>you</emphasis></Say>", "hears “Hi you”"),
        ("<Play loop='0'>https://a.example/b.mp3</Play>", "hears the sound https://a.example/b.mp3, in a loop"),
        ("<Play digits='1w2'/>", "hears the tones 1w2"),
        ("<Pause/>", "hears nothing for 1 s"),
        ("<Gather numDigits='1'/>", "waits for 1 key, until 5 s of silence"),
        ("<Gather input='dtmf speech' timeout='3'/>", "waits for keys or speech, until 3 s of silence"),
        ("<Dial record='record-from-answer'>+1415</Dial>", "is connected to +1415, ringing for up to 30 s, recorded"),
        ("<Record maxLength='9' playBeep='false'/>", "leaves a message of up to 9 s"),
        ("<Enqueue>sales</Enqueue>", "waits in the queue sales"),
    ],
)  # fmt: skip
def test_a_verb_is_described_in_words(verb, text):
    assert heard(verb) == [text, END]


def test_nested_verbs_and_the_action_are_indented():
    assert heard("<Gather action='/x'><Say>Key</Say></Gather>") == [
        "waits for keys, until 5 s of silence",
        "  hears “Key”",
        "  after input, continues with /x",
        END,
    ]


@pytest.mark.parametrize("last", ["<Hangup/>", "<Redirect>/x</Redirect>", "<Dial action='/x'>+1415</Dial>"])
def test_verbs_after_the_end_are_not_reached(last):
    reached = [step.reached for step in steps(f"<Response><Say>a</Say>{last}<Say>b</Say></Response>")]
    assert reached[0] is True
    assert reached[-1] is False


def test_a_dial_without_an_action_continues_with_the_next_verb():
    assert heard("<Dial>+1415</Dial><Say>Gone</Say>")[1:] == ["hears “Gone”", END]


@pytest.mark.parametrize("name", sorted(RESPONSE.children))
def test_every_verb_has_a_description(name):
    [first, *_] = steps(f"<Response><{name}/></Response>")
    assert first.text
    assert name in WORDS or first.text.startswith(name)


def test_steps_have_lines_and_malformed_documents_are_refused():
    assert [step.line for step in steps("<Response>\n <Say>a</Say>\n <Hangup/>\n</Response>")] == [2, 3]
    with pytest.raises(TwimlRefused):
        steps("<Response><Say>")
