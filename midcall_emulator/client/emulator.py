"""A running emulator, over HTTP."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode

from midcall_emulator.client.http import send
from midcall_emulator.client.phone import Phone
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN


class Emulator:
    """A running emulator: ``Emulator("http://127.0.0.1:8001")``.

    ``patience`` is the default for ``within`` of ``Phone.hears``: how many virtual seconds to wait. With 0, waiting
    takes real seconds and does not advance a manual clock.
    """

    def __init__(
        self, base_url: str, account: str = ACCOUNT, token: str = TOKEN, patience: float = 0.0
    ) -> None:
        self.base_url, self.patience = base_url.rstrip("/"), patience
        self.account, self.token = account, token

    # -- requests ----------------------------------------------------------------------------------------------

    def rest(self, method: str, path: str, **form: str) -> Any:
        """Send a request to Twilio's REST API below the account, such as ``/Calls/CA….json``; return its JSON."""
        url = f"{self.base_url}/2010-04-01/Accounts/{self.account}{path}"
        request = urllib.request.Request(url, urlencode(form).encode() if form else None, method=method)
        credentials = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        request.add_header("Authorization", f"Basic {credentials}")
        return send(request)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the control API, ``/_emulator``; return its JSON, or raise EmulatorError."""
        data = None if body is None and method == "GET" else json.dumps({} if body is None else body).encode()
        request = urllib.request.Request(f"{self.base_url}/_emulator{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        return send(request)

    # -- calls -------------------------------------------------------------------------------------------------

    def dial(self, to: str, from_: str = "+14155559999", **params: str) -> Phone:
        """Dial a number of the account; return the caller's phone. ``params`` is carrier data (``CallerName``…)."""
        return Phone(self, self.request("POST", "/calls", {"from": from_, "to": to, "params": params})["sid"])

    def phone(self, sid: str) -> Phone:
        """Return the phone of an existing call, such as a leg that the app dialed."""
        return Phone(self, sid)

    def calls(self) -> list[dict[str, Any]]:
        """Return all calls, oldest first."""
        calls: list[dict[str, Any]] = self.request("GET", "/calls")["calls"]
        return calls

    def phones(self, to: str = "", parent: str = "") -> list[Phone]:
        """Return the phones of all calls, of calls ``to`` a number, or of the legs of a ``parent``, oldest first."""
        calls = [call for call in self.calls() if to in ("", call["to"])]
        return [Phone(self, call["sid"]) for call in calls if parent in ("", call["parent_call_sid"])]

    # -- time --------------------------------------------------------------------------------------------------

    def clock(self, mode: str | None = None, speed: float | None = None) -> dict[str, Any]:
        """Set the clock's mode (``real``, ``manual``) or speed if given; return its reading."""
        changes = {"mode": mode, "speed": speed}
        changes = {name: value for name, value in changes.items() if value is not None}
        return self._clock(*(("POST", "/clock", changes) if changes else ("GET", "/clock")))

    def advance(self, seconds: float) -> dict[str, Any]:
        """Advance the clock; return when everything due is done, including requests to the app."""
        return self._clock("POST", "/clock", {"advance": seconds})

    def settle(self) -> dict[str, Any]:
        """Return when nothing is in progress and the app has answered every request."""
        return self._clock("POST", "/settle")

    def _clock(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        reading: dict[str, Any] = self.request(method, path, body)
        return reading

    # -- settings ----------------------------------------------------------------------------------------------

    def number(self, phone_number: str = NUMBER, **urls: str) -> None:
        """Set a number's ``voice_url``, ``voice_method``, ``voice_fallback_url``, ``status_callback``…"""
        query = urlencode({"PhoneNumber": phone_number})
        [owned] = self.rest("GET", f"/IncomingPhoneNumbers.json?{query}")["incoming_phone_numbers"]
        form = {"".join(word.title() for word in name.split("_")): url for name, url in urls.items()}
        self.rest("POST", f"/IncomingPhoneNumbers/{owned['sid']}.json", **form)

    def people(self, number: str, behaviour: str = "answer", after_seconds: float | None = None) -> None:
        """Set what the phone at a number does when it rings: answer, busy, no-answer, failed or manual."""
        body = {"behaviour": behaviour, "after_seconds": after_seconds}
        self.request("PUT", f"/people/{quote(number, safe='')}", body)

    def everybody(self, behaviour: str = "answer", after_seconds: float | None = None) -> None:
        """Set the same for all numbers without a setting of their own."""
        self.request("PUT", "/people", {"behaviour": behaviour, "after_seconds": after_seconds})

    def faults(self, faults: list[dict[str, Any]]) -> None:
        """Replace all faults."""
        self.request("POST", "/faults", faults)

    def switches(self, **changes: Any) -> dict[str, Any]:
        """Change switches; return the values of all."""
        request = ("PUT", "/switches", changes) if changes else ("GET", "/switches")
        switches: dict[str, Any] = self.request(*request)["switches"]
        return switches

    def reset(self) -> None:
        """Return to the state of the start."""
        self.request("POST", "/reset")
