"""Webhooks as Twilio sends them: real form bodies, each of a different call, each with a valid signature."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.account import ACCOUNT_SID, AUTH_TOKEN, NUMBER, PUBLIC_URL, VOICE_PATH

CITY = {"City": "SAN FRANCISCO", "Country": "US", "State": "CA", "Zip": "94103"}
CITIES = {
    f"{party}{part}": value for party in ("From", "To", "Caller", "Called") for part, value in CITY.items()
}
_validator = RequestValidator(AUTH_TOKEN)
_wrong_validator = RequestValidator("wrong-token")


@dataclass(frozen=True)
class Webhook:
    """One POST from Twilio to the voice URL."""

    call_sid: str
    body: bytes
    headers: dict[str, str]

    def raw(self) -> bytes:
        """The request in bytes. All requests have the same length."""
        lines = [f"POST {VOICE_PATH} HTTP/1.1", "Host: midcall.example.com"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


def webhook(
    call_status: str = "ringing",
    *,
    forged: bool = False,
    call_sid: str = "",
    path: str = VOICE_PATH,
    fields: Mapping[str, str] | None = None,
) -> Webhook:
    """A webhook of a new call, or of `call_sid`. A forged one is signed with a wrong token."""
    call_sid = call_sid or f"CA{secrets.token_hex(16)}"
    form = _form(call_sid, f"+1415{secrets.randbelow(10**7):07d}", call_status) | dict(fields or {})
    signer = _wrong_validator if forged else _validator
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "X-Twilio-Signature": signer.compute_signature(PUBLIC_URL + path, form),
    }
    return Webhook(call_sid, urlencode(form).encode(), headers)


def write_requests(path: Path, count: int) -> int:
    """Write that many different requests to `path`, one after the other; the length of each in bytes."""
    length = len(webhook().raw())
    with path.open("wb") as file:
        for raw in (webhook().raw() for _ in range(count)):
            if len(raw) != length:
                raise AssertionError("requests must have one length: replay.lua reads by it")
            file.write(raw)
    return length


def _form(call_sid: str, caller: str, call_status: str) -> dict[str, str]:
    """The fields of an incoming call's webhook."""
    return {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": call_sid,
        "CallStatus": call_status,
        "Direction": "inbound",
        "From": caller,
        "Caller": caller,
        "To": NUMBER,
        "Called": NUMBER,
        **CITIES,
    }
