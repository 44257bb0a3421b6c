"""The `flask` commands of an app, run in the process of the test."""

from __future__ import annotations

from click.testing import Result
from flask import Flask


def run(app: Flask, *arguments: str) -> Result:
    """Run a command. Any error but an exit fails the test."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def output_of(app: Flask, *arguments: str) -> str:
    """The output of a command that succeeds."""
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def error_of(app: Flask, *arguments: str) -> str:
    """The message of a command that fails with one line and exit code 1."""
    result = run(app, *arguments)
    assert result.exit_code == 1, result.output
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


def usage_error_of(app: Flask, *arguments: str) -> str:
    """The output of a command that fails with a usage error, exit code 2."""
    result = run(app, *arguments)
    assert result.exit_code == 2, result.output
    return result.output
