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
    waiting_participants: str = switch(
        "hidden",
        "participants of a conference that has not started: 'hidden' (an empty list; 16001 for one of them, and for "
        "adding by SID) or 'shown'",
        "undecided",
        "docs/api/errors/16001: the conference is not currently active; which requests that means is not stated",
        lenient="shown",
    )
    conferences_listed: str = switch(
        "in-progress",
        "conferences that a list without Status returns: 'in-progress' or 'all'",
        "official",
        "en-us/changelog/conference-list-endpoint-rollout-extended: in-progress only, from 2026-09-30",
        lenient="all",
    )
    early_media: bool = switch(
        True,
        "a participant with EarlyMedia joins while the phone rings; the others hear ringback and busy tone",
        "official",
        "docs/voice/api/conference-participant-resource: EarlyMedia is true by default; when the join is reported is "
        "not stated",
        lenient=False,
    )
    rest_end_of_conference: str = switch(
        "hang-up",
        "what the end of a conference over REST does to its participants: 'hang-up', or 'continue' after their Dial",
        "undecided",
        "docs/voice/api/conference-resource says that the conference ends; older pages say that all are hung up on",
        lenient="continue",
    )
    announcement_fail: str = switch(
        "internal",
        "when announcement-fail is reported: 'internal' (errors of Twilio; a document that fails plays an application "
        "error and reports nothing) or 'any'",
        "official",
        "docs/voice/twiml/conference#attributes-statusCallbackEvent: for internal errors; what a failed document "
        "reports is not stated",
        lenient="any",
    )
    conference_request_parameters: str = switch(
        "none",
        "parameters of requests for wait, hold and announcement documents of a conference: 'none' or 'call'",
        "undecided",
        "docs/voice/twiml/conference#waiturl lists none",
        lenient="call",
    )
