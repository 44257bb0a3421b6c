"""`flask emergency`: start, show and lift the emergency stop."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import after_colon, format_command
from voice.cli.shell import handle_errors, operator_name, services
from voice.control.runner import Runner
from voice.json_record import iso

emergency = AppGroup("emergency", help="End all calls in an emergency, and refuse new ones.")


@emergency.command()
@click.option("--message", help="What callers hear before the call ends.")
@handle_errors
def stop(message: str | None) -> None:
    """End all live calls, and refuse new ones until the stop is lifted."""
    arguments = {} if message is None else {"message": message}
    click.echo(format_command(Runner(services()).run("emergency_stop", arguments, operator_name())))


@emergency.command()
@handle_errors
def lift() -> None:
    """Lift the emergency stop: new calls are accepted again."""
    click.echo(format_command(Runner(services()).run("emergency_lift", {}, operator_name())))


@emergency.command()
@handle_errors
def show() -> None:
    """Show whether an emergency stop is active."""
    stop = services().registry.emergency.current()
    if stop is None:
        click.echo("No emergency stop is active.")
        return
    started = f"{iso(stop.started_at)} by {stop.started_by}"
    click.echo(f"Emergency stop since {started}{after_colon(stop.message)}")
