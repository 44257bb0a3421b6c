"""The checks of a set-up, for `flask doctor` and the console, and the webhooks of numbers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from voice.config import ROOT, Config
from voice.errors import MidcallError, NotFound, TwilioRefused
from voice.events import now
from voice.registry.engine.private_files import open_to_others
from voice.services import Services
from voice.setting_values import SAFE_LENGTH, is_weak

EXPIRES_SOON = timedelta(days=14)


class Finding(NamedTuple):
    """The result of one check: what was checked, and what to do; None if it is fine.

    `number` is a phone number of the account that `set_up_number` can set up.
    """

    what: str
    to_do: str | None
    number: str | None = None


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
    """Set the webhooks of a number at Twilio. Raises NotFound if the account does not own it."""
    found = services.twilio.numbers.find(phone_number)
    if found is None:
        raise NotFound(f"The account has no number {phone_number}. Check the number.")
    services.twilio.numbers.set_webhooks(found["sid"], **webhooks_of(services.config))


def findings(services: Services, phone_numbers: tuple[str, ...]) -> Iterator[Finding]:
    """The results of all checks: settings, files, database, public URL, credentials, numbers.

    The numbers are the given ones, or those of NUMBERS, or those of the account whose calls come to this app.
    """
    yield Finding("settings", _secrets(services))  # a missing or malformed setting has stopped the start
    yield Finding("files", _files(services))
    yield Finding("database", services.registry.problem())
    yield Finding("tokens", _expiring_tokens(services))
    yield Finding("public URL", _public_url(services))
    yield Finding("Twilio credentials", _credentials(services))
    if phone_numbers or services.config["NUMBERS"]:
        for phone_number in phone_numbers or services.config["NUMBERS"]:
            yield _number(services, phone_number)
    else:
        yield from _numbers_of_this_app(services)


def _secrets(services: Services) -> str | None:
    given = {name: services.config[name] for name in ("SECRET_KEY", "ADMIN_TOKEN")}
    short = [name for name, secret in given.items() if secret and is_weak(secret)]
    if not short:
        return None
    return f"{' and '.join(short)} can be guessed. Use at least {SAFE_LENGTH} random characters."


def _expiring_tokens(services: Services) -> str | None:
    try:
        tokens = services.registry.tokens.all()
    except MidcallError:
        return None  # the check of the database says why
    soon = now() + EXPIRES_SOON
    names = [one.name for one in tokens if one.state == "valid" and one.expires_at and one.expires_at < soon]
    if not names:
        return None
    return f"Expires within {EXPIRES_SOON.days} days: {', '.join(names)}. Make another one with `flask tokens make`."


def _files(services: Services) -> str | None:
    """Other users of the machine must not read calls, events and secrets."""
    found = open_to_others(
        [ROOT / ".env", *services.registry.database.files(), *_spool(services.config["SPOOL_DIR"])]
    )
    if not found:
        return None
    commands = "; ".join(f"chmod {mode} {shlex.quote(str(path))}" for mode, path in found)
    return f"Other users of this machine can read calls and secrets. Run: {commands}"


def _spool(folder: Path) -> list[Path]:
    return [folder, *(sorted(folder.iterdir()) if folder.is_dir() else ())]


def _public_url(services: Services) -> str | None:
    parts = urlsplit(services.config["PUBLIC_URL"])
    if services.config["TWILIO_API_URL"]:
        return None  # an emulator can reach every address of this machine
    if parts.scheme != "https":
        return "Twilio's requests are not encrypted. Set PUBLIC_URL to an https address."
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return "Twilio cannot reach this machine. Start a tunnel, and set PUBLIC_URL to its address."
    return None


def _credentials(services: Services) -> str | None:
    try:
        services.twilio.check_credentials()
    except TwilioRefused as error:
        return error.message
    except MidcallError as error:
        return f"{error.message} If it fails again, check TWILIO_ACCOUNT_SID and TWILIO_API_URL."
    return None


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
        yield _webhooks(services, number)


def _number(services: Services, phone_number: str) -> Finding:
    check = f"number {phone_number}"
    try:
        number = services.twilio.numbers.find(phone_number)
    except MidcallError as error:
        return Finding(check, error.message)
    if number is None:
        return Finding(check, "The account has no such number. Check the number.")
    return _webhooks(services, number)


def _webhooks(services: Services, number: dict[str, Any]) -> Finding:
    phone_number = number["phone_number"]
    wrong = [name for name, value in webhooks_of(services.config).items() if number.get(name) != value]
    advice = f"Wrong values: {', '.join(wrong)}. Run `flask numbers set-up {phone_number}`."
    return Finding(f"number {phone_number}", advice if wrong else None, phone_number)
