"""The delivery of a webhook, and the attempts that it takes: the first request, retries and redirects."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.wire.faults import Fault
from midcall_emulator.wire.overrides import Limits


def _new_token() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True)
class Delivery:
    """The delivery of one webhook. All its requests have the same idempotency token; ``trail`` holds their records.

    ``sends_token`` is whether the next request shows the token.
    """

    call: Call
    limits: Limits
    trail: list[RequestItem]
    sends_token: bool = False
    token: str = field(default_factory=_new_token)


@dataclass(slots=True)
class Attempt:
    """One request of a delivery; ``item`` is its record, ``form`` its body (None for GET)."""

    delivery: Delivery
    item: RequestItem
    form: str | None
    fault: Fault | None
