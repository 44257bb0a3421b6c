"""A bug behind a webhook: the caller hears a sentence, the webhook is recorded, and the log names call and request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest
from flask import Flask

from tests.support.clients import PUBLIC_URL, Twilio, form, new_call_sid
from voice.web.webhooks import failures

PATHS = {
    "incoming": "/voice/incoming",
    "scene": "/voice/scenes/menu",
    "fallback": "/voice/fallback",
    "status": "/voice/status",
    "recording": "/voice/recording",
    "fork": "/voice/fork",
    "conference": "/voice/conference",
    "debugger": "/voice/debugger",
}
TOKEN = "the-token-of-the-request"


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    return sqlite_app


def fail(*_: Any, **__: Any) -> NoReturn:
    raise ZeroDivisionError(str(4700 + 11))


def fail_in_view(app: Flask, name: str) -> None:
    app.view_functions[f"webhooks.{name}"] = fail


def fail_before_view(app: Flask, name: str) -> None:
    app.before_request(fail)


def fail_after_view(app: Flask, name: str) -> None:
    app.after_request_funcs.setdefault("webhooks", []).append(fail)


def verbs(twiml: str) -> list[str]:
    return [verb.tag for verb in ElementTree.fromstring(twiml)]


def test_every_webhook_is_in_the_list(app):
    routes = {
        rule.endpoint.partition(".")[2] for rule in app.url_map.iter_rules() if "webhooks." in rule.endpoint
    }
    assert routes == set(PATHS)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("break_app", [fail_before_view, fail_in_view, fail_after_view])
def test_a_bug_is_answered_with_a_sentence_and_logged(
    app: Flask, twilio: Twilio, caplog: pytest.LogCaptureFixture, name: str, break_app: Callable[..., None]
):
    break_app(app, name)
    call_sid = new_call_sid()
    answer = twilio.post(PATHS[name], form(call_sid), token=TOKEN)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    document = ElementTree.fromstring(answer.text)
    assert verbs(answer.text) == ["Say", "Pause", "Redirect"]
    assert document.find("Redirect").text == f"{PUBLIC_URL}{PATHS[name]}?retry=1"
    [line] = [record.getMessage() for record in caplog.records if record.name == failures.__name__]
    assert f"Call {call_sid}, POST {PATHS[name]}, idempotency token '{TOKEN}'" in line
    assert "ZeroDivisionError" in line


def test_the_log_says_that_a_request_has_no_token(app, twilio, caplog):
    fail_in_view(app, "incoming")
    twilio.post(PATHS["incoming"], form(new_call_sid()), token="")
    [line] = [record.getMessage() for record in caplog.records if record.name == failures.__name__]
    assert f"POST {PATHS['incoming']}, idempotency token none." in line


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("break_app", [fail_in_view, fail_after_view])
def test_a_webhook_is_recorded_once_in_spite_of_a_bug(app, twilio, registry, name, break_app):
    break_app(app, name)
    call_sid = new_call_sid()
    twilio.post(PATHS[name], form(call_sid), token=TOKEN)
    [event] = registry.events.of_call(call_sid)
    assert event.kind == f"webhook.{name}"


def test_a_bug_in_the_status_callback_does_not_lose_the_end_of_the_call(app, twilio, registry):
    fail_in_view(app, "status")
    call_sid = new_call_sid()
    twilio.status(call_sid, "completed")
    assert registry.calls.get(call_sid).status == "completed"


def test_after_three_retries_a_bug_ends_the_call(app, twilio):
    fail_in_view(app, "incoming")
    assert verbs(twilio.post("/voice/incoming?retry=3", form(new_call_sid())).text) == ["Say", "Hangup"]


def test_a_bug_in_the_apology_is_answered_with_a_goodbye(app, twilio, monkeypatch):
    fail_in_view(app, "incoming")
    monkeypatch.setattr(failures, "apology", fail)
    assert verbs(twilio.post("/voice/incoming", form(new_call_sid())).text) == ["Say", "Hangup"]


def test_a_bug_while_the_event_is_made_is_answered_with_a_sentence(twilio, monkeypatch):
    monkeypatch.setattr(failures, "webhook_event", fail)
    monkeypatch.setattr("voice.web.webhooks.answers.webhook_event", fail)
    assert verbs(twilio.post("/voice/incoming", form(new_call_sid())).text) == ["Say", "Pause", "Redirect"]


def test_the_message_of_a_bug_in_a_secret_scene_is_not_logged(app, twilio, caplog):
    fail_in_view(app, "scene")
    twilio.post("/voice/scenes/unknown", form(new_call_sid()))
    assert "ZeroDivisionError" in caplog.text
    assert "4711" not in caplog.text


def test_a_token_cannot_forge_a_line_of_the_log(app, twilio, caplog):
    fail_in_view(app, "incoming")
    twilio.post("/voice/incoming", form(new_call_sid()), token="x\u0085y")
    assert "'x\\x85y'" in caplog.text


def test_a_bug_in_the_signature_check_records_nothing(app, registry, monkeypatch):
    monkeypatch.setattr(app.extensions["signatures"], "valid", fail)
    call_sid = new_call_sid()
    answer = app.test_client().post("/voice/incoming", data=form(call_sid))
    assert verbs(answer.text) == ["Say", "Pause", "Redirect"]
    assert registry.events.of_call(call_sid) == []
