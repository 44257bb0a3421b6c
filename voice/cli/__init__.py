"""The command line: one module for each group of `flask` commands."""

from __future__ import annotations

from flask import Flask

from voice.cli import (
    audit,
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
    """Add the commands to the `flask` command of the app."""
    commands = app.extensions["midcall"].commands
    for command in (
        calls.group(commands),
        bulk.bulk,
        numbers.numbers,
        operators.operators,
        tokens.tokens,
        audit.audit,
        plans.plans,
        rules.rules,
        emergency.emergency,
        doctor.doctor,
        docs.docs,
        *processes.ALL,
    ):
        app.cli.add_command(command)
