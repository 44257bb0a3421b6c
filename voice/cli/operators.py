"""`flask operators`: the people who sign in to the console."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import services, tells_errors
from voice.json_record import iso
from voice.operators.roles import ROLES
from voice.operators.sign_in_links import sign_in_link

operators = AppGroup("operators", help="Who may sign in to the console.")


@operators.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True)
@tells_errors
def add(name: str, role: str) -> None:
    """Add somebody, and print the link that signs them in, once, within a day."""
    services().registry.operators.add(name, role)
    click.echo(_link(name))


@operators.command()
@click.argument("name")
@tells_errors
def link(name: str) -> None:
    """Print a new sign-in link: for a forgotten password, or a first start."""
    click.echo(_link(name))


@operators.command("list")
@tells_errors
def list_operators() -> None:
    """Names, roles, and where they are signed in."""
    for person in services().registry.operators.all():
        open_ = len(services().registry.sessions.of_operator(person.name))
        state = f"disabled {iso(person.disabled_at)}" if person.disabled_at else f"{open_} sessions"
        how = "password" if person.password_hash else "no password yet"
        click.echo(f"{person.name:<24} {person.role:<9} {how:<16} {state}")


@operators.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@tells_errors
def role(name: str, role: str) -> None:
    """Give somebody another role; it counts from their next request on."""
    services().registry.operators.set_role(name, role)
    click.echo(f"{name} is {role}.")


@operators.command()
@click.argument("name")
@tells_errors
def disable(name: str) -> None:
    """Sign somebody out everywhere, and keep them out."""
    services().registry.operators.disable(name)
    services().registry.sessions.close_all(name)
    click.echo(f"{name} is disabled.")


@operators.command()
@click.argument("name")
@tells_errors
def enable(name: str) -> None:
    """Let somebody sign in again."""
    services().registry.operators.enable(name)
    click.echo(f"{name} can sign in again.")


@operators.command("sign-out")
@click.argument("name")
@tells_errors
def sign_out(name: str) -> None:
    """Sign somebody out everywhere."""
    services().registry.sessions.close_all(name)
    click.echo(f"{name} is signed out.")


def _link(name: str) -> str:
    return sign_in_link(services().config, services().registry, name)
