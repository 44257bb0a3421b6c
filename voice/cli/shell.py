"""What every command of the command line needs: the services, the operator, and errors as one line."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click
from flask import current_app

from voice.audit import Actor
from voice.errors import MidcallError
from voice.operators.roles import Operator
from voice.services import Services


def services() -> Services:
    """The services of this app."""
    return cast(Services, current_app.extensions["midcall"])


def operator_name() -> str:
    """The operator's name for the audit trail: the user of the shell, as in `cli:ann`."""
    return f"cli:{getpass.getuser()}"


def operator() -> Operator:
    """The operator at this shell. A shell on this host has the settings, so it has the admin role."""
    return Operator(operator_name(), "admin")


def actor() -> Actor:
    """The operator at this shell, and the name of this host."""
    return Actor(operator_name(), socket.gethostname())


def handle_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command: an error of Midcall becomes one line and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except MidcallError as error:
            raise click.ClickException(error.message) from error

    return run
