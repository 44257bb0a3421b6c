"""The emulator from a test's point of view, over HTTP, with nothing but the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode

_PATIENCE_SECONDS = 120


class EmulatorError(Exception):
    """The emulator refused: ``status``, ``code`` and what it said."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class Emulator:
    """A running emulator; ``Emulator("http://127.0.0.1:8001")``."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def dial(self, to: str, from_: str = "+14155559999") -> Phone:
        """Dial one of the account's numbers; return the caller's phone."""
        return Phone(self, self.request("POST", "/calls", {"from": from_, "to": to})["sid"])

    def phone(self, sid: str) -> Phone:
        """Return the phone of a call that there is already, such as a dialled party's."""
        return Phone(self, sid)

    def calls(self) -> list[dict[str, Any]]:
        """Return every call, oldest first."""
        return self.request("GET", "/calls")["calls"]

    def phones(self, to: str = "", parent: str = "") -> list[Phone]:
        """Return the phones of calls to a number, or of the legs of a call, oldest first."""
        found = [call for call in self.calls() if to in ("", call["to"])]
        return [Phone(self, call["sid"]) for call in found if parent in ("", call["parent_call_sid"])]

    def clock(self, mode: str | None = None, speed: float | None = None) -> dict[str, Any]:
        """Set the clock's mode (``real``, ``manual``) or speed if given; return what it says."""
        wanted = {"mode": mode, "speed": speed}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return self.request("POST", "/clock", wanted) if wanted else self.request("GET", "/clock")

    def advance(self, seconds: float) -> dict[str, Any]:
        """Move time, and return once everything that fell due is done, requests to the app included."""
        return self.request("POST", "/clock", {"advance": seconds})

    def settle(self) -> dict[str, Any]:
        """Return once nothing is under way: every request is answered."""
        return self.request("POST", "/settle")

    def people(self, number: str, behaviour: str = "answer", after_seconds: float | None = None) -> None:
        """Set what somebody does whose phone rings: answer, busy, no-answer, failed or manual."""
        body = {"behaviour": behaviour, "after_seconds": after_seconds}
        self.request("PUT", f"/people/{quote(number, safe='')}", body)

    def faults(self, faults: list[dict[str, Any]]) -> None:
        """Put these faults in the place of all earlier ones."""
        self.request("POST", "/faults", faults)

    def switches(self, **changes: Any) -> dict[str, Any]:
        """Turn switches; return them all."""
        path = "/switches"
        return (self.request("PUT", path, changes) if changes else self.request("GET", path))["switches"]

    def reset(self) -> None:
        """Start over, as new."""
        self.request("POST", "/reset")

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request to ``/_emulator``; return its JSON, or raise EmulatorError."""
        data = None if body is None and method == "GET" else json.dumps({} if body is None else body).encode()
        wanted = urllib.request.Request(f"{self.base_url}/_emulator{path}", data, method=method)
        wanted.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(wanted, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _translated(error) from None


class Phone:
    """One phone in a call."""

    def __init__(self, emulator: Emulator, sid: str) -> None:
        self.emulator, self.sid = emulator, sid
        self._heard_before = 0

    def __repr__(self) -> str:
        return f"<Phone {self.sid}>"

    # -- doing -------------------------------------------------------------------------------------------------

    def press(self, digits: str) -> Phone:
        """Press keys."""
        return self._do("press", {"digits": digits})

    def speak(self, text: str, seconds: float | None = None) -> Phone:
        """Start talking, for ``seconds`` or as long as the text takes."""
        return self._do("speak", {"text": text} | ({} if seconds is None else {"seconds": seconds}))

    def answer(self) -> Phone:
        """Take the ringing phone."""
        return self._do("answer", {})

    def reject(self, reason: str = "busy") -> Phone:
        """Refuse the ringing phone."""
        return self._do("reject", {"reason": reason})

    def hangup(self) -> Phone:
        """Hang up."""
        return self._do("hangup", {})

    def _do(self, what: str, body: dict[str, Any]) -> Phone:
        call = self.emulator.request("POST", f"/calls/{self.sid}/{what}", body)
        self._heard_before = len(call["heard"])
        return self

    # -- looking -----------------------------------------------------------------------------------------------

    @property
    def call(self) -> dict[str, Any]:
        """The call as the emulator shows it."""
        return self.emulator.request("GET", f"/calls/{self.sid}")

    @property
    def status(self) -> str:
        """Twilio's word for the state of the call."""
        return self.call["status"]

    @property
    def heard(self) -> list[dict[str, Any]]:
        """What was heard, in order."""
        return self.call["heard"]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that the app got for this call, in order."""
        return self.call["requests"]

    @property
    def legs(self) -> list[Phone]:
        """The phones that this call's Dial made ring."""
        return self.emulator.phones(parent=self.sid)

    # -- waiting -----------------------------------------------------------------------------------------------

    def hears(self, text: str, times: int = 1, within: float = 0, timeout: float = 5) -> Phone:
        """Wait until something with ``text`` in it has been heard, ``times`` times.

        Only what was heard since this phone last did something (press, speak, answer) counts, so that
        ``press("1").hears("Sales")`` is not satisfied by the prompt that said "press 1 for Sales".
        ``within`` lets a manual clock run on, by that many seconds at most. ``timeout`` is how many real seconds
        this may take in all. AssertionError, with everything that was heard and requested, if it does not happen.
        """
        return self.waits_for(hears=text, times=times, within=within, timeout=timeout)

    def waits_for(self, within: float = 0, timeout: float = 5, **conditions: Any) -> Phone:
        """Wait for ``status``, ``hears`` (with ``times``) or ``requests`` (part of a URL), or all of those given."""
        query = urlencode({"within": within, "timeout": timeout, "since": self._heard_before} | conditions)
        found = self.emulator.request("GET", f"/calls/{self.sid}/wait?{query}")
        if not found["matched"]:
            wanted = ", ".join(f"{name}={value!r}" for name, value in conditions.items())
            raise AssertionError(f"{self.sid}: waited in vain for {wanted}\n{transcript(found['call'])}")
        return self


def transcript(call: dict[str, Any]) -> str:
    """Return a call as text: what was heard, what was requested, what there was to complain about."""
    lines = [f"call {call['sid']} from {call['from']} to {call['to']}: {call['status']}, verb {call['verb']}"]
    lines += ["heard:"] + [f"  {item['at']:8.2f}  {_heard(item)}" for item in call["heard"]]
    lines += ["requests:"] + [line for item in call["requests"] for line in _request(item)]
    lines += ["warnings:"] + [
        f"  {item['at']:8.2f}  {item['code']} {item['message']}" for item in call["warnings"]
    ]
    return "\n".join(lines)


def _heard(item: dict[str, Any]) -> str:
    more = ", ".join(f"{name}={value!r}" for name, value in item.items() if name not in ("at", "kind"))
    return f"{item['kind']}({more})"


def _request(item: dict[str, Any]) -> list[str]:
    own = {name: value for name, value in item["params"].items() if value and name not in _STANDARD}
    head = f"  {item['at']:8.2f}  {item['kind']} {item['method']} {item['url']} -> {item['status'] or item['error']}"
    return [head, f"            {own}"] + [
        f"            | {line}" for line in (item["response"] or "").splitlines()[:20]
    ]


def _translated(error: urllib.error.HTTPError) -> EmulatorError:
    try:
        body = json.load(error)["error"]
        return EmulatorError(error.code, body["code"], body["message"])
    except (ValueError, KeyError, TypeError):
        return EmulatorError(error.code, "unknown", error.reason)


_STANDARD = frozenset({"CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction"})
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
