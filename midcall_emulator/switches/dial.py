"""Switches of Dial."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class DialSwitches:
    """Switches of Dial; a part of ``Switches``."""

    dial_timeout_extra_seconds: float = switch(
        5.0,
        "added to Dial's timeout, and to that of a participant",
        "official",
        "docs/voice/twiml/dial#timeout: Twilio adds 5 seconds",
        lenient=0.0,
    )
    leg_leaves_dial_least_ms: int = switch(
        0,
        "a dialed leg that REST redirects stays this long in its Dial, at least; the caller's redirect ends it then",
        "measured",
        "one call: the dialed leg left 166 ms after the update",
        slow=150,
    )
    leg_leaves_dial_most_ms: int = switch(0, "the same, at most", "measured", slow=400)
    dial_action_on_hangup: bool = switch(
        True, "a Dial requests its action when the caller hangs up", "undecided"
    )
    dial_action_when_ringing: bool = switch(
        True, "a Dial that is interrupted while it rings requests its action", "undecided"
    )
    dial_action_lead_seconds: float = switch(
        2.0,
        "real seconds that the action of an interrupted Dial may delay the new document",
        "measured",
        "one call: the action was requested 320 ms after the update, the new URL after 651 ms",
    )
    dial_caller_id: str = switch(
        "checked",
        "caller IDs of a Dial to a phone number: 'checked' (13214 without one for a client or SIP caller; a withheld "
        "number fails) or 'any'",
        "official",
        "docs/api/errors/13214: required for a client; destinations may reject an invalid one; docs/voice/twiml/dial#"
        "callerid",
        lenient="any",
    )
    cancel_dialed_leg: str = switch(
        "no-effect",
        "what Status=canceled does to a ringing leg of a Dial: 'no-effect', or 'ends' it",
        "undecided",
        'docs/voice/api/call-resource: "attempts" to hang up queued or ringing calls',
        lenient="ends",
    )
