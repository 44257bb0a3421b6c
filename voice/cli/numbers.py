"""`flask numbers`: point a number's webhooks at this app."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.told import services, tells_errors
from voice.config import Config
from voice.errors import NotFound

numbers = AppGroup("numbers", help="The account's phone numbers.")


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


@numbers.command("set-up")
@click.argument("phone_numbers", nargs=-1, required=True)
@tells_errors
def set_up(phone_numbers: tuple[str, ...]) -> None:
    """Set voice URL, fallback URL and status callback of numbers, given as +14155550100."""
    twilio, webhooks = services().twilio, webhooks_of(services().config)
    for phone_number in phone_numbers:
        found = twilio.number(phone_number)
        if found is None:
            raise NotFound(f"the account has no number {phone_number}")
        twilio.set_up_number(found["sid"], **webhooks)
        click.echo(f"{phone_number}: {webhooks['voice_url']}, with fallback and status callback")
