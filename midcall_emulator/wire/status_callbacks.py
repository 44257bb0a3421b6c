"""Status callbacks of calls (https://www.twilio.com/docs/voice/api/call-resource#statuscallback)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.wire import parameters
from midcall_emulator.wire.callbacks import note_failed_callback
from midcall_emulator.wire.delivery import Reply
from midcall_emulator.wire.webhooks import HasWebhooks, OutgoingRequest

_STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


class StatusCallbackWorld(HasAccount, HasCallLog, HasClock, HasWebhooks, Protocol):
    """The parts of the world that status callbacks use."""


class StatusCallbacks:
    """Send status callbacks; ``is_twiml`` says whether an answer that is not empty is TwiML at least."""

    def __init__(self, world: StatusCallbackWorld, is_twiml: Callable[[Reply], bool]) -> None:
        self._world, self._is_twiml = world, is_twiml

    def report(self, call: Call, event: str) -> None:
        """Send the callback for an event if the call subscribed to it.

        This does not wait; the callbacks of a call are sent in order, each after the answer to the one before.
        """
        handlers = call.handlers
        if not handlers.status_callback or event not in handlers.status_events:
            return
        params = self._parameters(call, event)
        call.run.callbacks_sent += 1
        request = OutgoingRequest(
            "status", handlers.status_callback, handlers.status_method, tuple(params.items()), bare=True
        )
        call.run.last_callback = self._world.clock.spawn(self._send(call, request, call.run.last_callback))

    def _parameters(self, call: Call, event: str) -> dict[str, str]:
        params = parameters.standard(self._world.account, call, _STATUS_OF.get(event, call.status))
        params |= parameters.progress(call, event, call.run.callbacks_sent, self._world.clock.date())
        if event == "completed" and call.run.recording_parameters:
            params |= call.run.recording_parameters()
        return params

    async def _send(self, call: Call, request: OutgoingRequest, earlier: asyncio.Task[None] | None) -> None:
        world = self._world
        if earlier:
            await world.clock.park(asyncio.shield(earlier))
        reply = await world.webhooks.fetch(call, request)
        note_failed_callback(world.log, call, "status", reply)
        if not reply.problem and reply.body.strip() and not self._is_twiml(reply):
            world.log.warning(
                call, 15003, "status callback: the answer is neither empty nor TwiML", request.url
            )


class HasStatusCallbacks(Protocol):
    """Offers what sends the status callbacks of calls."""

    status_callbacks: StatusCallbacks
