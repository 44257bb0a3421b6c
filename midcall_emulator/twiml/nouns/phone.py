"""What stands inside Dial: numbers, clients and SIP addresses, as people whose phones can ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from midcall_emulator.calls.dialing import Target
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.twiml.attributes.machine_detection import detection
from midcall_emulator.twiml.attributes.values import flag, matching, method, resolve
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.verbs.start import parameters

MOST = 10
LONGEST_CUSTOMER_ID = 256
_COMMON = "url method statusCallback statusCallbackMethod statusCallbackEvent"
_DETECTION = (
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold "
    "machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"
)
ATTRIBUTES = {
    "Number": f"{_COMMON} {_DETECTION} sendDigits byoc".split(),
    "Client": f"{_COMMON} clientNotificationUrl".split(),
    "Sim": [],
    "WhatsApp": _COMMON.split(),
    "Sip": f"{_COMMON} {_DETECTION} username password".split(),
    "Application": f"{_COMMON} customerId copyParentTo".split(),
}
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def targets_of(run: Run, verb: Verb) -> list[Target]:
    """Return the people to dial, ten at most, or the one TwiML app; what cannot be dialled is a warning."""
    nouns = verb.children or ((Verb("Number", text=verb.text),) if verb.text else ())
    targets = [target for noun in nouns if (target := _target(run, noun))]
    app = next((target for target in targets if target.app), None)
    if app and len(targets) > 1:
        run.warn(12200, "Dial: <Application> must be the only noun; the others are left out")
        return [app]
    if len(targets) > MOST:
        run.warn(12200, f"Dial: more than {MOST} targets; the rest is left out")
    return targets[:MOST]


def _target(run: Run, noun: Verb) -> Target | None:
    if noun.name == "Application":
        return _app(run, noun)
    address = _ADDRESSES.get(noun.name)
    if address is None:
        run.warn(13215, f"Dial: <{noun.name}> is not something to dial; it was left out")
        return None
    _complain(run, noun)
    to = address(noun)
    if not to:
        run.warn(13243 if noun.name == "Sip" else 13223, f"Dial: Invalid phone number format {noun.text!r}")
        return None
    digits = matching(run, noun, "sendDigits", "", "[0-9A-D*#wW]*")
    return Target(to, _handlers(run, noun), _whisper(run, noun), digits, detection(run, noun))


def _app(run: Run, noun: Verb) -> Target | None:
    """Return a TwiML app as somebody to dial (https://www.twilio.com/docs/voice/twiml/dial/application)."""
    _complain(run, noun)
    sid = next((child.text for child in noun.children if child.name == "ApplicationSid"), noun.text)
    found = run.world.applications.get(sid)
    first = found.voice.source() if found else None
    if found is None or first is None:
        run.warn(21218, f"Dial: there is no TwiML app {sid!r} with a voice URL")
        return None
    told = {f"Param_{name}": value for name, value in parameters(noun).items()}
    told["CustomerId"] = noun.get("customerId")[:LONGEST_CUSTOMER_ID] or run.world.account
    handlers = _handlers(run, noun) if noun.get("statusCallback") else found.voice.handlers()
    handlers.fallback_url, handlers.fallback_method = found.voice.fallback_url, found.voice.fallback_method
    to = run.call.to if flag(run, noun, "copyParentTo") else sid
    return Target(to, handlers, app=replace(first, params=told), application_sid=sid)


def _complain(run: Run, noun: Verb) -> None:
    """Warn about attributes that the noun does not have."""
    for name in sorted(set(noun.attributes) - set(ATTRIBUTES[noun.name])):
        run.warn(12200, f"Schema validation warning: <{noun.name}> has no attribute {name!r}")


def _client(noun: Verb) -> str:
    names = [child.text for child in noun.children if child.name == "Identity"]
    name = names[0] if names else noun.text
    return f"client:{name.removeprefix('client:')}" if name else ""


def _sip(noun: Verb) -> str:
    """Return the first address; the element may hold several, and headers."""
    found = [child.text for child in noun.children if child.name == "Uri"]
    address = found[0] if found else noun.text
    return address if address.startswith(("sip:", "sips:")) else ""


def _whatsapp(noun: Verb) -> str:
    number = normalize_address(noun.text.removeprefix("whatsapp:"))
    return f"whatsapp:{number}" if number else ""


_ADDRESSES: dict[str, Callable[[Verb], str]] = {
    "Number": lambda noun: normalize_address(noun.text) or "",
    "Client": _client,
    "Sip": _sip,
    "Sim": lambda noun: f"sim:{noun.text}" if noun.text else "",
    "WhatsApp": _whatsapp,
}


def _handlers(run: Run, noun: Verb) -> Handlers:
    url = _url(run, noun.get("statusCallback"))
    events = frozenset(noun.get("statusCallbackEvent", "completed").split())
    if events - _EVENTS:
        run.warn(21626, f"{noun.name}: Invalid statusCallbackEvent {', '.join(sorted(events - _EVENTS))}")
    return Handlers(
        status_callback=url, status_method=method(run, noun, "statusCallbackMethod"), status_events=events
    )


def _whisper(run: Run, noun: Verb) -> Fetch | None:
    url = _url(run, noun.get("url"))
    return Fetch(url, method(run, noun)) if url else None


def _url(run: Run, text: str) -> str:
    url = resolve(run, text) if text else ""
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return ""
    return url
