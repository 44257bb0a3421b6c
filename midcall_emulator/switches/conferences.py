"""Switches of conferences."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class ConferenceSwitches:
    """Switches of conferences; a part of ``Switches``."""

    conference_action_on_redirect: bool = switch(
        True, "a Dial requests its action when REST redirects the call out of a conference", "undecided"
    )
    redirect_ends_conference: bool = switch(
        True, "the redirect of a participant with endConferenceOnExit ends the conference", "undecided"
    )
    failed_wait_url: str = switch(
        "disconnect",
        "a conference's waitUrl that fails: 'disconnect' (leave it for the fallback URL or the apology) or 'silence'",
        "official",
        'docs/voice/twiml/conference#waiturl: "can disconnect"',
    )
    conference_waiting_status: str = switch(
        "init",
        "REST status of a conference that has not started: 'init' or 'in-progress'",
        "official",
        "docs/voice/api/conference-resource: init until the second participant; in-progress was measured at times",
    )
    conference_first_sequence_number: int = switch(
        1, "SequenceNumber of a conference's first status callback", "undecided"
    )
