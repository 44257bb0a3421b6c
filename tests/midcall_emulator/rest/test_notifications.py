"""The REST API of notifications and events of a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def test_notifications_and_events_are_listed(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Nonsense/><Redirect/>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    found = client.calls(phone.sid).notifications.list()
    assert [(item.error_code, item.log) for item in found] == [("11100", "0"), ("12200", "1")]
    assert [item.error_code for item in client.calls(phone.sid).notifications.list(log=1)] == ["12200"]
    single = client.calls(phone.sid).notifications(found[0].sid).fetch()
    assert "ErrorCode=11100" in str(single.message_text)
    assert client.calls(phone.sid).events.list() == []
    twilio.advance(900)
    requests = [event.request["url"] for event in client.calls(phone.sid).events.list()]
    assert requests == [app.url("/start"), app.url("/status")]


def test_notifications_are_filtered_by_date(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", "<Nothing/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    notifications, today = client.calls(phone.sid).notifications, datetime.now(UTC).date()
    assert len(notifications.list(message_date=today)) == 1
    assert len(notifications.list(message_date_after=today)) == 1
    assert notifications.list(message_date_before=today) == []
    assert notifications.list(message_date=today - timedelta(days=2)) == []
