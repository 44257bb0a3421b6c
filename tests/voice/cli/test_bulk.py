"""`flask bulk` previews, runs, shows, cancels and reports commands for many calls."""

from __future__ import annotations

from tests.support.command_line import error_of, output_of, usage_error_of


def test_a_bulk_run_is_started_shown_listed_canceled_and_reported(app, twilio, admin):
    call_sid = twilio.calls(From="+14155550777")
    started = output_of(app, "bulk", "run", "end", "--from", "+14155550777", "--yes")
    run_id = started.splitlines()[-1].split()[0]
    assert call_sid in started
    assert "queued: 1 left" in output_of(app, "bulk", "show", run_id)
    assert run_id in output_of(app, "bulk", "list")
    assert "cancelled: 1 cancelled" in output_of(app, "bulk", "cancel", run_id)
    assert f"{call_sid},+14155550777," in output_of(app, "bulk", "report", run_id)
    assert admin.get(f"/bulk/{run_id}").json["run"]["state"] == "cancelled"


def test_unknown_commands_runs_and_malformed_arguments_are_refused(app):
    assert "command: Choose a command for calls" in error_of(app, "bulk", "run", "nothing", "--yes")
    assert "Send valid JSON." in usage_error_of(app, "bulk", "run", "end", "--arguments", "{")
    assert "arguments: Enter a JSON object" in error_of(app, "bulk", "run", "end", "--arguments", "[]")
    assert "There is no bulk run" in error_of(app, "bulk", "show", "0" * 16)
