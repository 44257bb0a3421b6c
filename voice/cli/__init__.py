"""The command line: `flask calls`, `numbers`, `operators`, `tokens`, `plans`, `rules`, `doctor` and more."""

from __future__ import annotations

from flask import Flask

from voice.cli import (
    bulk,
    calls,
    docs,
    doctor,
    emergency,
    numbers,
    operators,
    plans,
    processes,
    rules,
    tokens,
)


def register(app: Flask) -> None:
    """Add all of them to the app's `flask` command."""
    commands = app.extensions["midcall"].commands
    for command in (
        calls.group(commands),
        bulk.bulk,
        numbers.numbers,
        operators.operators,
        tokens.tokens,
        plans.plans,
        rules.rules,
        emergency.emergency,
        doctor.doctor,
        docs.docs,
        *processes.ALL,
    ):
        app.cli.add_command(command)
