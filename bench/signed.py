"""Webhooks as Twilio sends them: real form bodies, each its own call, each with a true signature."""

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.account import ACCOUNT_SID, AUTH_TOKEN, NUMBER, PUBLIC_URL, VOICE_PATH

PLACE = {"City": "SAN FRANCISCO", "Country": "US", "State": "CA", "Zip": "94103"}
PLACES = {
    f"{party}{part}": value for party in ("From", "To", "Caller", "Called") for part, value in PLACE.items()
}
_validator = RequestValidator(AUTH_TOKEN)


@dataclass(frozen=True)
class Webhook:
    """One POST of Twilio's to the voice URL."""

    call_sid: str
    body: bytes
    headers: dict[str, str]

    def raw(self) -> bytes:
        """The request as it goes over the wire; every one is of the same length."""
        lines = [f"POST {VOICE_PATH} HTTP/1.1", "Host: midcall.example.com"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


def form(call_sid: str, caller: str, call_status: str) -> dict[str, str]:
    """What an incoming call's webhook carries."""
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
        **PLACES,
    }


def webhook(
    call_status: str = "ringing",
    *,
    forged: bool = False,
    call_sid: str = "",
    path: str = VOICE_PATH,
    **more: str,
) -> Webhook:
    """A webhook of a call that nobody has heard of yet, or of `call_sid`; a forged one is signed with another token."""
    call_sid = call_sid or f"CA{secrets.token_hex(16)}"
    params = form(call_sid, f"+1415{secrets.randbelow(10**7):07d}", call_status) | more
    signer = RequestValidator("somebody-else") if forged else _validator
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        "X-Twilio-Signature": signer.compute_signature(PUBLIC_URL + path, params),
    }
    return Webhook(call_sid, urlencode(params).encode(), headers)


def _raw_requests(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield webhook().raw()


def write_requests(path: Path, count: int) -> int:
    """Fill `path` with that many distinct requests, end to end; returns the length of each in bytes."""
    length = len(webhook().raw())
    with path.open("wb") as file:
        for raw in _raw_requests(count):
            if len(raw) != length:
                raise AssertionError("requests must be of one length: the replay reads by it")
            file.write(raw)
    return length
