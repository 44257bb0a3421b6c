"""The two numbers of a run: looking them up, reasons not to use them, and setting and restoring their voice settings
(https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.twilio_api import TwilioApi, require_access

DEMO_HOST = "https://demo.twilio.com/"  # the voice URL of a number that was just bought
_LIVE = ("queued", "ringing", "in-progress")
_URLS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
    "voice_caller_id_lookup",
)
_OWNERS = ("voice_application_sid", "trunk_sid")  # either of them replaces the voice URL


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of the account with its settings, named as in Twilio's JSON."""

    sid: str
    phone_number: str
    settings: dict[str, Any] = field(default_factory=dict)


async def find(api: TwilioApi, phone_number: str) -> PhoneNumber:
    """Return a number of the account; RefusalError if it has none that is equal. Twilio's filter matches parts."""
    listed = require_access(await api.get("/IncomingPhoneNumbers", PhoneNumber=phone_number))
    for item in listed.fields.get("incoming_phone_numbers", []):
        if item["phone_number"] == phone_number:
            settings = {name: item[name] for name in _URLS + _OWNERS if name in item}
            return PhoneNumber(item["sid"], phone_number, settings)
    if not listed.is_success:
        raise RefusalError(f"Twilio does not list the numbers of the account: {listed.problem}.")
    raise RefusalError(f"{phone_number} is not a number of this account. Enter a number like +14155550100.")


async def objections(api: TwilioApi, number: PhoneNumber) -> list[str]:
    """Return why a number should not be used: an app has it, or it carries calls."""
    found = []
    owner = next((number.settings[name] for name in _OWNERS if number.settings.get(name)), "")
    url = str(number.settings.get("voice_url") or "")
    if owner or (url and not url.startswith(DEMO_HOST)):
        found.append(f"{number.phone_number} belongs to an app ({owner or url})")
    live = [await _count_live(api, name, number.phone_number) for name in ("From", "To")]
    if sum(live):
        found.append(f"{number.phone_number} carries live calls ({sum(live)})")
    return found


async def use(api: TwilioApi, number: PhoneNumber, voice_url: str) -> None:
    """Give a number the voice URL of the kit; RefusalError if Twilio refuses it."""
    changes = dict.fromkeys(_URLS, "") | {"voice_url": voice_url, "voice_caller_id_lookup": False}
    changes |= {name: "POST" for name in _URLS if name.endswith("_method")}
    changes |= {name: "" for name in _OWNERS if number.settings.get(name)}
    changed = await api.post(f"/IncomingPhoneNumbers/{number.sid}", _form(changes))
    if not changed.is_success:
        raise RefusalError(f"Twilio refuses to change {number.phone_number}: {changed.problem}")


async def restore(api: TwilioApi, number: PhoneNumber) -> list[str]:
    """Restore the settings of a number; return the names of those that Twilio shows with another value."""
    owners = [name for name in _OWNERS if number.settings.get(name)]
    changes = {name: value for name, value in number.settings.items() if name in _URLS or name in owners}
    changed = require_access(await api.post(f"/IncomingPhoneNumbers/{number.sid}", _form(changes)))
    if not changed.is_success:
        return [f"{number.phone_number}: {changed.problem}"]
    return [
        f"{number.phone_number}: {name} should be {value!r} and is {changed.fields.get(name)!r}"
        for name, value in number.settings.items()
        if (changed.fields.get(name) or "") != (value or "")
    ]


async def _count_live(api: TwilioApi, direction: str, phone_number: str) -> int:
    lists = [await api.get("/Calls", **{direction: phone_number, "Status": status}) for status in _LIVE]
    return sum(len(listed.fields.get("calls", [])) for listed in lists)


def _form(settings: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("".join(word.title() for word in name.split("_")), _text(value)) for name, value in settings.items()
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")
