"""The command line: what each verb prints, and that whatever goes wrong is one line and exit code 1."""

from __future__ import annotations

import re
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.support.clients import ADMIN_TOKEN, NUMBER, Operator, new_call_sid, settings
from tests.support.ports import free_port
from voice import create_app
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.schema_version import head, revision
from voice.setup.checks import webhooks_of


def run(app: Flask, *arguments: str) -> Result:
    """`flask …` in this process."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def told(app: Flask, *arguments: str) -> str:
    """What a command that works prints."""
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask, *arguments: str) -> str:
    """The one line of a command that does not work."""
    result = run(app, *arguments)
    assert result.exit_code == 1, result.output
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    return line


# Tokens


def test_a_token_is_shown_once_and_opens_what_its_role_opens(app):
    token = told(app, "tokens", "make", "ada", "--role", "operator").strip()
    assert Operator(app.test_client(), token).get("/calls").status_code == 200
    listed = told(app, "tokens", "list")
    assert re.fullmatch(r"ada +operator +made 20\S+Z  valid\n", listed)
    assert token not in listed


def test_a_token_is_a_viewers_unless_told(app, registry):
    token = told(app, "tokens", "make", "bob").strip()
    assert registry.tokens.find_valid(token).role == "viewer"


def test_a_revoked_token_is_listed_as_such(app, registry):
    token = told(app, "tokens", "make", "ada").strip()
    assert told(app, "tokens", "revoke", "ada") == "ada is revoked.\n"
    assert registry.tokens.find_valid(token) is None
    assert "revoked 20" in told(app, "tokens", "list")


def test_tokens_that_cannot_be(app):
    told(app, "tokens", "make", "ada")
    assert "already" in refused(app, "tokens", "make", "ada")
    assert "80" in refused(app, "tokens", "make", "x" * 81)
    assert "nobody" in refused(app, "tokens", "revoke", "nobody")
    assert run(app, "tokens", "make", "eve", "--role", "king").exit_code == 2


# Calls


def test_calls_are_listed_newest_first(app, twilio):
    assert told(app, "calls", "list") == "No calls.\n"
    first, second = twilio.calls(), twilio.calls()
    twilio.status(first, "completed", CallDuration=7)
    lines = told(app, "calls", "list").splitlines()
    assert [line.split()[0] for line in lines] == [second, first]
    assert re.search(r"completed\s+7s\s+\+14155551234 -> \+14155550100", lines[1])
    assert told(app, "calls", "list", "--status", "live").split()[0] == second
    assert told(app, "calls", "list", "--status", "ended", "--status", "busy").split()[0] == first
    assert len(told(app, "calls", "list", "--limit", "1").splitlines()) == 1


@pytest.mark.parametrize(
    "wrong", [("--limit", "0"), ("--limit", "-5"), ("--limit", "x"), ("--status", "meditating")]
)
def test_a_list_that_cannot_be(app, twilio, wrong):
    twilio.calls()
    assert run(app, "calls", "list", *wrong).exit_code == 2


def test_a_call_is_shown_with_its_story(app, twilio):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu", SpeechResult="Grüße")
    lines = told(app, "calls", "show", call_sid).splitlines()
    assert lines[0].startswith(call_sid)
    assert [line.split()[3] for line in lines[1:]] == ["webhook.incoming", "webhook.scene"]
    assert "Grüße" in lines[2]


def test_a_call_that_nobody_knows(app):
    assert "no call" in refused(app, "calls", "show", new_call_sid())
    assert "no call" in refused(app, "calls", "end", "CA123")


VERBS = {
    "end": [],
    "redirect": ["--scene", "announcement", "--params", "text=Hello = you"],
    "twiml": ["--twiml", "<Response><Say>Hi</Say></Response>"],
}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_tells_that_twilio_is_away(app, twilio, registry, verb):
    call_sid = twilio.calls()
    assert "Twilio could not be reached" in refused(app, "calls", verb, call_sid, *VERBS[verb])
    (record,) = registry.commands.of_call(call_sid)
    assert (record.command, record.state) == (verb, "refused")
    assert record.operator.startswith("cli:")
    if verb == "redirect":
        assert record.arguments == {"scene": "announcement", "params": {"text": "Hello = you"}}


def test_a_dial_tells_that_twilio_is_away(app, registry):
    line = refused(app, "calls", "dial", "--to", "+14155551234", "--from", NUMBER, "--scene", "greeting")
    assert "Twilio could not be reached" in line
    (event, *_) = registry.events.after(0)
    assert event.details["arguments"] == {"to": "+14155551234", "from": NUMBER, "scene": "greeting"}


def test_a_verb_on_a_call_that_has_ended(app, twilio):
    call_sid = twilio.calls()
    twilio.status(call_sid, "completed")
    assert re.fullmatch(
        rf"#\d+ end {call_sid} confirmed: .*already ended\.\n", told(app, "calls", "end", call_sid)
    )
    assert "has ended" in refused(app, "calls", "redirect", call_sid, "--scene", "menu")


def test_arguments_of_a_verb_are_checked(app, twilio):
    call_sid = twilio.calls()
    assert "no scene 'nowhere'" in refused(app, "calls", "redirect", call_sid, "--scene", "nowhere")
    assert "params.colour" in refused(
        app, "calls", "redirect", call_sid, "--scene", "menu", "--params", "colour=red"
    )
    assert "ALLOWED_REDIRECT_HOSTS" in refused(
        app, "calls", "redirect", call_sid, "--url", "https://elsewhere.example/"
    )
    assert "Line 1" in refused(app, "calls", "twiml", call_sid, "--twiml", "<Response><Dance/></Response>")
    assert run(app, "calls", "redirect", call_sid, "--params", "text").exit_code == 2
    assert run(app, "calls", "twiml", call_sid).exit_code == 2


def test_every_command_has_its_help(app):
    for name, kind in app.extensions["midcall"].commands.items():
        page = told(app, "calls", name, "--help")
        assert kind.title in page
        for field, about in kind.Arguments.model_fields.items():
            assert f"--{(about.alias or field).replace('_', '-')}" in page


# Numbers, doctor, migrate


def test_a_number_is_not_set_up_without_twilio(app):
    assert "Twilio could not be reached" in refused(app, "numbers", "set-up", NUMBER)
    assert run(app, "numbers", "set-up").exit_code == 2


def test_a_number_is_pointed_at_the_routes_that_are_there(app):
    public_url = app.extensions["midcall"].config["PUBLIC_URL"]
    routes = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    given = webhooks_of(app.extensions["midcall"].config)
    addresses = {
        value.removeprefix(public_url) for name, value in given.items() if not name.endswith("method")
    }
    assert addresses == {"/voice/incoming", "/voice/fallback", "/voice/status"}
    assert addresses <= routes
    assert {value for name, value in given.items() if name.endswith("method")} == {"POST"}


def findings(result: Result) -> dict[str, str]:
    """What the doctor looked at, and what it said."""
    parts = [re.fullmatch(r"(fine  |TO DO ) ([^:]+)(: .+)?", line) for line in result.output.splitlines()]
    return {part[2]: part[1].strip() for part in parts}


def test_the_doctor_finds_what_is_missing(app):
    result = run(app, "doctor", NUMBER)
    assert result.exit_code == 1
    assert findings(result) == {
        "settings": "fine", "database": "fine", "public URL": "fine", "Twilio credentials": "TO DO",
        f"number {NUMBER}": "TO DO",
    }  # fmt: skip
    assert ADMIN_TOKEN not in result.output


@pytest.mark.parametrize(
    ("public_url", "said"), [("http://calls.example.com", "https"), ("https://localhost", "tunnel")]
)  # fmt: skip
def test_the_doctor_knows_an_address_that_twilio_cannot_reach(tmp_path, public_url, said):
    from voice.setup.checks import _public_url

    given = settings(PUBLIC_URL=public_url, TWILIO_API_URL="", DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}")
    app = create_app(given, dotenv=None)
    assert said in (_public_url(app.extensions["midcall"]) or "")


def test_migrate_makes_the_tables_and_may_be_run_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'midcall.db'}"
    app = create_app(settings(DATABASE_URL=url, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    registry: Registry = app.extensions["midcall"].registry
    assert "Run `flask migrate`" in (registry.problem() or "")
    assert findings(run(app, "doctor"))["database"] == "TO DO"
    assert told(app, "migrate").startswith("migrating to 0001…\n")
    assert told(app, "migrate") == f"schema {head()}\n"
    assert (registry.problem(), told(app, "calls", "list")) == (None, "No calls.\n")
    with open_database(url) as database:
        assert database.read(revision) == head()
    registry.close()


def test_without_a_database_every_command_says_so(tmp_path):
    nobody = f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x"
    app = create_app(settings(DATABASE_URL=nobody, SPOOL_DIR=str(tmp_path)), dotenv=None)
    commands: list[list[Any]] = [
        ["migrate"], ["tokens", "list"], ["tokens", "make", "ada"], ["calls", "list"], ["calls", "follow"],
        ["calls", "show", new_call_sid()], ["calls", "end", new_call_sid()],
    ]  # fmt: skip
    for arguments in commands:
        assert "database" in refused(app, *arguments), arguments


# Many at once


def test_many_at_once_from_the_shell(app, twilio, admin):
    call_sid = twilio.calls(From="+14155550777")
    shown = told(app, "bulk", "run", "end", "--from", "+14155550777", "--yes")
    run_id = shown.splitlines()[-1].split()[0]
    assert call_sid in shown
    assert "queued: 1 left" in told(app, "bulk", "show", run_id)
    assert run_id in told(app, "bulk", "list")
    assert "cancelled: 1 cancelled" in told(app, "bulk", "cancel", run_id)
    assert f"{call_sid},+14155550777," in told(app, "bulk", "report", run_id)
    assert admin.get(f"/bulk/{run_id}").json["run"]["state"] == "cancelled"


def test_many_at_once_is_refused_in_one_line(app):
    assert "command: Choose a command for calls" in refused(app, "bulk", "run", "nothing", "--yes")
    assert "--arguments should be a JSON object" in refused(app, "bulk", "run", "end", "--arguments", "{")
    assert "There is no bulk run" in refused(app, "bulk", "show", "0" * 16)
