"""What Twilio's debugger knows of a call: notifications (warnings, errors) and events (requests to the app)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from midcall_emulator.core.call_record import Call, Notification, RequestItem
from midcall_emulator.rest import Answer, Ask, date_filters, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import page

_LOGS = {"error": "0", "warning": "1"}


@operation("GET", "/Calls/{call_sid}/Notifications.json")
def list_notifications(ask: Ask) -> Answer:
    """Return a call's notifications, newest first; ``Log`` is 0 for errors and 1 for warnings."""
    call = parameters.call_of(ask)
    date_filters.check(ask, "MessageDate")
    found = [
        item
        for item in reversed(call.notifications)
        if ask.get("Log", _LOGS[item.level]) == _LOGS[item.level]
        and date_filters.fits(ask, "MessageDate", item.at)
    ]
    return Answer(
        200,
        page(ask, "notifications", found, lambda item: _notification(ask, call, item), lambda item: item.sid),
    )


@operation("GET", "/Calls/{call_sid}/Notifications/{notification_sid}.json")
def fetch_notification(ask: Ask) -> Answer:
    """Return one notification, with the fields that only a single one has."""
    call = parameters.call_of(ask)
    for item in call.notifications:
        if item.sid == ask.ids["notification_sid"]:
            more = dict.fromkeys(("request_variables", "response_headers", "response_body"), "")
            return Answer(200, _notification(ask, call, item) | more)
    raise Refusal(20404, ask.path)


@operation("GET", "/Calls/{call_sid}/Events.json")
def list_events(ask: Ask) -> Answer:
    """Return the requests that were made for a call, oldest first."""
    call = parameters.call_of(ask)
    return Answer(
        200, page(ask, "events", call.requests, lambda item: _event(ask, item), lambda item: item.token)
    )


def _notification(ask: Ask, call: Call, item: Notification) -> dict[str, Any]:
    level = "ERROR" if item.level == "error" else "WARN"
    date = representation.date(ask.world, item.at)
    return {
        "sid": item.sid,
        "account_sid": ask.world.account,
        "call_sid": call.sid,
        "api_version": "2010-04-01",
        "error_code": str(item.code),
        "log": _LOGS[item.level],
        "message_text": urlencode({"ErrorCode": item.code, "LogLevel": level, "Msg": item.message}),
        "message_date": date,
        "more_info": f"https://www.twilio.com/docs/errors/{item.code}",
        "request_method": "POST",
        "request_url": item.url,
        "date_created": date,
        "date_updated": date,
        "uri": representation.path(ask.world, f"Calls/{call.sid}/Notifications/{item.sid}.json"),
    }


def _event(ask: Ask, item: RequestItem) -> dict[str, Any]:
    return {
        "request": {"method": item.method, "url": item.url, "parameters": item.params},
        "response": {
            "response_code": item.status,
            "request_duration": item.milliseconds,
            "content_type": item.content_type,
            "response_body": item.response,
            "date_created": representation.date(ask.world, item.at),
        },
    }
