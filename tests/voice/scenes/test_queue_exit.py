"""The scene after a queue: whatever Twilio does with its document, no caller hears an apology or goodbye too early."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.support.clients import settings
from voice.config import load
from voice.scenes import Visit, all_scenes

CONFIG = load(settings(), dotenv=None)


def document_after(queue_result: str) -> ElementTree.Element:
    """The document for a caller who came from the menu and left the queue with this result."""
    visit = Visit(config=CONFIG, queue_result=queue_result, query={"back": "scenes/menu"})
    return ElementTree.fromstring(all_scenes()["unparked"].twiml(visit))


@pytest.mark.parametrize("result", ["redirected", "redirected-from-bridged", "bridging-in-process"])
def test_a_caller_who_was_taken_waits_for_what_follows_and_then_returns(result):
    first, last = document_after(result)
    assert (first.tag, int(first.get("length", "0"))) == ("Pause", 20)
    assert "/voice/scenes/menu" in (last.text or "")


def test_a_caller_hears_goodbye_only_after_the_conversation():
    assert [verb.tag for verb in document_after("bridged")] == ["Redirect"]
    assert "/voice/scenes/goodbye" in (document_after("bridged")[0].text or "")


@pytest.mark.parametrize("result", ["queue-full", "system-error", "error", ""])
def test_a_caller_whom_the_queue_refused_hears_why(result):
    assert [verb.tag for verb in document_after(result)] == ["Say", "Redirect"]
