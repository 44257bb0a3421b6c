"""`flask rules` lists, enables, disables, adds and removes rules."""

from __future__ import annotations

from flask import Flask

from tests.support.command_line import error_of, output_of, usage_error_of


def line_of(app: Flask, name: str) -> str:
    """The line of the rule in the list."""
    (line,) = [line for line in output_of(app, "rules", "list").splitlines() if line.startswith(f"{name} ")]
    return line


def test_a_ready_made_rule_is_enabled_with_parameters_and_disabled(app, registry):
    assert " off " in line_of(app, "long_calls")
    params = ("--param", "warn_after_minutes=5", "--param", "text=Soon = over.")
    output_of(app, "rules", "enable", "long_calls", *params)
    assert " on " in line_of(app, "long_calls")
    assert registry.rules.get("long_calls").params == {
        "warn_after_minutes": 5,
        "end_after_minutes": 30,
        "text": "Soon = over.",
    }
    output_of(app, "rules", "disable", "long_calls")
    assert " off " in line_of(app, "long_calls")
    assert registry.rules.get("long_calls").params["warn_after_minutes"] == 5


def test_a_rule_is_added_and_removed(app):
    then = '{"command": "redirect", "arguments": {"scene": "voicemail"}}'
    line = output_of(app, "rules", "add", "too_long", "--when", '{"waited_seconds": 60}', "--then", then)
    assert '{"waited_seconds": 60} -> redirect {"scene": "voicemail"}' in line
    assert output_of(app, "rules", "remove", "too_long") == "too_long is removed.\n"
    assert "too_long" not in output_of(app, "rules", "list")


def test_unknown_rules_and_malformed_options_are_refused(app):
    assert error_of(app, "rules", "enable", "nothing") == "There is no rule 'nothing'."
    assert "'--when'" in usage_error_of(app, "rules", "add", "x", "--when", "{", "--then", "{}")
    assert "NAME=VALUE" in usage_error_of(app, "rules", "enable", "long_calls", "--param", "minutes")
    message = error_of(app, "rules", "enable", "long_calls", "--param", "warn_after_minutes=soon")
    assert message.startswith("params.warn_after_minutes: ")
