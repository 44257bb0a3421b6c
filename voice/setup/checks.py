"""Is everything set up, and setting a number up: the checks of `flask doctor` and of the console's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from voice.config import Config
from voice.errors import MidcallError, NotFound
from voice.services import Services

SAFE_LENGTH = 16


class Finding(NamedTuple):
    """What was looked at, and what to do about it: None is fine. `number` is one that `set_up_number` would mend."""

    what: str
    to_do: str | None
    number: str | None = None


def webhooks_of(config: Config) -> dict[str, str]:
    """What a number's webhooks should be. Without a status callback nobody tells of an incoming call's end."""
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
    """Point a number's voice URL, fallback URL and status callback here. Raises NotFound."""
    found = services.twilio.numbers.find(phone_number)
    if found is None:
        raise NotFound(f"the account has no number {phone_number}")
    services.twilio.numbers.set_webhooks(found["sid"], **webhooks_of(services.config))


def findings(services: Services, phone_numbers: tuple[str, ...]) -> Iterator[Finding]:
    """All that was looked at, in order: settings, database, public URL, credentials, numbers."""
    yield Finding("settings", _secrets(services))  # what is missing or malformed has stopped the start
    yield Finding("database", services.registry.problem())
    yield Finding("public URL", _public_url(services))
    yield Finding("Twilio credentials", _credentials(services))
    if phone_numbers or services.config["NUMBERS"]:
        for phone_number in phone_numbers or services.config["NUMBERS"]:
            yield _number(services, phone_number)
    else:
        yield from _numbers_that_lead_here(services)


def _secrets(services: Services) -> str | None:
    short = [name for name in ("SECRET_KEY", "ADMIN_TOKEN") if 0 < len(services.config[name]) < SAFE_LENGTH]
    if not short:
        return None
    return f"{' and '.join(short)} can be guessed: use {SAFE_LENGTH} random characters or more"


def _public_url(services: Services) -> str | None:
    parts = urlsplit(services.config["PUBLIC_URL"])
    if services.config["TWILIO_API_URL"]:
        return None  # an emulator may call anywhere
    if parts.scheme != "https":
        return "Twilio should come by https: set PUBLIC_URL to an https address"
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return "Twilio cannot reach this machine by that name: start the tunnel, and set PUBLIC_URL to its address"
    return None


def _credentials(services: Services) -> str | None:
    try:
        services.twilio.check_credentials()
    except MidcallError as error:
        return (
            f"{error.message}: check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN or the API key, and TWILIO_API_URL"
        )
    return None


def _numbers_that_lead_here(services: Services) -> Iterator[Finding]:
    webhooks = webhooks_of(services.config)
    try:
        leading = [n for n in services.twilio.numbers.all() if n["voice_url"] == webhooks["voice_url"]]
    except MidcallError as error:
        yield Finding("numbers", error.message)
        return
    if not leading:
        yield Finding("numbers", "none of the account leads here: run `flask numbers set-up` with the number")
    for number in leading:
        yield _differences(services, number)


def _number(services: Services, phone_number: str) -> Finding:
    try:
        number = services.twilio.numbers.find(phone_number)
    except MidcallError as error:
        return Finding(f"number {phone_number}", error.message)
    if number is None:
        return Finding(f"number {phone_number}", "the account does not own it")
    return _differences(services, number)


def _differences(services: Services, number: dict[str, Any]) -> Finding:
    phone_number = number["phone_number"]
    wrong = [name for name, value in webhooks_of(services.config).items() if number.get(name) != value]
    to_do = f"{', '.join(wrong)} should be set: run `flask numbers set-up {phone_number}`" if wrong else None
    return Finding(f"number {phone_number}", to_do, phone_number)
