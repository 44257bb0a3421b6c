"""What stops a run before its first change: the message says what to do, and the numbers stay as they are."""

from __future__ import annotations

import builtins
import socket
import sys
from pathlib import Path

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, NUMBER
from tests.midcall_emulator.verify.conftest import OTHER, Verify
from tests.support.emulator_calls import start_call
from tests.support.ports import free_port
from tests.support.scripted_app import Answer, ScriptedApp


def voice_urls(client: Client) -> list[str]:
    """Return the voice URL of each number."""
    return [number.voice_url or "" for number in client.incoming_phone_numbers.list()]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "nonsense"], "--from nonsense: enter a number of the account"),
        (["--to", NUMBER], "the same number"),
        (["--to", "+14155550199"], "+14155550199 is not a number of this account"),
        (["--to", OTHER[:-1]], f"{OTHER[:-1]} is not a number of this account"),
        (["--public-url", ""], "--public-url"),
        (["--public-url", "https://example.com/verify"], "without a path"),
        (["--only", "nonsense"], "no scenario nonsense"),
        (["--max-usd", "0.01"], "--max-usd allows 0.01"),
        (["--restore"], "nothing to restore"),
        (["--api-url", "http://127.0.0.1:9"], "does not answer"),
        ([], "no terminal"),
    ],
)
def test_a_run_that_cannot_start_changes_nothing(
    verify: Verify, client: Client, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert verify(*options) == 2
    assert message in capsys.readouterr().err
    assert voice_urls(client) == ["", ""]


@pytest.mark.parametrize("name", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_a_missing_credential_is_named(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.delenv(name)
    assert verify() == 2
    assert f"Set {name}" in capsys.readouterr().err


def test_wrong_credentials_are_refused(
    verify: Verify, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
    assert verify("--yes") == 2
    assert "Twilio refuses the credentials" in capsys.readouterr().err
    assert voice_urls(client) == ["", ""]


def test_a_trial_account_is_refused(
    verify: Verify, shared_app: ScriptedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    shared_app.clear()
    trial = Answer('{"type": "Trial"}', content_type="application/json")
    shared_app.on(f"/2010-04-01/Accounts/{ACCOUNT}.json", trial)
    assert verify("--yes", "--api-url", shared_app.url("")) == 2
    assert "Trial accounts" in capsys.readouterr().err
    shared_app.clear()


def test_a_number_with_a_live_call_is_refused(
    verify: Verify, twilio: Emulator, client: Client, app: ScriptedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    busy = start_call(twilio, app, "<Say>Hi</Say><Pause length='600'/>", 5)
    client.incoming_phone_numbers.list(phone_number=NUMBER)[0].update(voice_url="")
    assert verify() == 2
    assert f"{NUMBER} carries live calls (1). Use other numbers, or --yes." in capsys.readouterr().err
    assert busy.status == "in-progress"


@pytest.mark.parametrize("owner", ["url", "app"])
def test_a_number_of_an_app_is_refused(
    verify: Verify, client: Client, capsys: pytest.CaptureFixture[str], owner: str
) -> None:
    app = client.applications.create(voice_url="https://example.com/voice")
    settings = {"url": {"voice_url": "https://example.com/voice"}, "app": {"voice_application_sid": app.sid}}
    client.incoming_phone_numbers.list(phone_number=OTHER)[0].update(**settings[owner])
    assert verify() == 2
    assert f"{OTHER} belongs to an app" in capsys.readouterr().err


def test_the_demo_of_a_new_number_is_no_app(
    verify: Verify, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = "https://demo.twilio.com/welcome/voice/"
    client.incoming_phone_numbers.list(phone_number=OTHER)[0].update(voice_url=demo)
    assert verify() == 2
    assert "no terminal" in capsys.readouterr().err


def test_a_public_url_that_leads_nowhere_is_refused(
    verify: Verify, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("--yes", "--public-url", f"http://127.0.0.1:{free_port()}") == 2
    assert "The public URL does not lead here" in capsys.readouterr().err
    assert voice_urls(client) == ["", ""]


def test_a_public_url_that_leads_to_another_program_is_refused(
    verify: Verify, emulator_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("--yes", "--public-url", emulator_url) == 2
    assert "leads to another program (HTTP 404)" in capsys.readouterr().err


def test_a_port_in_use_is_refused(verify: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert verify("--yes", "--port", str(taken.getsockname()[1])) == 2
    assert "is in use" in capsys.readouterr().err


def test_settings_that_were_not_restored_stop_the_next_run(
    verify: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "saved.json").write_text("{}")
    assert verify("--yes") == 2
    assert "Run `verify --restore` first" in capsys.readouterr().err
    assert verify("--restore") == 2
    assert "is not a file of `verify`" in capsys.readouterr().err
    assert (tmp_path / "saved.json").exists()


@pytest.mark.parametrize(("reply", "status"), [("n", 2), ("", 2), ("y", 0)])
def test_the_cost_is_said_before_the_owner_is_asked(
    verify: Verify,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reply: str,
    status: int,
) -> None:
    said = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", lambda _: said.append(capsys.readouterr().out) or reply)
    assert verify() == status
    assert "Expected cost: 0.06 USD, never more than 2.00 USD" in said[0]
    assert voice_urls(client) == ["", ""]
    assert bool(client.calls.list()) == (reply == "y")
