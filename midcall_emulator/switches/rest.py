"""Switches of the REST API."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class RestSwitches:
    """Switches of the REST API; a part of ``Switches``."""

    rest_lag_ms: int = switch(
        0,
        "REST shows calls, conferences, participants and recordings as they were this many real milliseconds ago",
        "undecided",
        slow=300,
    )
    events_after_seconds: float = switch(
        900.0,
        "how long after the end of a call its Events appear; 0: at once",
        "official",
        "docs/voice/api/call-event-resource: 15 minutes after the call",
        lenient=0.0,
    )
    notifications_after_seconds: float = switch(
        0.0,
        "how late the Notifications of a call appear",
        "undecided",
        slow=5.0,
    )
    most_call_seconds: int = switch(
        14400,
        "the largest TimeLimit",
        "official",
        "docs/voice/twiml/dial#timelimit: four hours; 24 hours if the account allows them",
        lenient=86400,
    )
    least_call_seconds: int = switch(60, "the smallest TimeLimit", "undecided", lenient=1)
    user_messages_to: str = switch(
        "clients",
        "calls that take UserDefinedMessages: 'clients' (of the Voice SDK) or 'all'",
        "official",
        "docs/voice/api/userdefinedmessage-resource: only a call of the Voice SDK takes them",
        lenient="all",
    )
    finalising_seconds: float = switch(
        60.0,
        "how long a call cannot be deleted after its end (20009); 0: not at all",
        "official",
        "docs/voice/api/call-resource#delete-a-call-resource: not while it is finalized; the duration is not stated",
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
    event_lists: str = switch(
        "documented",
        "events of participants and recordings: 'documented' (one value, separated by spaces; of several values only "
        "the first counts) or 'any'",
        "official",
        "docs/voice/api/conference-participant-resource, docs/voice/api/recording: separate with a space; what "
        "repeated values do is not stated",
        lenient="any",
    )
