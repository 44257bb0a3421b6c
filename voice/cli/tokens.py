"""`flask tokens`: make, list and revoke operators' bearer tokens."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import services, tells_errors
from voice.json_record import iso
from voice.operators.roles import ROLES

tokens = AppGroup("tokens", help="Who may use the admin API.")


@tokens.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@tells_errors
def make(name: str, role: str) -> None:
    """Make a token. It is shown this once; the registry keeps a hash."""
    click.echo(services().registry.tokens.create(name, role))


@tokens.command("list")
@tells_errors
def list_tokens() -> None:
    """Names, roles, and since when; never the tokens."""
    for token in services().registry.tokens.all():
        state = f"revoked {iso(token.revoked_at)}" if token.revoked_at else "valid"
        click.echo(f"{token.name:<24} {token.role:<9} made {iso(token.created_at)}  {state}")


@tokens.command()
@click.argument("name")
@tells_errors
def revoke(name: str) -> None:
    """Make a token worthless, at once."""
    services().registry.tokens.revoke(name)
    click.echo(f"{name} is revoked.")
