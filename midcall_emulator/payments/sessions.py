"""Payments that an agent guides over REST, one part at a time
(https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.forks import Fork, Line
from midcall_emulator.payments.details import Details
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks


class PaymentWorld(HasAccount, HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that a payment uses."""


class Payment(Fork):
    """One session on a call: it takes the keys of the part that is being captured, up to ``#``."""

    resource = "Payments"
    world: PaymentWorld

    def __init__(self, world: PaymentWorld, call: Call, details: Details, callback: str) -> None:
        super().__init__(world, call, new_sid("PK"))
        self.created = world.clock.now()
        self._details, self._capturing, self._keys = details, "", ""
        self._line = Line(world, call, "payment", callback, "POST")

    def report_to(self, url: str) -> None:
        """Send what comes from now on to another callback."""
        self._line.url = url

    def capture(self, part: str) -> None:
        """Take the next keys for a part, in the place of what was given for it before."""
        self._capturing, self._keys = part, ""
        self._details.given.pop(part, None)

    def pressed(self, digits: str) -> None:
        """Collect keys; the part is complete at ``#``, and the app is told what became of it."""
        for digit in digits if self._capturing else "":
            if digit != "#":
                self._keys += digit
                continue
            error = self._details.take(self._capturing, self._keys)
            told = {"Capture": self._capturing, "PartialResult": "true"}
            self._capturing = "" if not error else self._capturing
            self._keys = ""
            self._tell(told | ({"ErrorType": error} if error else {}))

    def finish(self, status: str) -> None:
        """Process what was given (``complete``), or throw it away (``cancel``); the app is told."""
        if status == "cancel":
            self._tell({"Result": "cancelled"})
        elif self._details.required():
            self._tell({"Result": "validation-error"})
        else:
            self._tell(self._details.processed(self.world.switches.payment_connector))
        self._capturing = ""
        self.stop()

    def _tell(self, params: dict[str, str]) -> None:
        required = {"Required": ",".join(self._details.required())} if "PartialResult" in params else {}
        self._line.send({"Sid": self.sid} | self._details.shown() | required | params)
