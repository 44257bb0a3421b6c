"""`flask numbers`: point a number's webhooks at this app."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import services, tells_errors
from voice.setup.checks import set_up_number, webhooks_of

numbers = AppGroup("numbers", help="The account's phone numbers.")


@numbers.command("set-up")
@click.argument("phone_numbers", nargs=-1, required=True)
@tells_errors
def set_up(phone_numbers: tuple[str, ...]) -> None:
    """Set voice URL, fallback URL and status callback of numbers, given as +14155550100."""
    leads_to = webhooks_of(services().config)["voice_url"]
    for phone_number in phone_numbers:
        set_up_number(services(), phone_number)
        click.echo(f"{phone_number}: {leads_to}, with fallback and status callback")
