"""One phone in a call: its actions, its state, and waiting for what it hears."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlencode

from midcall_emulator.client.errors import WaitTimeout
from midcall_emulator.client.transcript import transcript

_REAL_TIME_LIMIT = 5.0  # seconds to wait if the wait takes real time
_VIRTUAL_TIME_LIMIT = 60.0  # real seconds to wait if `within` limits the virtual seconds


class ControlApi(Protocol):
    """The emulator that a phone belongs to."""

    patience: float

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the control API."""
        ...


class Phone:
    """One phone in a call. Actions and waits return the phone, so that they can be chained."""

    def __init__(self, emulator: ControlApi, sid: str) -> None:
        self.emulator, self.sid = emulator, sid
        self._heard_before_action = 0

    def __repr__(self) -> str:
        return f"<Phone {self.sid}>"

    # -- actions -----------------------------------------------------------------------------------------------

    def press(self, digits: str) -> Phone:
        """Press keys."""
        return self._act("press", {"digits": digits})

    def speak(self, text: str, seconds: float | None = None) -> Phone:
        """Start speaking, for ``seconds`` or as long as the text takes."""
        return self._act("speak", {"text": text} | ({} if seconds is None else {"seconds": seconds}))

    def answer(self) -> Phone:
        """Answer the ringing phone."""
        return self._act("answer", {})

    def reject(self, reason: str = "busy") -> Phone:
        """Reject the call on the ringing phone: ``busy``, ``no-answer`` or ``failed``."""
        return self._act("reject", {"reason": reason})

    def refer(self, to: str) -> Phone:
        """Refer the caller to another address, as a SIP phone that the app dialed can."""
        return self._act("refer", {"to": to})

    def hangup(self) -> Phone:
        """Hang up."""
        return self._act("hangup", {})

    def _act(self, action: str, body: dict[str, Any]) -> Phone:
        call = self.emulator.request("POST", f"/calls/{self.sid}/{action}", body)
        self._heard_before_action = len(call["heard"])
        return self

    # -- state -------------------------------------------------------------------------------------------------

    @property
    def call(self) -> dict[str, Any]:
        """The call as the control API shows it."""
        call: dict[str, Any] = self.emulator.request("GET", f"/calls/{self.sid}")
        return call

    @property
    def status(self) -> str:
        """The call's status, in Twilio's words."""
        return str(self.call["status"])

    @property
    def heard(self) -> list[dict[str, Any]]:
        """What this phone has heard, in order."""
        return list(self.call["heard"])

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests to the app for this call, in order."""
        return list(self.call["requests"])

    @property
    def legs(self) -> list[Phone]:
        """The phones that this call dialed, oldest first."""
        calls = self.emulator.request("GET", "/calls")["calls"]
        return [Phone(self.emulator, call["sid"]) for call in calls if call["parent_call_sid"] == self.sid]

    # -- waiting -----------------------------------------------------------------------------------------------

    def hears(
        self, text: str, times: int = 1, within: float | None = None, timeout: float | None = None
    ) -> Phone:
        """Wait until the phone has heard ``text`` in ``times`` items.

        Only items since the phone's last action count. For example, ``press("1").hears("Sales")`` is not satisfied by
        the earlier prompt "Press 1 for Sales". ``within`` limits the virtual seconds and advances a manual clock.
        With 0, the wait takes real time and leaves the clock alone. ``timeout`` limits the real seconds.
        Raises WaitTimeout, an AssertionError with the whole call.
        """
        __tracebackhide__ = True
        return self.waits_for(hears=text, times=times, within=within, timeout=timeout)

    def waits_for(
        self, within: float | None = None, timeout: float | None = None, **conditions: Any
    ) -> Phone:
        """Wait until all conditions hold: ``status``, ``hears`` (with ``times``), ``requests`` (part of a URL)."""
        __tracebackhide__ = True
        within = self.emulator.patience if within is None else within
        timeout = (_VIRTUAL_TIME_LIMIT if within else _REAL_TIME_LIMIT) if timeout is None else timeout
        query = {"within": within, "timeout": timeout, "since": self._heard_before_action} | conditions
        found = self.emulator.request("GET", f"/calls/{self.sid}/wait?{urlencode(query)}")
        if not found["matched"]:
            expected = ", ".join(f"{name}={value!r}" for name, value in conditions.items())
            limit = f"{within:g} s on the emulator's clock" if within else f"{timeout:g} s"
            raise WaitTimeout(f"no {expected} within {limit}\n{transcript(found['call'])}")
        return self
