"""Payment sessions: an agent guides the payment over REST, one detail at a time
(https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.listener_callbacks import ListenerCallbacks
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.payments.details import Details
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class PaymentWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that a payment session uses."""


class PaymentSession(CallListener):
    """A session on a call: it collects the keys for the detail that is being captured, up to ``#``."""

    resource = "Payments"
    world: PaymentWorld

    def __init__(self, world: PaymentWorld, call: Call, details: Details, callback: str) -> None:
        super().__init__(world, call, new_sid("PK"))
        self.created = world.clock.now()
        self._details, self._capturing, self._keys = details, "", ""
        self._callbacks = ListenerCallbacks(world, call, "payment", callback, "POST")

    def report_to(self, url: str) -> None:
        """Send later callbacks to another URL."""
        self._callbacks.url = url

    def capture(self, part: str) -> None:
        """Collect the next keys for a detail; they replace an earlier value."""
        self._capturing, self._keys = part, ""
        self._details.given.pop(part, None)

    def on_keys(self, digits: str) -> None:
        """Collect keys; at ``#`` the detail is complete, and the result is reported."""
        for digit in digits:
            if not self._capturing:
                return
            if digit == "#":
                self._complete_detail()
            else:
                self._keys += digit

    def _complete_detail(self) -> None:
        part, keys, self._keys = self._capturing, self._keys, ""
        error = self._details.add(part, keys)
        if not error:
            self._capturing = ""
        params = {"Capture": part, "PartialResult": "true"}
        self._report(params | ({"ErrorType": error} if error else {}))

    def finish(self, status: str) -> None:
        """Process the payment (``complete``) or discard it (``cancel``), and report the result."""
        if status == "cancel":
            self._report({"Result": "cancelled"})
        elif self._details.required():
            self._report({"Result": "validation-error"})
        else:
            self._report(self._details.process(self.world.switches.payment_connector))
        self._capturing = ""
        self.stop()

    def _report(self, params: dict[str, str]) -> None:
        required = {"Required": ",".join(self._details.required())} if "PartialResult" in params else {}
        self._callbacks.send({"Sid": self.sid} | self._details.masked() | required | params)
