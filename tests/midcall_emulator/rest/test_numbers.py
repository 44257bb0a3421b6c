"""The REST API of phone numbers: unset fields, refused updates, free numbers of an area code."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator

URLS = {"VoiceUrl": "http://127.0.0.1:9/v", "VoiceFallbackUrl": "http://127.0.0.1:9/f",
        "StatusCallback": "http://127.0.0.1:9/s"}  # fmt: skip
UNSET = {  # as in the examples of Twilio's API description, @twilio/cli-core 9.0.0
    "IncomingPhoneNumbers": {
        "voice_url": None, "voice_fallback_url": None, "status_callback": "", "voice_application_sid": "",
        "sms_url": "", "sms_fallback_url": "", "sms_application_sid": "", "trunk_sid": None,
    },
    "Applications": {
        "voice_url": None, "voice_fallback_url": None, "status_callback": None,
        "sms_url": None, "sms_fallback_url": None, "sms_status_callback": None, "message_status_callback": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", UNSET)
def test_unset_urls_have_the_documented_empty_values(twilio: Emulator, kind: str) -> None:
    def unset(answer: dict[str, Any]) -> dict[str, Any]:
        return {field: answer[field] for field in UNSET[kind]}

    made = twilio.rest("POST", f"/{kind}.json", PhoneNumber="+14155550123")
    assert unset(made) == UNSET[kind]
    assert {made[field] for field in made if field.endswith("_method")} == {"POST"}
    path = f"/{kind}/{made['sid']}.json"
    there = twilio.rest("POST", path, **URLS)
    assert (there["voice_url"], there["status_callback"]) == (URLS["VoiceUrl"], URLS["StatusCallback"])
    assert unset(twilio.rest("POST", path, **dict.fromkeys(URLS, ""))) == UNSET[kind]
    assert unset(twilio.rest("GET", path)) == UNSET[kind]


def test_an_invalid_update_changes_nothing(twilio: Emulator, client: Client) -> None:
    [number] = client.incoming_phone_numbers.list()
    for wrong in (
        {"voice_fallback_url": "nowhere"},
        {"voice_method": "PUT"},
        {"voice_application_sid": "AP0"},
    ):
        with pytest.raises(TwilioRestException):
            number.update(voice_url=URLS["VoiceUrl"], friendly_name="Desk", **wrong)
    found = number.fetch()
    assert (found.voice_url, found.friendly_name) == (None, "(415) 555-0100")


def test_numbers_of_an_area_code_are_bought_until_none_is_left(twilio: Emulator, client: Client) -> None:
    numbers = [client.incoming_phone_numbers.create(area_code="415").phone_number for _ in range(99)]
    assert len({*numbers, "+14155550100"}) == 100
    assert all(number.startswith("+141555501") for number in numbers)
    for area, code in (("415", 21452), ("41", 21451)):
        with pytest.raises(TwilioRestException) as error:
            client.incoming_phone_numbers.create(area_code=area)
        assert error.value.code == code
