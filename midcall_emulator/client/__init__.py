"""The emulator from a test's point of view, over HTTP, with nothing but the standard library."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode

from midcall_emulator.core.transcript import transcript
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN

_PATIENCE_SECONDS = 120
_WAIT_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 60.0


class EmulatorError(Exception):
    """The emulator refused: ``status``, ``code`` and what it said."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class InVain(AssertionError):
    """What was waited for did not happen; says what did."""


class Emulator:
    """A running emulator; ``Emulator("http://127.0.0.1:8001")``.

    ``patience`` is how many seconds on the emulator's clock ``hears`` waits unless told otherwise; 0 lets a manual
    clock stand, and waits for real seconds.
    """

    def __init__(
        self, base_url: str, account: str = ACCOUNT, token: str = TOKEN, patience: float = 0.0
    ) -> None:
        self.base_url, self.patience = base_url.rstrip("/"), patience
        self.account, self.token = account, token

    def number(self, phone_number: str = NUMBER, **urls: str) -> None:
        """Set what a number of the account has: ``voice_url``, ``voice_method``, ``voice_fallback_url``,
        ``status_callback``…"""
        query = urlencode({"PhoneNumber": phone_number})
        [owned] = self.rest("GET", f"/IncomingPhoneNumbers.json?{query}")["incoming_phone_numbers"]
        form = {"".join(word.title() for word in name.split("_")): url for name, url in urls.items()}
        self.rest("POST", f"/IncomingPhoneNumbers/{owned['sid']}.json", **form)

    def rest(self, method: str, path: str, **form: str) -> Any:
        """Make a request to Twilio's API below the account, such as ``/Calls/CA….json``; return its JSON."""
        url = f"{self.base_url}/2010-04-01/Accounts/{self.account}{path}"
        wanted = urllib.request.Request(url, urlencode(form).encode() if form else None, method=method)
        credentials = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        wanted.add_header("Authorization", f"Basic {credentials}")
        return _opened(wanted)

    def dial(self, to: str, from_: str = "+14155559999", **params: str) -> Phone:
        """Dial one of the account's numbers; return the caller's phone. ``params`` is what a carrier may tell."""
        return Phone(self, self.request("POST", "/calls", {"from": from_, "to": to, "params": params})["sid"])

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

    def everybody(self, behaviour: str = "answer", after_seconds: float | None = None) -> None:
        """Set what everybody does of whom nothing else was said by number."""
        self.request("PUT", "/people", {"behaviour": behaviour, "after_seconds": after_seconds})

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
        return _opened(wanted)


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

    def refer(self, to: str) -> Phone:
        """Refer the other side to somebody else: what a SIP phone can do that was dialled."""
        return self._do("refer", {"to": to})

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

    def hears(
        self, text: str, times: int = 1, within: float | None = None, timeout: float | None = None
    ) -> Phone:
        """Wait until something with ``text`` in it has been heard, ``times`` times.

        Only what was heard since this phone last did something (press, speak, answer) counts, so that
        ``press("1").hears("Sales")`` is not satisfied by the prompt that said "press 1 for Sales".
        ``within`` is how many seconds on the emulator's clock this may take; a manual clock runs on by itself so far.
        Without it, or where it is 0, the clock is left alone and real seconds are waited. ``timeout`` is how many
        real seconds it may take in any case. InVain (an AssertionError), with everything that was heard and
        requested, if it does not happen.
        """
        __tracebackhide__ = True
        return self.waits_for(hears=text, times=times, within=within, timeout=timeout)

    def waits_for(
        self, within: float | None = None, timeout: float | None = None, **conditions: Any
    ) -> Phone:
        """Wait for ``status``, ``hears`` (with ``times``) or ``requests`` (part of a URL), or all of those given."""
        __tracebackhide__ = True
        within = self.emulator.patience if within is None else within
        timeout = (_LONGEST_WAIT_SECONDS if within else _WAIT_SECONDS) if timeout is None else timeout
        query = {"within": within, "timeout": timeout, "since": self._heard_before} | conditions
        found = self.emulator.request("GET", f"/calls/{self.sid}/wait?{urlencode(query)}")
        if not found["matched"]:
            wanted = ", ".join(f"{name}={value!r}" for name, value in conditions.items())
            waited = f"{within:g} s on the emulator's clock" if within else f"{timeout:g} s"
            raise InVain(f"waited {waited} in vain for {wanted}\n{transcript(found['call'])}")
        return self


def _opened(wanted: urllib.request.Request) -> Any:
    """Return the JSON of an answer; EmulatorError if it is a refusal."""
    try:
        with _OPENER.open(wanted, timeout=_PATIENCE_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise _translated(error) from None


def _translated(error: urllib.error.HTTPError) -> EmulatorError:
    try:
        body = json.load(error)
        body = body.get("error", body)
        return EmulatorError(error.code, str(body["code"]), body["message"])
    except (ValueError, KeyError, TypeError):
        return EmulatorError(error.code, "unknown", error.reason)


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
