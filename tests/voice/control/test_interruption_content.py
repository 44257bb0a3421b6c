"""The document of a message is checked before Twilio gets its URL: a bad one would play an application error."""

from __future__ import annotations

import pytest

from voice.commands import all_commands
from voice.errors import ArgumentsRefused

SENTENCE = "Enter a message with words."


@pytest.fixture
def services(app):
    """The services of the app."""
    return app.extensions["midcall"]


@pytest.mark.parametrize("name", ["say", "announce"])
@pytest.mark.parametrize("text", [" ", "\x0b\x0c", "...", "\u200b"])
def test_a_message_without_words_is_refused(services, name, text):
    with pytest.raises(ArgumentsRefused) as refused:
        all_commands()[name]({"text": text}, services)
    assert refused.value.fields == [{"field": "text", "message": SENTENCE}]


@pytest.mark.parametrize("text", ["One moment.", "7", "\u0431", "\u4f60\u597d", "a < b & c"])
def test_a_message_with_words_is_accepted(services, text):
    assert all_commands()["announce"]({"text": text}, services).arguments.text == text
