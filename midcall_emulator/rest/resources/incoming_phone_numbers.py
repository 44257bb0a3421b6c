"""IncomingPhoneNumbers: where a number's calls go
(https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.numbers import Number, normalised
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation, voice_settings
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import newest_first

_BESIDE_VOICE: dict[str, Any] = {
    "voice_caller_id_lookup": False,
    "voice_receive_mode": "voice",
    "trunk_sid": None,
    "sms_url": "",
    "sms_method": "POST",
    "sms_fallback_url": "",
    "sms_fallback_method": "POST",
    "sms_application_sid": "",
    "address_sid": None,
    "address_requirements": "none",
    "bundle_sid": None,
    "identity_sid": None,
    "emergency_status": "Inactive",
    "emergency_address_sid": None,
    "emergency_address_status": "unregistered",
    "beta": False,
    "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
    "origin": "twilio",
    "status": "in-use",
    "type": "local",
}


@operation("GET", "/IncomingPhoneNumbers.json")
def list_numbers(ask: Ask) -> Answer:
    """Return numbers; ``PhoneNumber`` matches a part of the number, ``FriendlyName`` the whole name."""
    part, name = ask.get("PhoneNumber").replace("*", ""), ask.get("FriendlyName")
    found = (
        item for item in ask.world.numbers if part in item.phone_number and name in ("", item.friendly_name)
    )
    return newest_first(ask, "incoming_phone_numbers", found, partial(_shown, ask))


@operation("POST", "/IncomingPhoneNumbers.json")
def create(ask: Ask) -> Answer:
    """Give the account a number: ``PhoneNumber``, or any that is free in ``AreaCode``."""
    phone_number = _free(ask) if ask.get("AreaCode") else _wanted(ask)
    item = Number(phone_number, created=ask.world.clock.now())
    _change(ask, item)
    return Answer(201, _shown(ask, ask.world.numbers.add(item)))


@operation("GET", "/IncomingPhoneNumbers/{number_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return a number."""
    return Answer(200, _shown(ask, _number(ask)))


@operation("POST", "/IncomingPhoneNumbers/{number_sid}.json")
def update(ask: Ask) -> Answer:
    """Change where a number's calls go; an empty value takes a URL away."""
    item = _number(ask)
    _change(ask, item)
    return Answer(200, _shown(ask, item))


@operation("DELETE", "/IncomingPhoneNumbers/{number_sid}.json")
def delete(ask: Ask) -> Answer:
    """Give the number back."""
    ask.world.numbers.remove(_number(ask).sid)
    return Answer(204)


def _number(ask: Ask) -> Number:
    return parameters.found(ask, ask.world.numbers, "number_sid")


def _wanted(ask: Ask) -> str:
    phone_number = normalised(ask.get("PhoneNumber"))
    if phone_number is None:
        raise Refusal(21421, ask.get("PhoneNumber"))
    if ask.world.numbers.owned(phone_number):
        raise Refusal(21422, phone_number)
    return phone_number


def _free(ask: Ask) -> str:
    area = ask.get("AreaCode")
    if not (area.isascii() and area.isdigit() and len(area) == 3):
        raise Refusal(21451, area)
    every = (f"+1{area}55501{ending:02}" for ending in range(100))  # kept for fiction
    found = next((number for number in every if not ask.world.numbers.owned(number)), None)
    if found is None:
        raise Refusal(21452, area)
    return found


def _change(ask: Ask, item: Number) -> None:
    """Set what the request gives; what is wrong changes nothing."""
    voice = voice_settings.changed(ask, item.voice)
    if "VoiceApplicationSid" in ask.params:
        item.voice_application_sid = _application(ask)
    item.voice, item.updated = voice, ask.world.clock.now()
    item.friendly_name = ask.get("FriendlyName", item.friendly_name)


def _application(ask: Ask) -> str:
    sid = ask.get("VoiceApplicationSid")
    if sid and ask.world.applications.get(sid) is None:
        raise Refusal(21218, sid)
    return sid


def _shown(ask: Ask, item: Number) -> dict[str, Any]:
    """Return all fields. What is unset is "" or null as in the examples of Twilio's API description."""
    return {
        "sid": item.sid,
        "account_sid": ask.world.account,
        "friendly_name": item.friendly_name,
        "phone_number": item.phone_number,
        **voice_settings.shown(item.voice),
        "status_callback": item.voice.status_callback,
        "voice_application_sid": item.voice_application_sid,
        "api_version": "2010-04-01",
        "date_created": representation.date(ask.world, item.created),
        "date_updated": representation.date(ask.world, item.updated),
        "uri": representation.path(ask.world, f"IncomingPhoneNumbers/{item.sid}.json"),
        **_BESIDE_VOICE,
    }
