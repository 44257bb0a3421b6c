"""Clients of the app in tests: Twilio with signed webhooks, and operators with bearer tokens."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.admin_document import AdminDocument
from tests.support.signing import signed_headers
from voice.audit import Actor

TESTER = Actor("tester", "127.0.0.1")  # makes the people, tokens and rules of a test
ACCOUNT = "AC00000000000000000000000000000000"
TOKEN = "emulator-token"
PUBLIC_URL = "https://calls.example.com"
ADMIN_TOKEN = "admin-token-of-the-tests"
NUMBER = "+14155550100"
CALLER = "+14155551234"
_NUMBERS = itertools.count(1)
_DOCUMENTS: dict[tuple[str, ...], AdminDocument] = {}


def settings(**changes: str) -> dict[str, str]:
    """Valid settings for an app, with these changes."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": "http://127.0.0.1:9",  # no server listens there
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "a secret for the tests",
        "ADMIN_TOKEN": ADMIN_TOKEN,
        **changes,
    }


def new_call_sid() -> str:
    """A CallSid that no other test uses. No search for a phone number finds it by chance."""
    return f"CA{'fa' * 14}{0x1000 + next(_NUMBERS):04x}"


def form(call_sid: str, **fields: Any) -> dict[str, str]:
    """The form of a voice webhook as Twilio sends it, with its empty fields."""
    standard = {
        "CallSid": call_sid, "AccountSid": ACCOUNT, "From": CALLER, "To": NUMBER, "Caller": CALLER, "Called": NUMBER,
        "CallStatus": "in-progress", "ApiVersion": "2010-04-01", "Direction": "inbound", "FromCity": "SAN FRANCISCO",
        "FromState": "CA", "FromZip": "", "FromCountry": "US",
        "ToCity": "", "ToState": "CA", "ToZip": "", "ToCountry": "US",
    }  # fmt: skip
    return {**standard, **{name: str(value) for name, value in fields.items()}}


class Twilio:
    """Posts signed webhooks to an app."""

    def __init__(self, client: FlaskClient, public_url: str):
        self._client, self._public_url = client, public_url

    def post(
        self, path: str, fields: dict[str, str], token: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a webhook. Its idempotency token is new, or `token`; with "" it has none."""
        signed = signed_headers(self._public_url + path, fields, TOKEN)
        if token != "":
            signed["I-Twilio-Idempotency-Token"] = token or str(uuid4())
        mime = "application/x-www-form-urlencoded; charset=utf-8"
        return self._client.post(
            path, data=urlencode(fields), content_type=mime, headers={**signed, **headers}
        )

    def calls(self, call_sid: str | None = None, **fields: Any) -> str:
        """Report an incoming call to the app; its CallSid."""
        call_sid = call_sid or new_call_sid()
        assert self.post("/voice/incoming", form(call_sid, CallStatus="ringing", **fields)).status_code == 200
        return call_sid

    def scene(self, call_sid: str, scene: str, **fields: Any) -> str:
        """Request a scene, written with its query; the TwiML."""
        answer = self.post(f"/voice/scenes/{scene}", form(call_sid, **fields))
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
        return answer.text

    def status(
        self, call_sid: str, status: str, sequence: int = 0, path: str = "/voice/status", **fields: Any
    ) -> TestResponse:
        """Send a status callback."""
        fields = {
            "CallStatus": status,
            "SequenceNumber": sequence,
            "CallbackSource": "call-progress-events",
            **fields,
        }
        return self.post(path, form(call_sid, **fields))


class Operator:
    """An operator who uses the admin API with a bearer token. Every answer is checked against the API document."""

    def __init__(self, client: FlaskClient, token: str):
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET a path under /admin."""
        return self._send("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST JSON to a path under /admin. Underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send("POST", path, json={} if body is None else body, headers=named)

    def patch(self, path: str, body: Any) -> TestResponse:
        """PATCH a path under /admin with JSON."""
        return self._send("PATCH", path, json=body)

    def delete(self, path: str) -> TestResponse:
        """DELETE a path under /admin."""
        return self._send("DELETE", path)

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        answer = self.client.open(
            f"/admin{path}", method=method, headers={**self.headers, **(headers or {})}, **more
        )
        document = admin_document(self.client)
        document.check(
            method, f"/admin{path}", answer.status_code, answer.mimetype, answer.get_json(silent=True)
        )
        return answer


def admin_document(client: FlaskClient) -> AdminDocument:
    """The API document of the client's app, read once for all apps with the same commands and routes."""
    app = client.application
    names = (*app.extensions["midcall"].commands, *app.view_functions)
    if names not in _DOCUMENTS:
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        _DOCUMENTS[names] = AdminDocument(client.get("/admin/openapi.json", headers=headers).get_json())
    return _DOCUMENTS[names]
