"""Status callbacks of calls (https://www.twilio.com/docs/voice/api/call-resource#statuscallback)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire import parameters
from midcall_emulator.wire.callbacks import CallbackQueue
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.reply import Reply
from midcall_emulator.wire.webhooks import HasWebhooks

_STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
_LAST_EVENT = "completed"


class StatusCallbackWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that status callbacks use."""


class StatusCallbacks:
    """Sends the status callbacks of each call in order. ``is_twiml`` returns whether a reply is a TwiML document."""

    def __init__(self, world: StatusCallbackWorld, is_twiml: Callable[[Reply], bool]) -> None:
        self._world, self._is_twiml = world, is_twiml
        self._queues: dict[str, CallbackQueue] = {}

    def report(self, call: Call, event: str) -> None:
        """Send the callback for an event, if the call subscribed to it; this does not wait."""
        handlers = call.handlers
        if handlers.status_callback and event in handlers.status_events:
            queue = self._queues.setdefault(call.sid, CallbackQueue(self._world))
            params = self._parameters(call, event, queue.count)
            url, method = handlers.status_callback, handlers.status_method
            request = OutgoingRequest.callback("status", url, method, params)
            queue.send(call, request, partial(self._check_response, call, url))
        if event == _LAST_EVENT:
            self._queues.pop(call.sid, None)

    def _parameters(self, call: Call, event: str, number: int) -> dict[str, str]:
        params = parameters.standard(self._world.account, call, _STATUS_OF.get(event, call.status))
        params |= parameters.progress(call, event, number, self._world.clock.date())
        if event == _LAST_EVENT and call.run.recording_parameters:
            params |= call.run.recording_parameters()
        return params

    def _check_response(self, call: Call, url: str, reply: Reply) -> None:
        """Record a warning (15003) for a response that is neither empty nor TwiML."""
        if not reply.problem and reply.body.strip() and not self._is_twiml(reply):
            message = "status callback: the response is neither empty nor TwiML"
            self._world.log.warning(call, 15003, message, url)


class HasStatusCallbacks(Protocol):
    """Offers what sends the status callbacks of calls."""

    status_callbacks: StatusCallbacks
