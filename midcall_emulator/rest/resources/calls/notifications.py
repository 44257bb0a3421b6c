"""Notifications of a call: its warnings and errors, as in Twilio's debugger."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from midcall_emulator.core.call_record import Call, Notification
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import page
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import date_filters
from midcall_emulator.rest.response import Response

_LOG_LEVELS = {"error": "0", "warning": "1"}
_DETAIL_FIELDS = ("request_variables", "response_headers", "response_body")


@operation("GET", "/Calls/{call_sid}/Notifications.json")
def list_notifications(request: Request) -> Response:
    """Return the notifications, newest first; ``Log`` is 0 for errors and 1 for warnings."""
    call = find_call(request)
    date_filters.check(request, "MessageDate")
    items = [item for item in reversed(call.notifications) if _matches(request, item)]
    fields = partial(_fields, request, call)
    return Response(200, page(request, "notifications", items, fields, lambda item: item.sid))


@operation("GET", "/Calls/{call_sid}/Notifications/{notification_sid}.json")
def fetch(request: Request) -> Response:
    """Return one notification, with the fields that the list leaves out."""
    call = find_call(request)
    for item in call.notifications:
        if item.sid == request.ids["notification_sid"]:
            return Response(200, _fields(request, call, item) | dict.fromkeys(_DETAIL_FIELDS, ""))
    raise RestError(20404, request.path)


def _matches(request: Request, item: Notification) -> bool:
    level = _LOG_LEVELS[item.level]
    appears = item.at + request.world.switches.notifications_after_seconds
    is_shown = request.get("Log", level) == level and appears <= request.world.clock.now()
    return is_shown and date_filters.matches(request, "MessageDate", item.at)


def _fields(request: Request, call: Call, item: Notification) -> dict[str, Any]:
    level = "ERROR" if item.level == "error" else "WARN"
    when = date(request.world, item.at)
    return {
        "sid": item.sid,
        "account_sid": request.world.account,
        "call_sid": call.sid,
        "api_version": "2010-04-01",
        "error_code": str(item.code),
        "log": _LOG_LEVELS[item.level],
        "message_text": urlencode({"ErrorCode": item.code, "LogLevel": level, "Msg": item.message}),
        "message_date": when,
        "more_info": f"https://www.twilio.com/docs/errors/{item.code}",
        "request_method": "POST",
        "request_url": item.url,
        "date_created": when,
        "date_updated": when,
        "uri": path(request.world, f"Calls/{call.sid}/Notifications/{item.sid}.json"),
    }
