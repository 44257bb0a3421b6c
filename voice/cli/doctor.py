"""`flask doctor`: is everything set up? Each line says fine, or what to do."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from voice.cli.output import services
from voice.setup.checks import findings


@click.command()
@click.argument("phone_numbers", nargs=-1)
@with_appcontext
def doctor(phone_numbers: tuple[str, ...]) -> None:
    """Look at settings, database, Twilio credentials, public URL, and the given numbers' webhooks."""
    trouble = False
    for finding in findings(services(), phone_numbers):
        trouble = trouble or finding.to_do is not None
        verdict, advice = ("TO DO", f": {finding.to_do}") if finding.to_do else ("fine", "")
        click.echo(f"{verdict:<6} {finding.what}{advice}")
    raise SystemExit(1 if trouble else 0)
