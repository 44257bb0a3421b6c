"""`flask numbers`, `flask doctor` and `flask migrate`, and commands without a database."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from click.testing import Result

from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.clients import ADMIN_TOKEN, NUMBER, new_call_sid, settings
from tests.support.command_line import error_of, output_of, run, usage_error_of
from tests.support.ports import free_port
from voice import create_app
from voice.events import NewEvent
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.schema_version import head, revision
from voice.setup.numbers import webhooks_of


def test_numbers_set_up_reports_that_twilio_cannot_be_reached(app):
    assert "Twilio could not be reached" in error_of(app, "numbers", "set-up", NUMBER)
    usage_error_of(app, "numbers", "set-up")


def test_the_webhooks_of_a_number_lead_to_routes_of_the_app(app):
    public_url = app.extensions["midcall"].config["PUBLIC_URL"]
    routes = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    webhooks = webhooks_of(app.extensions["midcall"].config)
    addresses = {
        value.removeprefix(public_url) for name, value in webhooks.items() if not name.endswith("method")
    }
    assert addresses == {"/voice/incoming", "/voice/fallback", "/voice/status"}
    assert addresses <= routes
    assert {value for name, value in webhooks.items() if name.endswith("method")} == {"POST"}


def verdicts(result: Result) -> dict[str, str]:
    """The verdict of each check of `flask doctor`."""
    parts = [
        re.fullmatch(r"(fine  |TO DO |look  ) ([^:]+)(: .+)?", line) for line in result.output.splitlines()
    ]
    return {part[2]: part[1].strip() for part in parts}


def test_the_doctor_names_each_check_that_fails(app):
    result = run(app, "doctor", NUMBER)
    assert result.exit_code == 1
    assert verdicts(result) == {
        "settings": "fine", "files": "fine", "database": "fine", "tokens": "fine", "public URL": "fine",
        "Twilio credentials": "TO DO",
        f"number {NUMBER}": "TO DO",
    }  # fmt: skip
    assert ADMIN_TOKEN not in result.output


@pytest.mark.parametrize(
    ("public_url", "advice"),
    [
        ("http://calls.example.com", "https"),
        ("https://localhost", "tunnel"),
        ("https://my_calls.example.com", "underscore"),
    ],
)
def test_the_doctor_reports_a_public_url_that_twilio_cannot_use(tmp_path, public_url, advice):
    from voice.setup.checks import _public_url

    given = settings(
        PUBLIC_URL=public_url, TWILIO_API_URL="", TWILIO_AUTH_TOKEN="0123456789abcdef",
        DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}",
    )  # fmt: skip
    app = create_app(given, dotenv=None)
    assert advice in (_public_url(app.extensions["midcall"]) or "")


def test_migrate_creates_the_tables_and_can_be_repeated(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'midcall.db'}"
    app = create_app(settings(DATABASE_URL=url, SPOOL_DIR=str(tmp_path / "spool")), dotenv=None)
    registry: Registry = app.extensions["midcall"].registry
    assert "run `flask migrate`" in (registry.problem() or "")
    assert verdicts(run(app, "doctor"))["database"] == "TO DO"
    assert output_of(app, "migrate").startswith("migrating to 0001…\n")
    assert output_of(app, "migrate") == f"schema {head()}\n"
    assert (registry.problem(), output_of(app, "calls", "list")) == (None, "No calls.\n")
    with open_database(url) as database:
        assert database.read(revision) == head()
    registry.close()


def test_only_the_user_of_the_process_can_read_its_files(tmp_path):
    """The spool and the database are written under a umask that lets everybody read."""
    folder, spool = tmp_path / "new", tmp_path / "spool"
    given = settings(DATABASE_URL=f"sqlite:///{folder}/midcall.db", SPOOL_DIR=str(spool))
    before = os.umask(0)
    try:
        app = create_app(given, dotenv=None)
        services = app.extensions["midcall"]
        services.recorder.spool.append(NewEvent("webhook.status", "twilio", dedupe_key="x"), None)
        output_of(app, "migrate")
        services.recorder.spool.drain(services.registry.record)
        written = [folder, *folder.iterdir(), spool, *spool.iterdir()]
        assert {path.name for path in written} >= {"midcall.db", "midcall.db-wal", "waiting.jsonl"}
        assert {
            path.name: path.stat().st_mode & 0o077 for path in written if path.stat().st_mode & 0o077
        } == {}
        assert verdicts(run(app, "doctor"))["files"] == "fine"
        for path, mode in (
            (spool, "700"),
            (spool / "waiting.jsonl", "600"),
            (folder / "midcall.db-wal", "600"),
        ):
            path.chmod(path.stat().st_mode | 0o004)
            assert f"chmod {mode} {path}" in run(app, "doctor").output
    finally:
        os.umask(before)
        services.close()


def test_every_command_reports_that_the_database_is_unavailable(tmp_path):
    unreachable = f"postgresql+psycopg://midcall@127.0.0.1:{free_port()}/x"
    app = create_app(settings(DATABASE_URL=unreachable, SPOOL_DIR=str(tmp_path)), dotenv=None)
    commands: list[list[Any]] = [
        ["migrate"], ["tokens", "list"], ["tokens", "make", "ada"], ["calls", "list"], ["calls", "follow"],
        ["calls", "show", new_call_sid()], ["calls", "end", new_call_sid()],
    ]  # fmt: skip
    for arguments in commands:
        assert "database" in error_of(app, *arguments), arguments


@pytest.fixture(scope="module")
def emulator():
    """Twilio's API, without an account."""
    with Background(Settings(port=0)) as url:
        yield url


@pytest.mark.parametrize("problem", [False, True])
def test_the_exit_code_of_the_doctor_counts_every_check(tmp_path, emulator, problem):
    """The last check, of a number, finds nothing to do."""
    url = f"sqlite:///{tmp_path / 'midcall.db'}"
    given = settings(DATABASE_URL=url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=emulator)
    app = create_app(given, dotenv=None)
    if not problem:
        output_of(app, "migrate")
    output_of(app, "numbers", "set-up", NUMBER)
    result = run(app, "doctor", NUMBER)
    found = list(verdicts(result).items())
    assert found[-1] == (f"number {NUMBER}", "fine")
    assert ("database", "TO DO" if problem else "fine") in found
    assert result.exit_code == int(problem)
    app.extensions["midcall"].close()
