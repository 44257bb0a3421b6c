"""`flask bulk`: one command for many calls, previewed and run; runs listed, shown, canceled and reported."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from voice.bulk.report import as_csv
from voice.bulk.runs import BulkRuns, Preview
from voice.bulk.selection import BulkRequest
from voice.cli.inputs import parse_json_option
from voice.cli.output import format_call
from voice.cli.shell import handle_errors, operator, services
from voice.json_record import iso
from voice.registry import BulkRun
from voice.validation import validate

SHOWN = 10  # calls of a preview
bulk = AppGroup("bulk", help="Run one command for many calls.")


@bulk.command()
@click.argument("command")
@click.option(
    "--arguments", default="{}", metavar="JSON", callback=parse_json_option, help="Arguments of the command."
)
@click.option("--status", multiple=True, help="Status of a live call. Repeatable.")
@click.option("--call-sid", "call_sids", multiple=True, help="A call, in place of filters. Repeatable.")
@click.option("--from", "from", help="The caller's number.")
@click.option("--to", help="The called number.")
@click.option("--scene", help="The scene that the call is in.")
@click.option("--since", help="Calls that started at this time or later, in ISO 8601.")
@click.option("--until", help="Calls that started before this time, in ISO 8601.")
@click.option("--q", help="Part of a CallSid or of a number.")
@click.option("--yes", is_flag=True, help="Run without a confirmation.")
@handle_errors
def run(command: str, arguments: Any, yes: bool, **select: Any) -> None:
    """Preview COMMAND for the live calls that match, and run it for exactly these calls."""
    request = {"command": command, "arguments": arguments, "select": _given(select)}
    preview = BulkRuns(services()).preview(validate(BulkRequest, request), operator())
    _show(preview)
    if yes or click.confirm(f"Run {command} for {preview.run.count} calls?"):
        started = BulkRuns(services()).start(preview.token, operator())
        click.echo(_format_run(started))


@bulk.command("list")
@click.option(
    "--limit", type=click.IntRange(min=1, max=200), default=20, show_default=True, help="The number of runs."
)
@handle_errors
def list_runs(limit: int) -> None:
    """List the last runs, newest first."""
    for found in services().registry.bulk.all(limit):
        click.echo(_format_run(found))


@bulk.command()
@click.argument("run_id")
@handle_errors
def show(run_id: str) -> None:
    """Show the state of a run and its calls by outcome."""
    click.echo(_format_run(BulkRuns(services()).get(run_id)))


@bulk.command()
@click.argument("run_id")
@handle_errors
def cancel(run_id: str) -> None:
    """Cancel a run: commands that have not started do not start."""
    click.echo(_format_run(BulkRuns(services()).cancel(run_id, operator())))


@bulk.command()
@click.argument("run_id")
@handle_errors
def report(run_id: str) -> None:
    """Print the outcome of each call of a run as CSV."""
    for line in as_csv(services().registry, BulkRuns(services()).get(run_id)):
        click.echo(line, nl=False)


def _given(select: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in select.items() if value
    }


def _show(preview: Preview) -> None:
    for call in preview.calls[:SHOWN]:
        click.echo(format_call(call))
    if preview.run.count > SHOWN:
        click.echo(f"… {preview.run.count} calls in all")
    for call, others in preview.would_drop:
        click.echo(f"{call.call_sid} would disconnect {', '.join(other.call_sid for other in others)}")


def _format_run(run: BulkRun) -> str:
    counts = services().registry.bulk.counts(run.id)
    outcomes = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items() if count)
    new = (
        f"; {len(run.new_since_preview)} more calls match since the preview" if run.new_since_preview else ""
    )
    return f"{run.id}  {iso(run.created_at)}  {run.command}  {run.state}: {outcomes or 'no calls'}{new}"
