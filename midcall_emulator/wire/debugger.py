"""The error webhook of the account: each warning and error of a call, as Twilio's debugger reports it.

Source: https://www.twilio.com/docs/usage/troubleshooting/debugging-event-webhooks
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_record import Call, Notification
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.webhooks import HasWebhooks

_OF_A_REPORT = "debugger"


class DebuggerWorld(HasAccount, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that the error webhook uses."""


class DebuggerWebhook:
    """Sends each warning and error to the URL of the switch ``debugger_url``."""

    def __init__(self, world: DebuggerWorld) -> None:
        self._world = world

    def report(self, call: Call, notification: Notification) -> None:
        """Send a report, unless it is about the webhook itself. The request is not one of the call's."""
        url = self._world.switches.debugger_url
        if not url or call.direction == _OF_A_REPORT:
            return
        request = OutgoingRequest.callback("debugger", url, "POST", self._params(call, notification))
        self._world.webhooks.send(Call(call.sid, "", "", _OF_A_REPORT, call.status, call.created), request)

    def _params(self, call: Call, notification: Notification) -> dict[str, str]:
        return {
            "Sid": notification.sid,
            "AccountSid": self._world.account,
            "Timestamp": self._world.clock.date(notification.at).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Level": notification.level.capitalize(),
            "PayloadType": "application/json",
            "Payload": json.dumps(_payload(call, notification)),
        }


def _payload(call: Call, notification: Notification) -> dict[str, Any]:
    level = "ERROR" if notification.level == "error" else "WARN"
    more = {"Msg": notification.message, "ErrorCode": str(notification.code), "LogLevel": level}
    request = {"url": notification.url, "method": "POST", "parameters": {"CallSid": call.sid}}
    return {
        "resource_sid": call.sid,
        "service_sid": None,
        "error_code": str(notification.code),
        "more_info": more,
        "webhook": {"type": "application/json", "request": request, "response": {}},
    }
