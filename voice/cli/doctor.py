"""`flask doctor`: the checks of a set-up, one line each: fine, what to do, or where to look."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from voice.cli.shell import services
from voice.setup.checks import findings


@click.command()
@click.argument("phone_numbers", nargs=-1)
@with_appcontext
def doctor(phone_numbers: tuple[str, ...]) -> None:
    """Check settings, database, public URL, Twilio credentials and permissions, and numbers.

    `look` marks what no API of Twilio tells, with the place where you can see it.
    """
    has_problem = False
    for finding in findings(services(), phone_numbers):
        has_problem = has_problem or finding.to_do is not None
        verdict = "TO DO" if finding.to_do else "look" if finding.look else "fine"
        advice = finding.to_do or finding.look
        click.echo(f"{verdict:<6} {finding.what}{f': {advice}' if advice else ''}")
    raise SystemExit(1 if has_problem else 0)
