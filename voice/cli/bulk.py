"""`flask bulk`: a command for many calls, previewed and run; runs listed, watched, cancelled, reported."""

from __future__ import annotations

import getpass
from typing import Any

import click
from flask.cli import AppGroup

from voice.bulk.report import as_csv
from voice.bulk.runs import BulkRuns, Preview
from voice.bulk.selection import BulkRequest
from voice.cli.output import line_of_call, services, tells_errors
from voice.errors import Malformed
from voice.json_record import iso
from voice.operators.roles import Operator
from voice.registry import BulkRun
from voice.validation import parse_json, validate

SHOWN = 10  # calls of a preview
bulk = AppGroup("bulk", help="A command for many calls at once.")


@bulk.command()
@click.argument("command")
@click.option("--arguments", default="{}", metavar="JSON", help="the command's arguments")
@click.option("--status", multiple=True, help="live words only; may be repeated")
@click.option(
    "--call-sid", "call_sids", multiple=True, help="these calls, whatever they match; may be repeated"
)
@click.option("--from", "from", help="who calls")
@click.option("--to", help="who is called")
@click.option("--scene", help="where the caller is")
@click.option("--since", help="began at or after, ISO 8601")
@click.option("--until", help="began before, ISO 8601")
@click.option("--q", help="part of a CallSid or number")
@click.option("--yes", is_flag=True, help="run it without asking")
@tells_errors
def run(command: str, arguments: str, yes: bool, **select: Any) -> None:
    """Preview COMMAND for the live calls that match, ask, and run it on exactly those."""
    asked = {"command": command, "arguments": _json(arguments), "select": _given(select)}
    preview = BulkRuns(services()).preview(validate(BulkRequest, asked), _operator())
    _show(preview)
    if yes or click.confirm(f"{command} for {preview.run.count} calls?"):
        started = BulkRuns(services()).start(preview.token, _operator())
        click.echo(_line(started))


@bulk.command("list")
@click.option("--limit", type=click.IntRange(min=1, max=200), default=20, show_default=True)
@tells_errors
def list_runs(limit: int) -> None:
    """The last runs, newest first."""
    for found in services().registry.bulk.all(limit):
        click.echo(_line(found))


@bulk.command()
@click.argument("run_id")
@tells_errors
def show(run_id: str) -> None:
    """How far a run is."""
    click.echo(_line(BulkRuns(services()).get(run_id)))


@bulk.command()
@click.argument("run_id")
@tells_errors
def cancel(run_id: str) -> None:
    """Begin nothing more of a run."""
    click.echo(_line(BulkRuns(services()).cancel(run_id, _operator())))


@bulk.command()
@click.argument("run_id")
@tells_errors
def report(run_id: str) -> None:
    """What became of each call of a run, as CSV."""
    for line in as_csv(services().registry, BulkRuns(services()).get(run_id)):
        click.echo(line, nl=False)


def _operator() -> Operator:
    """Whoever has a shell on this host may do all."""
    return Operator(f"cli:{getpass.getuser()}", "admin")


def _given(select: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in select.items() if value
    }


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except Malformed:
        raise Malformed("--arguments should be a JSON object") from None


def _show(preview: Preview) -> None:
    for call in preview.calls[:SHOWN]:
        click.echo(line_of_call(call))
    if preview.run.count > SHOWN:
        click.echo(f"… {preview.run.count} in all")
    for call, others in preview.would_drop:
        click.echo(f"{call.call_sid} would hang up on {', '.join(other.call_sid for other in others)}")


def _line(run: BulkRun) -> str:
    counts = services().registry.bulk.counts(run.id)
    told = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items() if count)
    new = f"; {len(run.new_since_preview)} matched only later" if run.new_since_preview else ""
    return f"{run.id}  {iso(run.created_at)}  {run.command}  {run.state}: {told or 'no calls'}{new}"
