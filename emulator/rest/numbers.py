"""IncomingPhoneNumbers: where a number's calls go
(https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

from __future__ import annotations

from functools import partial

from emulator.applications import Application
from emulator.numbers import Number, normalised
from emulator.rest import Answer, Ask, checks, operation, representation
from emulator.rest.errors import Refusal
from emulator.rest.paging import page

_URLS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
}
_METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}


@operation("GET", "/IncomingPhoneNumbers.json")
def list_numbers(ask: Ask) -> Answer:
    """Return numbers; ``PhoneNumber`` matches a part of the number, ``FriendlyName`` the whole name."""
    part, name = ask.get("PhoneNumber"), ask.get("FriendlyName")
    found = [item for item in reversed(list(ask.world.numbers)) if part.replace("*", "") in item.phone_number]
    found = [item for item in found if not name or item.friendly_name == name]
    show = partial(representation.number, ask.world)
    return Answer(200, page(ask, "incoming_phone_numbers", found, show, lambda item: item.sid))


@operation("POST", "/IncomingPhoneNumbers.json")
def create(ask: Ask) -> Answer:
    """Give the account a number: ``PhoneNumber``, or any that is free in ``AreaCode``."""
    phone_number = _wanted(ask)
    if ask.world.numbers.owned(phone_number):
        raise Refusal(21422, phone_number)
    now = ask.world.clock.now()
    item = Number(phone_number, created=now, updated=now)
    apply(ask, item)
    return Answer(201, representation.number(ask.world, ask.world.numbers.add(item)))


@operation("GET", "/IncomingPhoneNumbers/{number_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return a number."""
    return Answer(200, representation.number(ask.world, _number(ask)))


@operation("POST", "/IncomingPhoneNumbers/{number_sid}.json")
def update(ask: Ask) -> Answer:
    """Change where a number's calls go; an empty value takes a URL away."""
    item = _number(ask)
    apply(ask, item)
    item.updated = ask.world.clock.now()
    return Answer(200, representation.number(ask.world, item))


@operation("DELETE", "/IncomingPhoneNumbers/{number_sid}.json")
def delete(ask: Ask) -> Answer:
    """Give the number back."""
    ask.world.numbers.remove(_number(ask).sid)
    return Answer(204)


def _number(ask: Ask) -> Number:
    item = ask.world.numbers.get(ask.ids["number_sid"])
    if item is None:
        raise Refusal(20404, ask.path)
    return item


def _application(ask: Ask) -> str:
    sid = ask.get("VoiceApplicationSid")
    if sid and ask.world.applications.get(sid) is None:
        raise Refusal(21218, sid)
    return sid


def _wanted(ask: Ask) -> str:
    if ask.get("AreaCode"):
        taken = {item.phone_number for item in ask.world.numbers}
        area = ask.get("AreaCode")
        free = (f"+1{area}55501{ending:02}" for ending in range(100))
        return next(number for number in free if number not in taken)
    phone_number = normalised(ask.get("PhoneNumber"))
    if phone_number is None:
        raise Refusal(21421, ask.get("PhoneNumber"))
    return phone_number


def apply(ask: Ask, item: Number | Application) -> None:
    """Set the URLs, methods and name that the request gives; what is wrong changes nothing."""
    changes: dict[str, str] = {}
    for name, attribute in _URLS.items():
        if name in ask.params:
            changes[attribute] = checks.url(ask, name, 21502)
    for name, attribute in _METHODS.items():
        if name in ask.params:
            changes[attribute] = checks.method(ask, name)
    if "VoiceApplicationSid" in ask.params and isinstance(item, Number):
        changes["voice_application_sid"] = _application(ask)
    if ask.get("FriendlyName"):
        changes["friendly_name"] = ask.get("FriendlyName")
    for attribute, value in changes.items():
        setattr(item, attribute, value)
