"""HTTP requests that return JSON."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from midcall_emulator.client.errors import EmulatorError

_TIMEOUT_SECONDS = 120
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the emulator is never behind a proxy


def send(request: urllib.request.Request) -> Any:
    """Send a request and return the JSON of the response; EmulatorError for an error status."""
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise _translate(error) from None


def _translate(error: urllib.error.HTTPError) -> EmulatorError:
    """Return the error in the control API's shape or in Twilio's."""
    try:
        body = json.load(error)
        body = body.get("error", body)
        return EmulatorError(error.code, str(body["code"]), body["message"])
    except (ValueError, KeyError, TypeError):
        return EmulatorError(error.code, "unknown", error.reason)
