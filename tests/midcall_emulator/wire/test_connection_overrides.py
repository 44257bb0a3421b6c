"""Retries, timeouts and their overrides in the fragment of a URL."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import configure_number, run_call
from tests.support.scripted_app import Answer, ScriptedApp

TOKEN = "i-twilio-idempotency-token"


def test_an_error_status_is_not_retried_by_default(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer(status=503))
    run_call(twilio)
    assert app.paths() == ["POST /start"]


def test_the_fragment_controls_retries_and_is_never_sent(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url=app.url("/start#rc=2&rp=5xx&rt=2000"))
    app.on("/start", Answer(status=503), Answer(status=503), "<Say>Third</Say>")
    phone = run_call(twilio)
    assert heard(phone) == ["say(Third)"]
    assert [visit.target for visit in app.visits if visit.path == "/start"] == ["/start"] * 3
    tokens = [visit.headers.get(TOKEN) for visit in app.visits if visit.path == "/start"]
    assert (tokens[0], len(set(tokens[1:])), len(tokens[1] or "")) == (None, 1, 36)


def test_the_first_request_has_a_token_if_the_switch_says_so(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(idempotency_token="all")
    configure_number(client, voice_url=app.url("/start#rc=1&rp=5xx"))
    app.on("/start", Answer(status=503), "<Say>Second</Say>")
    run_call(twilio)
    assert len({visit.headers[TOKEN] for visit in app.visits if visit.path == "/start"}) == 1


def test_a_read_timeout_is_an_error(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start#rt=100"))
    app.on("/start", Answer(wait=True))
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone), app.paths()) == ([11200], ["apology"], ["POST /start"])


def test_a_refused_connection_is_tried_twice(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url="http://127.0.0.1:9/dead", status_callback="")
    phone = run_call(twilio)
    assert warning_codes(phone) == [11205]
    assert [request["url"] for request in phone.requests] == ["http://127.0.0.1:9/dead"] * 2


@pytest.mark.parametrize(
    ("fragment", "first", "tries", "warnings"),
    [  # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
        ("#rp=5xx", 500, 2, []),
        ("#rp=4xx", 404, 2, []),
        ("#rp=4xx", 500, 1, []),
        ("#rp=all&rc=3", 500, 4, []),
        ("#rp=ct,5xx&rc=1", 500, 2, []),
        ("#rp=5xx&rc=0", 500, 1, []),
        ("#rp=rt", 500, 1, []),
        ("#rp=5xx&rc=6", 500, 2, [11243]),
        ("#rp=often", 500, 1, [11243]),
        ("#e=dublin,ashburn&sni=y", 500, 1, []),
        ("#e=mars", 500, 1, [11240]),
        ("#tt=" + "9" * 5000, 500, 1, [11240]),
        ("#ct=99&rt=x&tt=15001", 500, 1, [11240] * 3),
        ("#top", 500, 1, []),
    ],
)
def test_connection_overrides_control_retries(
    twilio: Emulator,
    app: ScriptedApp,
    client: Client,
    fragment: str,
    first: int,
    tries: int,
    warnings: list[int],
) -> None:
    configure_number(client, voice_url=app.url("/start" + fragment))
    app.on("/start", Answer(status=first))
    phone = run_call(twilio)
    assert app.paths() == ["POST /start"] * tries
    assert warning_codes(phone) == [*warnings, 11200]
    tokens = [item["idempotency_token"] for item in phone.requests if "/start" in item["url"]]
    assert (tokens[0], len(set(tokens[1:]))) == (None, min(1, tries - 1))


def test_retry_count_zero_disables_the_second_try(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url="http://127.0.0.1:9/dead#rc=0", status_callback="")
    assert len(run_call(twilio).requests) == 1


def test_the_fallback_url_has_its_own_overrides(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(
        client, voice_url=app.url("/start#rc=2&rp=5xx"), voice_fallback_url=app.url("/fb#rc=1&rp=5xx")
    )
    app.on("/start", Answer(status=500))
    app.on("/fb", Answer(status=500), "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start"] * 3 + ["POST /fb"] * 2, ["say(Sorry)"])
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/start")
