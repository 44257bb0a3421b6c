"""`flask doctor` on the account: permissions of the key, settings of numbers, and what only a person can see."""

from __future__ import annotations

import json

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.clients import ACCOUNT, NUMBER, PUBLIC_URL, TOKEN, settings
from tests.support.command_line import output_of, run
from tests.support.scripted_app import Answer, ScriptedApp
from voice import create_app
from voice.commands import all_commands
from voice.setup.permissions import commands_that_need, connectors
from voice.twilio.permissions import PROBES

API = f"/2010-04-01/Accounts/{ACCOUNT}"


@pytest.fixture(scope="module")
def emulator():
    """Twilio's API, without an account."""
    with Background(Settings(port=0)) as url:
        yield Emulator(url)


@pytest.fixture
def app_with(tmp_path):
    """Make an app whose Twilio is at an address."""
    apps = []

    def make(address):
        url = f"sqlite:///{tmp_path / 'midcall.db'}"
        given = settings(DATABASE_URL=url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=address)
        apps.append(create_app(given, dotenv=None))
        output_of(apps[-1], "migrate")
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["midcall"].close()


def line(result, check):
    """The line of a check."""
    [found] = [one for one in result.output.splitlines() if one[7:].partition(":")[0] == check]
    return found


def test_each_probe_is_harmless_and_finds_the_permission(app_with, emulator):
    app = app_with(emulator.base_url)
    before = emulator.calls()
    assert line(run(app, "doctor", NUMBER), "permissions") == "fine   permissions"
    assert emulator.calls() == before


def test_a_missing_permission_names_the_commands_that_will_not_work(app_with, emulator):
    refused = {"on": "rest", "match": {"method": "POST", "path": "/Streams"}, "do": "status", "value": 403}
    emulator.faults([refused])
    result = run(app_with(emulator.base_url), "doctor", NUMBER)
    emulator.reset()
    found = line(result, "permission for streams")
    assert found.startswith(
        "TO DO  permission for streams: These commands will not work: stream_start, stream_stop."
    )
    assert "70051" in found
    assert result.exit_code == 1


def test_every_resource_of_twilio_that_a_command_needs_is_probed(app):
    needed = commands_that_need(app.extensions["midcall"])
    assert set(needed) | {"call log", "numbers"} == set(PROBES)
    assert {name for names in needed.values() for name in names} == set(all_commands()) - {"emergency_lift"}


def test_what_no_api_tells_is_listed_with_the_place_to_look(app_with, emulator):
    result = run(app_with(emulator.base_url), "doctor", NUMBER)
    for check, place in (
        ("calls at once", "10004"), ("transcription", "AI addendum"), ("forks of a call", "siprec"),
        ("error webhook", f"{PUBLIC_URL}/voice/debugger"), ("calls above four hours", "MAX_CALL_SECONDS"),
    ):  # fmt: skip
        assert line(result, check).startswith("look")
        assert place in line(result, check)


@pytest.fixture
def twilio_api():
    """An API of Twilio that says what a test scripts. It refuses the credentials for calls, so nothing is probed."""
    with ScriptedApp(TOKEN) as server:
        server.on(f"{API}/Calls.json", reply(401, code=20003, message="none"))
        yield server


def reply(status=200, **body):
    return Answer(json.dumps(body), status, "application/json")


def number(phone_number=NUMBER, **fields):
    """An IncomingPhoneNumber that leads to the app."""
    voice = f"{PUBLIC_URL}/voice"
    return {
        "sid": "PN" + "1" * 32, "phone_number": phone_number, "voice_url": f"{voice}/incoming",
        "voice_method": "POST", "voice_fallback_url": f"{voice}/fallback", "voice_fallback_method": "POST",
        "status_callback": f"{voice}/status", "status_callback_method": "POST", "voice_application_sid": "",
        "trunk_sid": None, "voice_receive_mode": "voice", **fields,
    }  # fmt: skip


def serve_numbers(server, *numbers, region=None):
    server.on(f"{API}/IncomingPhoneNumbers.json", reply(incoming_phone_numbers=list(numbers)))
    server.on(f"{API}/IncomingPhoneNumbers/PN{'1' * 32}.json", reply(**numbers[0]))
    found = reply(voice_region=region) if region else reply(404, code=20404, message="none")
    server.on(f"/v2/PhoneNumbers/{NUMBER}", found)


@pytest.mark.parametrize(
    ("fields", "region", "advice"),
    [
        ({"voice_application_sid": "AP" + "1" * 32}, None, "TwiML app"),
        ({"trunk_sid": "TK" + "1" * 32}, None, "SIP trunk"),
        ({"voice_receive_mode": "fax"}, None, "faxes"),
        ({}, "ie1", "processed in the Region ie1"),
        ({"voice_url": "https://other.example.com"}, None, "Wrong values: voice_url."),
    ],
)
def test_settings_that_lead_calls_past_the_voice_url_are_reported(
    app_with, twilio_api, fields, region, advice
):
    serve_numbers(twilio_api, number(**fields), region=region)
    assert advice in line(run(app_with(twilio_api.url("")), "doctor", NUMBER), f"number {NUMBER}")


@pytest.mark.parametrize("region", [None, "us1"])
def test_a_number_whose_calls_come_here_is_fine(app_with, twilio_api, region):
    serve_numbers(twilio_api, number(), region=region)
    found = line(run(app_with(twilio_api.url("")), "doctor", NUMBER), f"number {NUMBER}")
    assert found == f"fine   number {NUMBER}"


def test_set_up_takes_the_number_that_was_given_out_of_its_app(app_with, twilio_api):
    """Twilio's filter finds every number that contains the given one."""
    longer = number(f"{NUMBER}9", sid="PN" + "2" * 32)
    serve_numbers(twilio_api, number(voice_application_sid="AP" + "1" * 32), longer)
    output_of(app_with(twilio_api.url("")), "numbers", "set-up", NUMBER)
    sent = twilio_api.visit(f"{API}/IncomingPhoneNumbers/PN{'1' * 32}.json").params
    assert (sent["VoiceApplicationSid"], sent["VoiceUrl"]) == ("", f"{PUBLIC_URL}/voice/incoming")


def test_set_up_does_not_change_a_number_that_only_contains_the_given_one(app_with, twilio_api):
    serve_numbers(twilio_api, number(f"{NUMBER}9"))
    result = run(app_with(twilio_api.url("")), "numbers", "set-up", NUMBER)
    assert (result.exit_code, "has no number" in result.output) == (1, True)


def test_set_up_refuses_a_number_of_a_trunk(app_with, twilio_api):
    serve_numbers(twilio_api, number(trunk_sid="TK" + "1" * 32))
    result = run(app_with(twilio_api.url("")), "numbers", "set-up", NUMBER)
    assert (result.exit_code, "SIP trunk" in result.output) == (1, True)


def test_the_installed_connectors_are_named(app_with, twilio_api):
    add_ons = {
        "installed_add_ons": [{"sid": "XE1", "unique_name": "recorder"}],
        "meta": {"key": "installed_add_ons"},
    }
    twilio_api.on("/v1/InstalledAddOns", reply(**add_ons))
    services = app_with(twilio_api.url("")).extensions["midcall"]
    assert [found.look for found in connectors(services)] == ["One of the installed add-ons: recorder"]
