"""`flask operators`: the people who sign in to the console."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.shell import actor, handle_errors, services
from voice.errors import NotFound
from voice.json_record import iso
from voice.operators.roles import ROLES
from voice.operators.sign_in import SignIn
from voice.operators.sign_in_links import sign_in_link

ID_LENGTH = 12  # of the hash of a session
operators = AppGroup("operators", help="Manage the people who sign in to the console.")


@operators.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True, help="The role.")
@handle_errors
def add(name: str, role: str) -> None:
    """Add an operator, and print a sign-in link that works once within a day."""
    services().registry.operators.add(name, role, actor())
    click.echo(_link(name))


@operators.command()
@click.argument("name")
@handle_errors
def link(name: str) -> None:
    """Print a new sign-in link, for a first sign-in or a forgotten password."""
    click.echo(_link(name))


@operators.command("list")
@handle_errors
def list_operators() -> None:
    """List operators with their roles and open sessions."""
    for operator in services().registry.operators.all():
        count = len(_sign_in_rules().sessions_of(operator.name))
        sessions = "1 session" if count == 1 else f"{count} sessions"
        state = f"disabled {iso(operator.disabled_at)}" if operator.disabled_at else sessions
        password = "password" if operator.password_hash else "no password yet"
        click.echo(f"{operator.name:<24} {operator.role:<9} {password:<16} {state}")


@operators.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@handle_errors
def role(name: str, role: str) -> None:
    """Change the role of an operator, from their next request on."""
    services().registry.operators.set_role(name, role, actor())
    click.echo(f"{name} has the role {role}.")


@operators.command()
@click.argument("name")
@handle_errors
def disable(name: str) -> None:
    """Disable an operator: all sessions end, and sign-in is refused."""
    services().registry.operators.disable(name, actor())
    click.echo(f"{name} is disabled.")


@operators.command()
@click.argument("name")
@handle_errors
def enable(name: str) -> None:
    """Allow a disabled operator to sign in again."""
    services().registry.operators.enable(name, actor())
    click.echo(f"{name} can sign in again.")


@operators.command("sign-out")
@click.argument("name")
@handle_errors
def sign_out(name: str) -> None:
    """End all sessions of an operator, and revoke unused sign-in links."""
    services().registry.operators.sign_out(name, actor())
    click.echo(f"{name} is signed out.")


@operators.command("sessions")
@click.argument("name")
@handle_errors
def list_sessions(name: str) -> None:
    """List the open sessions of an operator, with the ids that `end-session` takes."""
    for one in _sign_in_rules().sessions_of(name):
        times = f"signed in {iso(one.created_at)}  seen {iso(one.seen_at)}"
        click.echo(f"{one.session_hash[:ID_LENGTH]}  {one.address:<16} {times}  {one.user_agent}")


@operators.command("end-session")
@click.argument("name")
@click.argument("session_id")
@handle_errors
def end_session(name: str, session_id: str) -> None:
    """End one session of an operator."""
    found = [one for one in _sign_in_rules().sessions_of(name) if one.session_hash[:ID_LENGTH] == session_id]
    if not found or not services().registry.sessions.close(found[0].session_hash, name, actor()):
        raise NotFound(
            f"{name[:80]} has no open session {session_id[:80]!r}. Run `flask operators sessions`."
        )
    click.echo("The session is ended.")


def _sign_in_rules() -> SignIn:
    return SignIn(services().config, services().registry)


def _link(name: str) -> str:
    return sign_in_link(services().config, services().registry, name, actor())
