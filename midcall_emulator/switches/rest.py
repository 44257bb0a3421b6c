"""Switches of the REST API."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class RestSwitches:
    """Switches of the REST API; a part of ``Switches``."""

    rest_lag_ms: int = switch(
        0,
        "REST shows and uses the status that a call had this many real milliseconds ago",
        "undecided",
        slow=300,
    )
    finalising_seconds: float = switch(
        60.0,
        "how long a call cannot be deleted after its end (20009); 0: not at all",
        "official",
        "docs/voice/api/call-resource#delete-a-call-resource: not while it is finalized; the duration is not stated",
    )
    rest_requests_at_once: int = switch(
        0,
        "REST requests at the same time; more get 429. 0: no limit",
        "official",
        "docs/api/errors/20429: the bound is not stated",
        slow=40,
    )
    calls_at_once: int = switch(
        0,
        "calls at the same time; REST refuses more (10004). 0: no limit",
        "official",
        "docs/api/errors/10004",
    )
    cancel_by_completed: str = switch(
        "canceled", "final status of a queued or ringing call after Status=completed", "undecided"
    )
    update_url_and_twiml: str = switch(
        "refuse", "Url and Twiml in one update: 'refuse' or 'url-wins'", "undecided"
    )
    previous_fallback_after_update: bool = switch(
        True, "an update without FallbackUrl keeps the earlier one", "undecided"
    )
