"""The phone numbers of the account: their webhooks, and settings at Twilio that keep calls away from them.

Sources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/global-infrastructure/inbound-call-processing
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voice.config import Config
from voice.errors import MidcallError, NotFound, WrongState
from voice.services import Services
from voice.setup.finding import Finding

ON_A_TRUNK = (
    "The number belongs to a SIP trunk, so Twilio ignores its voice URL. Remove it there in the Console."
)
OF_AN_APP = "The number belongs to a TwiML app, so Twilio ignores its voice URL."
FOR_FAX = "The number receives faxes. Set it to receive voice calls in the Console."


def webhooks_of(config: Config) -> dict[str, str]:
    """The webhooks that a number needs. Only the status callback reports the end of an incoming call."""
    voice = f"{config['PUBLIC_URL']}/voice"
    return {
        "voice_url": f"{voice}/incoming",
        "voice_method": "POST",
        "voice_fallback_url": f"{voice}/fallback",
        "voice_fallback_method": "POST",
        "status_callback": f"{voice}/status",
        "status_callback_method": "POST",
    }


def set_up_number(services: Services, phone_number: str) -> None:
    """Set the webhooks of a number at Twilio, and take it out of a TwiML app, which would override them.

    Raises NotFound if the account does not own it, WrongState for a number of a SIP trunk.
    """
    found = services.twilio.numbers.find(phone_number)
    if found is None:
        raise NotFound(f"The account has no number {phone_number}. Check the number.")
    if found.get("trunk_sid"):
        raise WrongState(ON_A_TRUNK)
    webhooks = webhooks_of(services.config)
    if found.get("voice_application_sid"):
        webhooks["voice_application_sid"] = ""
    services.twilio.numbers.set_webhooks(found["sid"], **webhooks)


def check_numbers(services: Services, phone_numbers: tuple[str, ...]) -> Iterator[Finding]:
    """The given numbers, or those of NUMBERS, or those of the account whose calls come to this app."""
    if phone_numbers or services.config["NUMBERS"]:
        for phone_number in phone_numbers or services.config["NUMBERS"]:
            yield _number(services, phone_number)
    else:
        yield from _numbers_of_this_app(services)


def _numbers_of_this_app(services: Services) -> Iterator[Finding]:
    voice_url = webhooks_of(services.config)["voice_url"]
    try:
        numbers = [number for number in services.twilio.numbers.all() if number["voice_url"] == voice_url]
    except MidcallError as error:
        yield Finding("numbers", error.message)
        return
    if not numbers:
        yield Finding("numbers", "No number leads to this app. Run `flask numbers set-up` with a number.")
    for number in numbers:
        yield _settings(services, number)


def _number(services: Services, phone_number: str) -> Finding:
    check = f"number {phone_number}"
    try:
        number = services.twilio.numbers.find(phone_number)
    except MidcallError as error:
        return Finding(check, error.message)
    if number is None:
        return Finding(check, "The account has no such number. Check the number.")
    return _settings(services, number)


def _settings(services: Services, number: dict[str, Any]) -> Finding:
    phone_number = number["phone_number"]
    problems = [*_overrides(services, number), *_wrong_webhooks(services.config, number)]
    return Finding(f"number {phone_number}", " ".join(problems) or None, phone_number)


def _wrong_webhooks(config: Config, number: dict[str, Any]) -> Iterator[str]:
    wrong = [name for name, value in webhooks_of(config).items() if number.get(name) != value]
    if number.get("voice_application_sid"):
        yield f"{OF_AN_APP} Run `flask numbers set-up {number['phone_number']}`."
    elif wrong:
        yield f"Wrong values: {', '.join(wrong)}. Run `flask numbers set-up {number['phone_number']}`."


def _overrides(services: Services, number: dict[str, Any]) -> Iterator[str]:
    """Settings that lead calls past the voice URL. Each Region has settings of its own for a number."""
    if number.get("trunk_sid"):
        yield ON_A_TRUNK
    if number.get("voice_receive_mode") == "fax":
        yield FOR_FAX
    try:
        region = services.twilio.numbers.region(number["phone_number"])
    except MidcallError:
        return
    if region and region != services.twilio.numbers.own_region:
        yield f"Its calls are processed in the Region {region}, which has other settings for the number."
