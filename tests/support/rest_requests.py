"""Requests to the emulator's REST API without Twilio's SDK, to see the answer as it is."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64encode
from typing import Any
from xml.etree import ElementTree

from midcall_emulator.settings import ACCOUNT, TOKEN

BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


def authorization(user: str = ACCOUNT, password: str = TOKEN) -> dict[str, str]:
    """Return the header of HTTP Basic authentication."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def rest_request(
    url: str, method: str = "GET", body: bytes | None = None, user: str = ACCOUNT, password: str = TOKEN
) -> tuple[int, Any]:
    """Make a request; return status and JSON."""
    request = urllib.request.Request(url, body, authorization(user, password), method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def xml_request(emulator_url: str, path: str, form: str | None = None) -> ElementTree.Element:
    """Make a request to a path below the account; return the XML of the answer, which may be an error."""
    body = form.encode() if form is not None else None
    request = urllib.request.Request(f"{emulator_url}{BASE}/{path}", body, authorization())
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        assert answer.headers["Content-Type"].startswith("application/xml")
        return ElementTree.fromstring(answer.read())


def status_and_code(error: Any) -> tuple[int, int]:
    """Return the HTTP status and Twilio's code of an SDK error, as ``pytest.raises`` holds it."""
    return error.value.status, error.value.code
