"""The switches: one for each behavior that Twilio does not document, with its default and what it does."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol


def _switch(default: Any, description: str) -> Any:
    return field(default=default, metadata={"description": description})


@dataclass(slots=True)
class Switches:
    """The values of the switches. Seconds are virtual, unless the description says otherwise."""

    rest_lag_ms: int = _switch(
        0, "REST shows and uses the status that a call had this many real milliseconds ago"
    )
    redirect_delay_seconds: float = _switch(
        0.0, "time between a REST update and the request for the new document"
    )
    queue_seconds: float = _switch(0.0, "how long an outgoing call stays queued")
    calls_per_second: float = _switch(0.0, "calls that REST starts per second; the others wait. 0: no limit")
    calls_at_once: int = _switch(0, "calls at the same time; REST refuses more (10004). 0: no limit")
    finalising_seconds: float = _switch(
        60.0, "how long a call cannot be deleted after its end (20009); 0: not at all"
    )
    rest_requests_at_once: int = _switch(0, "REST requests at the same time; more get 429. 0: no limit")
    answer_after_seconds: float = _switch(
        2.0, "how long a dialed phone rings before the person answers, unless `people` sets it"
    )
    answered_by: str = _switch("human", "result of machine detection: 'human', 'machine', 'fax' or 'unknown'")
    machine_detection_seconds: float = _switch(3.0, "how long machine detection takes")
    say_characters_per_second: float = _switch(15.0, "how fast Say speaks")
    play_default_seconds: float = _switch(10.0, "length of audio whose length cannot be read")
    play_strict_content_type: bool = _switch(
        False, "Play skips a file whose content type is not audio (13420), instead of playing it"
    )
    assume_remote_media: bool = _switch(
        True, "audio on hosts other than the app's is assumed to exist and is not fetched"
    )
    say_loop_cap: int = _switch(1000, "repetitions of Say loop=0; 0: endless")
    play_loop_cap: int = _switch(0, "repetitions of Play loop=0; 0: endless")
    pause_only_answers: bool = _switch(True, "a document with nothing but Pause answers the call after it")
    silence_before_answer: bool = _switch(
        True, "a Pause before the call is answered is listed as heard silence"
    )
    empty_redirect: str = _switch(
        "error", "an empty Redirect: 'error', or 'loop' to request the same document"
    )
    gather_action_on_interrupt: bool = _switch(
        False, "a Gather that is interrupted after keys requests its action"
    )
    gather_action_on_hangup: bool = _switch(
        False, "a Gather requests its action when the caller hangs up after keys"
    )
    empty_digits_sent: bool = _switch(True, "actionOnEmptyResult sends an empty Digits; False: none")
    speech_auto_seconds: float = _switch(1.0, "silence that ends speech if speechTimeout is auto")
    speech_confidence: str = _switch("0.9", "Confidence sent with a SpeechResult; empty: none")
    silent_recording: str = _switch("fall-through", "a recording of silence: 'fall-through' or 'keep'")
    record_action_on_interrupt: bool = _switch(False, "a Record that REST interrupts requests its action")
    recording_delay_seconds: float = _switch(
        0.0, "time between the end of a recording and its status callback"
    )
    stream_frame_seconds: float = _switch(
        0.02, "audio in one media message of a stream; 0: no media messages"
    )
    connect_action_on_redirect: bool = _switch(
        False, "a Connect that a REST update interrupts requests its action"
    )
    payment_connector: str = _switch("approve", "what a payment connector does: 'approve' or 'decline'")
    pay_action_on_failure: bool = _switch(
        True, "a Pay without attempts left requests its action; False: the next verb runs"
    )
    second_recording: str = _switch(
        "ignore", "a second recording of a call over REST: 'ignore' (the first continues) or 'refuse' (16108)"
    )
    dial_timeout_extra_seconds: float = _switch(0.0, "added to Dial's timeout (Twilio's page says 5)")
    dial_action_on_hangup: bool = _switch(True, "a Dial requests its action when the caller hangs up")
    dial_action_when_ringing: bool = _switch(
        True, "a Dial that is interrupted while it rings requests its action"
    )
    dial_action_lead_seconds: float = _switch(
        2.0, "real seconds that the action of an interrupted Dial may delay the new document"
    )
    conference_action_on_redirect: bool = _switch(
        True, "a Dial requests its action when REST redirects the call out of a conference"
    )
    redirect_ends_conference: bool = _switch(
        True, "the redirect of a participant with endConferenceOnExit ends the conference"
    )
    failed_wait_url: str = _switch(
        "disconnect",
        "a conference's waitUrl that fails: 'disconnect' (leave it for the fallback URL or the apology) or 'silence'",
    )
    conference_waiting_status: str = _switch(
        "init", "REST status of a conference that has not started: 'init' or 'in-progress'"
    )
    conference_first_sequence_number: int = _switch(
        1, "SequenceNumber of a conference's first status callback"
    )
    cancel_by_completed: str = _switch(
        "canceled", "final status of a queued or ringing call after Status=completed"
    )
    update_url_and_twiml: str = _switch("refuse", "Url and Twiml in one update: 'refuse' or 'url-wins'")
    previous_fallback_after_update: bool = _switch(
        True, "an update without FallbackUrl keeps the earlier one"
    )
    webhook_timeout_seconds: float = _switch(15.0, "real seconds that an app has to respond to a webhook")
    keep_connections: bool = _switch(
        False,
        "webhooks reuse connections that were idle for less than a second; False: each webhook has its own",
    )
    max_documents_at_once: int = _switch(
        100, "documents in a row that take no time, before the call is ended"
    )
    max_requests_kept: int = _switch(1000, "requests and heard items that are kept per call")

    def as_dict(self) -> dict[str, Any]:
        """Return every switch with its value."""
        return asdict(self)

    def set(self, changes: dict[str, Any]) -> None:
        """Set switches by name. ValueError names an unknown switch or a value of another type."""
        for name, value in changes.items():
            setattr(self, name, _convert(name, value))


def descriptions() -> dict[str, str]:
    """Return the description of each switch."""
    return {item.name: item.metadata["description"] for item in fields(Switches)}


def _convert(name: str, value: Any) -> Any:
    """Return the value in the type of the switch's default."""
    defaults = {item.name: item.default for item in fields(Switches)}
    if name not in defaults:
        raise ValueError(f"unknown switch {name!r}; the switches are {', '.join(sorted(defaults))}")
    kind = type(defaults[name])
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"the value of {name} must be a {kind.__name__}, not {value!r}")
    return value


class HasSwitches(Protocol):
    """Offers the switches."""

    switches: Switches
