"""`flask doctor`: the checks of a set-up, one line each: fine, or what to do."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from voice.cli.shell import services
from voice.setup.checks import findings


@click.command()
@click.argument("phone_numbers", nargs=-1)
@with_appcontext
def doctor(phone_numbers: tuple[str, ...]) -> None:
    """Check settings, database, public URL, Twilio credentials, and the webhooks of numbers."""
    has_problem = False
    for finding in findings(services(), phone_numbers):
        has_problem = has_problem or finding.to_do is not None
        verdict, advice = ("TO DO", f": {finding.to_do}") if finding.to_do else ("fine", "")
        click.echo(f"{verdict:<6} {finding.what}{advice}")
    raise SystemExit(1 if has_problem else 0)
