"""The number that a dialed party sees: the caller's own, if it is one that carriers accept."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.support.clients import NUMBER, Twilio, settings
from voice import create_app
from voice.scenes.caller_id import WITHHELD


def caller_id_for(twilio, from_, to=NUMBER):
    """The callerId of the Dial in a transfer."""
    document = twilio.scene(twilio.calls(From=from_, To=to), "transfer", From=from_, To=to)
    return ElementTree.fromstring(document).find("Dial").get("callerId")


def test_a_plain_number_is_shown_as_it_is(twilio):
    assert caller_id_for(twilio, "+14155551234") is None


@pytest.mark.parametrize(
    "from_", ["sip:ann@example.com", "anonymous", "", "Restricted", "911", *sorted(WITHHELD)]
)
def test_a_caller_without_a_plain_number_shows_the_number_that_was_called(twilio, from_):
    assert caller_id_for(twilio, from_) == NUMBER


def test_the_number_of_a_client_is_one_of_the_account(app, database_url):
    """The To of a client is whatever its app has chosen."""
    twilio = Twilio(app.test_client(), "https://calls.example.com")
    assert caller_id_for(twilio, "client:ann", "+14155550177") is None
    for changes, expected in (
        ({"NUMBERS": "+14155550102=menu"}, "+14155550102"),
        ({"NUMBERS": "+14155550102=menu", "CALLER_ID": "+14155550103"}, "+14155550103"),
    ):
        other = create_app(settings(DATABASE_URL=database_url, **changes), dotenv=None)
        shown = caller_id_for(
            Twilio(other.test_client(), "https://calls.example.com"), "client:ann", "+14155550177"
        )
        other.extensions["midcall"].close()
        assert shown == expected
