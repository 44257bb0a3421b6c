"""The switches: each behaviour that Twilio does not document, with its default, and how to turn it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol


def _switch(default: Any, says: str) -> Any:
    return field(default=default, metadata={"says": says})


@dataclass(slots=True)
class Switches:
    """One value per open question; seconds are virtual unless the name says otherwise."""

    rest_lag_ms: int = _switch(
        0, "REST shows and judges a call's status as it was this many real milliseconds ago"
    )
    redirect_delay_seconds: float = _switch(
        0.0, "time between a REST update and the request for the new document"
    )
    queue_seconds: float = _switch(0.0, "how long an outgoing call stays queued")
    calls_per_second: float = _switch(
        0.0, "calls that REST places per second, the others wait; 0 is no limit"
    )
    calls_at_once: int = _switch(
        0, "calls at the same time, any more over REST are refused (10004); 0 is no limit"
    )
    finalising_seconds: float = _switch(
        60.0, "how long after its end a call cannot be deleted yet (20009); 0 is not at all"
    )
    rest_requests_at_once: int = _switch(0, "REST requests at the same time, any more get 429; 0 is no limit")
    answer_after_seconds: float = _switch(
        2.0, "how long a dialled person lets it ring, unless told otherwise"
    )
    answered_by: str = _switch(
        "human", "what machine detection finds: 'human', 'machine', 'fax' or 'unknown'"
    )
    machine_detection_seconds: float = _switch(3.0, "how long machine detection takes")
    say_characters_per_second: float = _switch(15.0, "how fast Say speaks")
    play_default_seconds: float = _switch(10.0, "length of audio whose length cannot be read")
    play_strict_content_type: bool = _switch(
        False, "Play skips what is not audio (13420) instead of taking it as audio"
    )
    assume_remote_media: bool = _switch(
        True, "audio on hosts other than the app's is taken to exist and not fetched"
    )
    say_loop_cap: int = _switch(1000, "passes of Say loop=0; 0 is endless")
    play_loop_cap: int = _switch(0, "passes of Play loop=0; 0 is endless")
    pause_only_answers: bool = _switch(True, "a document of nothing but Pause answers the call after it")
    silence_before_answer: bool = _switch(
        True, "a first Pause, before the call is answered, is listed as heard silence"
    )
    empty_redirect: str = _switch(
        "error", "an empty Redirect: 'error', or 'loop' to ask for the same document"
    )
    gather_action_on_interrupt: bool = _switch(False, "an interrupted Gather with keys requests its action")
    gather_action_on_hangup: bool = _switch(
        False, "a Gather with keys requests its action when the caller hangs up"
    )
    empty_digits_sent: bool = _switch(True, "actionOnEmptyResult sends an empty Digits; else none")
    speech_auto_seconds: float = _switch(1.0, "silence that ends speech when speechTimeout is auto")
    speech_confidence: str = _switch("0.9", "Confidence sent with a SpeechResult; empty leaves it out")
    silent_recording: str = _switch("fall-through", "a recording without a word: 'fall-through' or 'keep'")
    record_action_on_interrupt: bool = _switch(False, "a Record interrupted by REST requests its action")
    recording_delay_seconds: float = _switch(
        0.0, "time between the end of a recording and its status callback"
    )
    stream_frame_seconds: float = _switch(0.02, "sound in one media message of a stream; 0 sends none")
    connect_action_on_redirect: bool = _switch(
        False, "a Connect that is cut by a REST update requests its action"
    )
    payment_connector: str = _switch("approve", "what a payment connector does: 'approve' or 'decline'")
    pay_action_on_failure: bool = _switch(
        True, "a Pay whose attempts are used up requests its action; else the next verb runs"
    )
    second_recording: str = _switch(
        "ignore",
        "a second recording of a call over REST: 'ignore' it (the first goes on) or 'refuse' it (16108)",
    )
    dial_timeout_extra_seconds: float = _switch(0.0, "what is added to Dial's timeout (Twilio's page says 5)")
    dial_action_on_hangup: bool = _switch(
        True, "a caller who hangs up inside Dial still causes its action request"
    )
    dial_action_when_ringing: bool = _switch(
        True, "a Dial that is cut while it still rings requests its action"
    )
    dial_action_lead_seconds: float = _switch(
        2.0, "real seconds an interrupted Dial's action may hold up the new URL"
    )
    conference_action_on_redirect: bool = _switch(
        True, "a call that is redirected out of a conference still causes its Dial's action request"
    )
    redirect_ends_conference: bool = _switch(
        True, "redirecting a participant with endConferenceOnExit ends the conference"
    )
    failed_wait_url: str = _switch(
        "disconnect",
        "a conference's waitUrl that fails: 'disconnect' (out of the room, fallback or apology) or 'silence'",
    )
    conference_waiting_status: str = _switch(
        "init", "REST status of a conference that has not started: 'init' or 'in-progress'"
    )
    conference_first_sequence_number: int = _switch(
        1, "SequenceNumber of a conference's first status callback"
    )
    cancel_by_completed: str = _switch(
        "canceled", "final status of Status=completed on a queued or ringing call"
    )
    update_url_and_twiml: str = _switch("refuse", "Url and Twiml in one update: 'refuse' or 'url-wins'")
    previous_fallback_after_update: bool = _switch(
        True, "an update without FallbackUrl keeps the earlier one"
    )
    webhook_timeout_seconds: float = _switch(15.0, "real seconds an app has to answer a webhook")
    keep_connections: bool = _switch(
        False, "webhooks use a connection again that was used less than a second ago; else each has its own"
    )
    max_documents_at_once: int = _switch(
        100, "documents in a row that take no time, before the call is ended"
    )
    max_requests_kept: int = _switch(1000, "requests and heard items kept per call")

    def as_dict(self) -> dict[str, Any]:
        """Return every switch with its value."""
        return asdict(self)

    def set(self, changes: dict[str, Any]) -> None:
        """Set the named switches; raise ValueError for an unknown name or a value of another kind."""
        for name, value in changes.items():
            setattr(self, name, _fitting(name, value))


def descriptions() -> dict[str, str]:
    """Return what each switch does."""
    return {item.name: item.metadata["says"] for item in fields(Switches)}


def _fitting(name: str, value: Any) -> Any:
    defaults = {item.name: item.default for item in fields(Switches)}
    if name not in defaults:
        raise ValueError(f"there is no switch {name!r}; there are {', '.join(sorted(defaults))}")
    kind = type(defaults[name])
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"{name} wants a {kind.__name__}, not {value!r}")
    return value


class HasSwitches(Protocol):
    """Offers the switches."""

    switches: Switches
