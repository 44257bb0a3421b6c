"""`flask numbers`: set the webhooks of phone numbers."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.shell import handle_errors, services
from voice.setup.numbers import set_up_number, webhooks_of

numbers = AppGroup("numbers", help="Set up the phone numbers of the account.")


@numbers.command("set-up")
@click.argument("phone_numbers", nargs=-1, required=True)
@handle_errors
def set_up(phone_numbers: tuple[str, ...]) -> None:
    """Set voice URL, fallback URL and status callback of numbers, each written like +14155550100."""
    voice_url = webhooks_of(services().config)["voice_url"]
    for phone_number in phone_numbers:
        set_up_number(services(), phone_number)
        click.echo(f"{phone_number}: {voice_url}, with fallback URL and status callback")
