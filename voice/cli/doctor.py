"""`flask doctor`: is everything set up? Each line says fine, or what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from voice.cli.numbers import webhooks_of
from voice.cli.told import services
from voice.errors import MidcallError
from voice.services import Services

Finding = tuple[str, str | None]  # what was looked at, and what to do about it; None is fine
SAFE_LENGTH = 16


@click.command()
@click.argument("phone_numbers", nargs=-1)
@with_appcontext
def doctor(phone_numbers: tuple[str, ...]) -> None:
    """Look at settings, database, Twilio credentials, public URL, and the given numbers' webhooks."""
    trouble = False
    for what, to_do in findings(services(), phone_numbers):
        trouble = trouble or to_do is not None
        click.echo(f"{'fine' if to_do is None else 'TO DO':<6} {what}{f': {to_do}' if to_do else ''}")
    raise SystemExit(1 if trouble else 0)


def findings(services: Services, phone_numbers: tuple[str, ...]) -> Iterator[Finding]:
    """All that was looked at, in order."""
    yield "settings", _secrets(services)  # what is missing or malformed has stopped the start
    yield "database", services.registry.trouble()
    yield "public URL", _public_url(services)
    yield "Twilio credentials", _credentials(services)
    if phone_numbers or services.config["NUMBERS"]:
        for phone_number in phone_numbers or services.config["NUMBERS"]:
            yield f"number {phone_number}", _number(services, phone_number)
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
        services.twilio.account()
    except MidcallError as error:
        return (
            f"{error.message}: check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN or the API key, and TWILIO_API_URL"
        )
    return None


def _numbers_that_lead_here(services: Services) -> Iterator[Finding]:
    webhooks = webhooks_of(services.config)
    try:
        leading = [n for n in services.twilio.numbers() if n["voice_url"] == webhooks["voice_url"]]
    except MidcallError as error:
        yield "numbers", error.message
        return
    if not leading:
        yield "numbers", "none of the account leads here: run `flask numbers set-up` with the number"
    for number in leading:
        yield f"number {number['phone_number']}", _differences(services, number)


def _number(services: Services, phone_number: str) -> str | None:
    try:
        number = services.twilio.number(phone_number)
    except MidcallError as error:
        return error.message
    if number is None:
        return "the account does not own it"
    return _differences(services, number)


def _differences(services: Services, number: dict[str, Any]) -> str | None:
    wrong = [name for name, value in webhooks_of(services.config).items() if number.get(name) != value]
    if not wrong:
        return None
    return f"{', '.join(wrong)} should be set: run `flask numbers set-up {number['phone_number']}`"
