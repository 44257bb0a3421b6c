"""Reading attributes of verbs: a bad value is a warning on the call, and the default is used.

Each attribute that Twilio has a code for is complained about with that code
(https://www.twilio.com/docs/api/errors), every other one with 12200.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from midcall_emulator.core.digits import number_in
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.media.recordings import Callback
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

CODES = {
    "Gather": {
        "finishOnKey": 13310, "method": 13312, "timeout": 13313, "numDigits": 13314, "input": 13326,
        "speechTimeout": 13327, "maxSpeechTime": 13328, "partialResultCallbackMethod": 13329, "hints": 13330,
        "bargeIn": 13332, "profanityFilter": 13333, "actionOnEmptyResult": 13338,
    },
    "Say": {"loop": 13510},
    "Play": {"loop": 13410, "digits": 13430},
    "Pause": {"length": 13910},
    "Record": {
        "method": 13610, "timeout": 13611, "maxLength": 13612, "finishOnKey": 13613, "transcribe": 13614,
        "playBeep": 13616, "recordingStatusCallbackEvent": 13621, "recordingTrack": 13622, "trim": 13699,
    },
    "Redirect": {"method": 13710},
    "Reject": {"reason": 13810},
    "Dial": {
        "method": 13210, "timeout": 13212, "hangupOnStar": 13213, "timeLimit": 13216, "record": 13217,
        "sequential": 13218, "answerOnBridge": 13219, "ringTone": 13220, "recordingStatusCallbackEvent": 13621,
    },
    "Number": {"method": 13221, "sendDigits": 13222},
    "Sip": {"method": 13241},
    "Conference": {
        "muted": 13230, "endConferenceOnExit": 13231, "startConferenceOnEnter": 13232, "waitMethod": 13234,
        "beep": 13235, "trim": 13239, "maxParticipants": 16002, "recordingStatusCallbackEvent": 13621,
    },
    "Enqueue": {"method": 14201, "waitUrlMethod": 14206},
    "Queue": {"method": 14210},
}  # fmt: skip
TRIMS = ("trim-silence", "do-not-trim")
_RECORDING_EVENTS = frozenset({"in-progress", "completed", "absent"})


def complain(run: Run, verb: Verb, name: str, used: object) -> None:
    """Warn about an attribute's value, and say what is used instead."""
    code = CODES.get(verb.name, {}).get(name, 12200)
    run.warn(code, f"{verb.name}: Invalid {name} value {verb.get(name)!r}; {used} is used")


def whole(run: Run, verb: Verb, name: str, default: int, low: int = 0, high: int = 10**9) -> int:
    """Return a whole number between the bounds, else the default."""
    number = number_in(verb.get(name, str(default)).strip(), low, high)
    if number is None:
        complain(run, verb, name, default)
    return default if number is None else number


def flag(run: Run, verb: Verb, name: str, default: bool = False) -> bool:
    """Return ``true`` or ``false``, in whatever case, else the default."""
    if verb.get(name, "true").strip().lower() not in ("true", "false"):
        complain(run, verb, name, str(default).lower())
        return default
    return verb.is_true(name, default)


def one_of(run: Run, verb: Verb, name: str, default: str, *others: str) -> str:
    """Return the default or one of the others, which are case-sensitive."""
    text = verb.get(name, default).strip()
    if text in (default, *others):
        return text
    complain(run, verb, name, default)
    return default


def matching(run: Run, verb: Verb, name: str, default: str, pattern: str) -> str:
    """Return what matches the regular expression, else the default."""
    text = verb.get(name, default)
    if re.fullmatch(pattern, text):
        return text
    complain(run, verb, name, repr(default))
    return default


def method(run: Run, verb: Verb, name: str = "method") -> str:
    """Return GET or POST, the default."""
    text = verb.get(name, "POST").strip().upper()
    if text in ("GET", "POST"):
        return text
    complain(run, verb, name, "POST")
    return "POST"


def resolve(run: Run, url: str) -> str | Problem:
    """Return ``url`` as an absolute one, seen from the running document; "" stands for that document itself.

    A document given over REST has no URL: 15004 for a relative URL in it, 11100 for "itself"
    (https://www.twilio.com/docs/api/errors/15004).
    """
    base = run.document.url
    try:
        if urlsplit(url).scheme:
            return url
        if base is not None:
            return _joined(base, url) if url else base
    except ValueError:
        return Problem(11100, f"Invalid URL format: {url!r}", url)
    if url:
        return Problem(15004, f"Relative URL {url!r} in TwiML that was given over REST", url)
    return Problem(11100, "Invalid URL format: TwiML that was given over REST has no URL to go back to")


@lru_cache(1024)
def _joined(base: str, url: str) -> str:
    return urljoin(base, url)


def recording_callback(run: Run, verb: Verb) -> Callback | None:
    """Return who is told about a recording that the verb makes."""
    if not verb.get("recordingStatusCallback"):
        return None
    url = resolve(run, verb.get("recordingStatusCallback"))
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    if events - _RECORDING_EVENTS:
        complain(run, verb, "recordingStatusCallbackEvent", "what else it lists")
    return Callback(url, method(run, verb, "recordingStatusCallbackMethod"), events & _RECORDING_EVENTS)


def action_request(run: Run, verb: Verb, params: dict[str, str]) -> Fetch | Problem:
    """Return the request for the verb's ``action``, by default the running document's own URL."""
    url = resolve(run, verb.get("action").strip())
    return url if isinstance(url, Problem) else Fetch(url, method(run, verb), params)
