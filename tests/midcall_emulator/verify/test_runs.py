"""Runs that end early or in an unusual way: the numbers get their settings back, and no call stays live."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, NUMBER
from midcall_emulator.verify.numbers import PhoneNumber
from midcall_emulator.verify.saved_settings import SavedSettings
from tests.midcall_emulator.verify.conftest import OTHER, Verify

Begun = Callable[[], "subprocess.Popen[str]"]
Capture = pytest.CaptureFixture[str]
LONG = "notifications_after_seconds"
LIVE = {"queued", "ringing", "in-progress"}
SETTINGS = {
    "voice_url": "https://example.com/voice",
    "voice_method": "GET",
    "voice_fallback_url": "https://example.com/fallback",
    "voice_fallback_method": "GET",
    "status_callback": "https://example.com/status",
    "status_callback_method": "GET",
}


@pytest.fixture
def app_number(numbers: None, client: Client) -> dict[str, Any]:
    """The second number as another app's; its settings."""
    number = client.incoming_phone_numbers.list(phone_number=OTHER)[0].update(**SETTINGS)
    return {name: getattr(number, name) for name in SETTINGS}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The file with the settings of the numbers."""
    return tmp_path / "saved.json"


@pytest.fixture
def begun(numbers: None, arguments: list[str], twilio: Emulator, saved: Path) -> Iterator[Begun]:
    """Start the command as a program, and return it in the middle of a scenario, which waits for a minute."""
    twilio.clock(mode="real")
    twilio.switches(notifications_after_seconds=600)
    with ExitStack() as programs:

        def begin() -> subprocess.Popen[str]:
            command = [
                sys.executable,
                "-m",
                "midcall_emulator",
                "verify",
                *arguments,
                "--only",
                LONG,
                "--yes",
            ]
            program = programs.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            programs.callback(program.kill)
            deadline = time.monotonic() + 30
            while not (saved.exists() and json.loads(saved.read_text())["calls"]):
                assert time.monotonic() < deadline, "the run did not begin"
                assert program.poll() is None
                time.sleep(0.02)
            return program

        yield begin


def settings_of(client: Client, phone_number: str) -> dict[str, Any]:
    """Return the settings of a number."""
    [number] = client.incoming_phone_numbers.list(phone_number=phone_number)
    return {name: getattr(number, name) for name in SETTINGS}


def live_calls(client: Client) -> list[str]:
    """Return the calls that have not ended."""
    return [call.sid for call in client.calls.list() if call.status in LIVE]


def result(folder: Path) -> dict[str, Any]:
    """Return the last finding of a run."""
    finding: dict[str, Any] = json.loads((folder / "result.json").read_text())["findings"][-1]
    return finding


def test_the_settings_of_an_app_are_restored(
    verify: Verify, app_number: dict[str, Any], client: Client, tmp_path: Path
) -> None:
    assert verify("--yes") == 0
    assert settings_of(client, OTHER) == app_number == SETTINGS
    assert live_calls(client) == []
    assert not (tmp_path / "saved.json").exists()


def test_the_app_of_a_number_is_restored(verify: Verify, client: Client) -> None:
    app = client.applications.create(voice_url="https://example.com/voice")
    number = client.incoming_phone_numbers.list(phone_number=OTHER)[0].update(voice_application_sid=app.sid)
    assert verify("--yes") == 0
    assert number.fetch().voice_application_sid == app.sid


def test_the_file_of_a_result_has_no_numbers_and_no_sids(verify: Verify, tmp_path: Path) -> None:
    assert verify("--yes") == 0
    text = (tmp_path / "result.json").read_text()
    assert "Does a Dial request its action when the caller hangs up?" in text
    assert [secret for secret in (NUMBER, OTHER, ACCOUNT, "CA", "PN", "127.0.0.1") if secret in text] == []


def test_the_recordings_of_a_run_are_deleted(verify: Verify, client: Client, tmp_path: Path) -> None:
    assert verify("--yes", "--only", "second_recording") == 0
    assert (result(tmp_path)["twilio"], client.recordings.list()) == ("ignore", [])


def test_a_question_without_an_answer_says_why(verify: Verify, twilio: Emulator, tmp_path: Path) -> None:
    twilio.people(OTHER, "busy")
    assert verify("--yes") == 1
    assert (result(tmp_path)["verdict"], result(tmp_path)["twilio"]) == ("no answer", None)
    assert result(tmp_path)["note"] == "Twilio did not request 'start' within 25 s"


def test_twilios_refusal_of_a_call_is_the_note(verify: Verify, twilio: Emulator, tmp_path: Path) -> None:
    twilio.switches(calls_at_once=1, queue_seconds=1)
    twilio.rest(
        "POST", "/Calls.json", From=NUMBER, To="+15005550006", Twiml="<Response><Say>Hi</Say></Response>"
    )
    assert verify("--yes") == 1
    assert "HTTP 400, error 10004" in result(tmp_path)["note"]


def test_a_scenario_that_the_budget_does_not_allow_is_not_started(
    verify: Verify, client: Client, tmp_path: Path
) -> None:
    assert verify("--yes", "--max-usd", "0.07") == 1
    assert result(tmp_path)["note"] == "the budget of 0.07 USD does not allow it"
    assert client.calls.list() == []


def test_the_price_of_a_minute_counts(verify: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--yes", "--usd-per-minute", "1.5") == 2
    assert "The expected cost is 3.00 USD" in capsys.readouterr().err


def test_webhooks_with_another_signature_are_refused(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(
        "TWILIO_API_KEY", ACCOUNT
    )  # REST accepts the pair; the token of the signatures is wrong
    monkeypatch.setenv("TWILIO_API_SECRET", os.environ["TWILIO_AUTH_TOKEN"])
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
    assert verify("--yes") == 1
    assert "webhooks without a valid signature came: check the auth token" in result(tmp_path)["note"]


def test_a_crash_is_repaired_by_restore(
    verify: Verify, begun: Begun, client: Client, app_number: dict[str, Any], saved: Path, capsys: Capture
) -> None:
    program = begun()
    program.kill()
    program.wait(10)
    assert settings_of(client, OTHER)["voice_url"].startswith("http://127.0.0.1")
    assert live_calls(client) != []
    assert verify("--yes") == 2
    assert "Run `verify --restore` first" in capsys.readouterr().err
    assert verify("--restore") == 0
    assert (settings_of(client, OTHER), live_calls(client), saved.exists()) == (app_number, [], False)


def test_what_cannot_be_restored_is_named_and_kept(
    verify: Verify, twilio: Emulator, client: Client, saved: Path, capsys: Capture
) -> None:
    [number] = client.incoming_phone_numbers.list(phone_number=OTHER)
    SavedSettings(saved, ACCOUNT, [PhoneNumber(number.sid, OTHER, SETTINGS)]).save()
    twilio.faults(
        [{"on": "rest", "match": "/IncomingPhoneNumbers/", "times": 1, "do": "status", "value": 500}]
    )
    assert verify("--restore") == 2
    assert f"Not everything could be restored:\n{OTHER}: HTTP 500" in capsys.readouterr().err
    assert (saved.exists(), verify("--restore"), saved.exists()) == (True, 0, False)
    assert settings_of(client, OTHER) == SETTINGS


def test_settings_that_twilio_changes_otherwise_are_named(
    verify: Verify, client: Client, saved: Path, capsys: Capture
) -> None:
    [number] = client.incoming_phone_numbers.list(phone_number=OTHER)
    SavedSettings(saved, ACCOUNT, [PhoneNumber(number.sid, OTHER, SETTINGS | {"trunk_sid": "TK1"})]).save()
    assert verify("--restore") == 2
    assert f"{OTHER}: trunk_sid should be 'TK1' and is None" in capsys.readouterr().err
    assert saved.exists()


def test_settings_of_another_account_are_not_restored(verify: Verify, saved: Path, capsys: Capture) -> None:
    SavedSettings(saved, "AC" + "1" * 32, []).save()
    assert (verify("--restore"), saved.exists()) == (2, True)
    assert f"is from the account AC{'1' * 32}" in capsys.readouterr().err


def test_the_file_with_the_settings_is_readable_by_its_owner_only(saved: Path) -> None:
    SavedSettings(saved, ACCOUNT, []).save()
    assert saved.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_the_run_and_restores_the_numbers(
    begun: Begun, client: Client, app_number: dict[str, Any], saved: Path, tmp_path: Path, number: int
) -> None:
    program = begun()
    program.send_signal(number)
    program.send_signal(number)
    assert program.wait(20) == 1
    assert result(tmp_path)["note"] == "the run was stopped"
    assert (settings_of(client, OTHER), live_calls(client), saved.exists()) == (app_number, [], False)


@pytest.mark.slow
def test_only_the_numbers_of_the_run_reach_its_documents(
    begun: Begun, twilio: Emulator, client: Client
) -> None:
    begun()
    stranger = twilio.dial(OTHER).waits_for(status="no-answer", timeout=10)
    assert "Reject" in stranger.requests[0]["response"]
