"""IncomingPhoneNumbers (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.numbers import Number, normalize_address
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import voice_settings
from midcall_emulator.rest.response import Response

_OTHER_PRODUCTS: dict[str, Any] = {
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
def list_numbers(request: Request) -> Response:
    """Return the numbers; ``PhoneNumber`` is part of a number, ``FriendlyName`` the whole name."""
    part, name = request.get("PhoneNumber").replace("*", ""), request.get("FriendlyName")
    numbers = (
        number
        for number in request.world.numbers
        if part in number.phone_number and name in ("", number.friendly_name)
    )
    return newest_first(request, "incoming_phone_numbers", numbers, partial(_fields, request))


@operation("POST", "/IncomingPhoneNumbers.json")
def create(request: Request) -> Response:
    """Add a number to the account: ``PhoneNumber``, or any available one in ``AreaCode``."""
    phone_number = _available_number(request) if request.get("AreaCode") else _requested_number(request)
    number = Number(phone_number, created=request.world.clock.now())
    _update(request, number)
    return Response(201, _fields(request, request.world.numbers.add(number)))


@operation("GET", "/IncomingPhoneNumbers/{number_sid}.json")
def fetch(request: Request) -> Response:
    """Return a number."""
    return Response(200, _fields(request, _find(request)))


@operation("POST", "/IncomingPhoneNumbers/{number_sid}.json")
def update(request: Request) -> Response:
    """Change a number's name, app, URLs and methods. An empty value removes a URL."""
    number = _find(request)
    _update(request, number)
    return Response(200, _fields(request, number))


@operation("DELETE", "/IncomingPhoneNumbers/{number_sid}.json")
def delete(request: Request) -> Response:
    """Release a number."""
    request.world.numbers.remove(_find(request).sid)
    return Response(204)


def _find(request: Request) -> Number:
    return find(request, request.world.numbers, "number_sid")


def _requested_number(request: Request) -> str:
    phone_number = normalize_address(request.get("PhoneNumber"))
    if phone_number is None:
        raise RestError(21421, request.get("PhoneNumber"))
    if request.world.numbers.find(phone_number):
        raise RestError(21422, phone_number)
    return phone_number


def _available_number(request: Request) -> str:
    """Return a number in the area code that the account does not own, from the range reserved for fiction."""
    area = request.get("AreaCode")
    if not (area.isascii() and area.isdigit() and len(area) == 3):
        raise RestError(21451, area)
    candidates = (f"+1{area}55501{ending:02}" for ending in range(100))
    available = next((number for number in candidates if not request.world.numbers.find(number)), None)
    if available is None:
        raise RestError(21452, area)
    return available


def _update(request: Request, number: Number) -> None:
    """Set the parameters of the request. If one of them is invalid, nothing changes."""
    voice = voice_settings.changed(request, number.voice)
    if "VoiceApplicationSid" in request.params:
        number.voice_application_sid = _application_sid(request)
    number.voice, number.updated = voice, request.world.clock.now()
    number.friendly_name = request.get("FriendlyName", number.friendly_name)


def _application_sid(request: Request) -> str:
    sid = request.get("VoiceApplicationSid")
    if sid and request.world.applications.get(sid) is None:
        raise RestError(21218, sid)
    return sid


def _fields(request: Request, number: Number) -> dict[str, Any]:
    """Return all fields. An unset value is "" or null as in the examples of Twilio's API description."""
    return {
        "sid": number.sid,
        "account_sid": request.world.account,
        "friendly_name": number.friendly_name,
        "phone_number": number.phone_number,
        **voice_settings.fields(number.voice),
        "status_callback": number.voice.status_callback,
        "voice_application_sid": number.voice_application_sid,
        "api_version": "2010-04-01",
        "date_created": date(request.world, number.created),
        "date_updated": date(request.world, number.updated),
        "uri": path(request.world, f"IncomingPhoneNumbers/{number.sid}.json"),
        **_OTHER_PRODUCTS,
    }
