"""`flask tokens`: the bearer tokens of the admin API."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.shell import actor, handle_errors, services
from voice.json_record import iso
from voice.operators.roles import ROLES
from voice.registry import Token
from voice.registry.tokens import MOST_DAYS, VALID_DAYS

tokens = AppGroup("tokens", help="Manage the bearer tokens of the admin API.")


@tokens.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="The role.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=VALID_DAYS,
    show_default=True,
    help="Days until it expires.",
)
@handle_errors
def make(name: str, role: str, days: int) -> None:
    """Make a token and print it; it cannot be shown again, because the registry stores a hash."""
    click.echo(services().registry.tokens.create(name, role, actor(), days))


@tokens.command("list")
@handle_errors
def list_tokens() -> None:
    """List the names of tokens with role, time of creation, expiry and state."""
    for token in services().registry.tokens.all():
        click.echo(f"{token.name:<24} {token.role:<9} made {iso(token.created_at)}  {_state(token)}")


@tokens.command()
@click.argument("name")
@handle_errors
def revoke(name: str) -> None:
    """Revoke a token at once."""
    services().registry.tokens.revoke(name, actor())
    click.echo(f"The token {name} is revoked.")


def _state(token: Token) -> str:
    if token.state == "revoked":
        return f"revoked {iso(token.revoked_at)}"
    return (
        f"valid until {iso(token.expires_at)}"
        if token.state == "valid"
        else f"expired {iso(token.expires_at)}"
    )
