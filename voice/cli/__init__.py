"""The command line: `flask calls`, `numbers`, `operators`, `tokens`, `doctor`, `migrate` and `worker`."""

from __future__ import annotations

from flask import Flask

from voice.cli import calls, doctor, numbers, operations, operators, tokens


def register(app: Flask) -> None:
    """Add all of them to the app's `flask` command."""
    commands = app.extensions["midcall"].commands
    for command in (
        calls.group(commands),
        numbers.numbers,
        operators.operators,
        tokens.tokens,
        doctor.doctor,
        *operations.ALL,
    ):
        app.cli.add_command(command)
