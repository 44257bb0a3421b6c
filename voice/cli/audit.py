"""`flask audit`: the trail of who did what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

import click
from flask.cli import AppGroup

from voice.audit import AuditEntry, NewAuditEntry, entry_from_json, json_lines
from voice.cli.inputs import parse_heads
from voice.cli.shell import actor, handle_errors, services
from voice.json_record import iso
from voice.registry import AuditQuery
from voice.registry.audit_check import AuditCheck, TrailBroken, check_trail

audit = AppGroup("audit", help="Read and check the trail of who did what.")


@audit.command("list")
@click.option("--kind", help="A kind like token.made, or a family of kinds like token.")
@click.option("--actor", "who", help="The person, token or shell user that acted.")
@click.option("--target", help="The person, token or rule that the act concerned.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many entries."
)
@handle_errors
def list_entries(kind: str | None, who: str | None, target: str | None, limit: int) -> None:
    """List entries, newest first."""
    found, _ = services().registry.audit.find(AuditQuery(kind, who, target, limit))
    for entry in found:
        click.echo(_format_entry(entry))


@audit.command()
@handle_errors
def export() -> None:
    """Print the whole trail as JSON lines, oldest first, with the hashes that `verify` checks."""
    services().registry.audit.append(NewAuditEntry("audit.exported", actor()))
    for line in json_lines(services().registry.audit.all()):
        click.echo(line, nl=False)


@audit.command()
@click.option("--file", "exported", type=click.File(), help="Check an export instead of the database.")
@click.option(
    "--known",
    multiple=True,
    callback=parse_heads,
    metavar="ID:HASH",
    help="An entry that an earlier check printed. Repeatable.",
)
@handle_errors
def verify(exported: TextIO | None, known: dict[int, str]) -> None:
    """Check the hash chain; exit code 1 if an entry was changed, removed or inserted."""
    try:
        check = _check_file(exported, known) if exported else check_trail(services().registry.audit, known)
    except TrailBroken as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The trail is whole: {check.last_id} entries, {check.erased_count} erased.")
    click.echo(f"Newest entry: {check.last_id}:{check.last_hash}")


@audit.command()
@click.argument("ids", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="The reason, which stays in the trail.")
@handle_errors
def erase(ids: tuple[int, ...], reason: str) -> None:
    """Erase who, what and where of entries; their kind and time stay, and the chain stays whole."""
    services().registry.audit.erase(ids, actor(), reason)
    click.echo(f"Erased: {', '.join(map(str, sorted(set(ids))))}.")


def _check_file(lines: Iterable[str], known: dict[int, str]) -> AuditCheck:
    check = AuditCheck(known)
    try:
        check.read(entry_from_json(line) for line in lines)
    except ValueError:
        raise TrailBroken(f"The line after entry {check.last_id} is not a line of an export.") from None
    check.finish()
    return check


def _format_entry(entry: AuditEntry) -> str:
    start = f"{entry.id:>6}  {iso(entry.at)}  {entry.kind:<20}"
    if entry.erased:
        return f"{start}  erased"
    target, details = entry.target or "-", json.dumps(entry.details) if entry.details else ""
    return f"{start}  {entry.actor} ({entry.address})  {target}  {details}".rstrip()
