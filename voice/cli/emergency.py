"""`flask emergency`: stop everything, and take calls again."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import line_of_command, services, tells_errors, who
from voice.control.runner import Runner
from voice.json_record import iso

emergency = AppGroup("emergency", help="Stop everything that is live, and all new calls, until lifted.")


@emergency.command()
@click.option("--message", help="said to everybody, before they are hung up on")
@tells_errors
def stop(message: str | None) -> None:
    """End everything that is live, and take no new calls."""
    arguments = {} if message is None else {"message": message}
    click.echo(line_of_command(Runner(services()).run("emergency_stop", arguments, who())))


@emergency.command()
@tells_errors
def lift() -> None:
    """Take calls again."""
    click.echo(line_of_command(Runner(services()).run("emergency_lift", {}, who())))


@emergency.command()
@tells_errors
def show() -> None:
    """Whether the stop lasts."""
    found = services().registry.emergency.current()
    if found is None:
        click.echo("No emergency stop: calls are taken.")
        return
    told = f": {found.message}" if found.message else ""
    click.echo(f"Stopped since {iso(found.started_at)} by {found.started_by}{told}")
