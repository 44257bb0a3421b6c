"""The steps of a document in words: what a caller would hear. The document is only read, and not run.

Source of the order of steps: https://www.twilio.com/docs/voice/twiml and the page of each verb there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from voice.twiml.document import Node, Text, parse
from voice.twiml.findings import shortened

LAST = ("Redirect", "Hangup", "Reject")
LAST_WITH_ACTION = ("Dial", "Enqueue", "Connect")  # the answer of the action replaces the document
WITH_STEPS = ("Gather", "Dial", "Connect", "Start", "Stop", "Pay", "Prompt", "Refer")
MAX_QUOTE = 400  # characters of one quoted text


class Step(NamedTuple):
    """A step of the call. `depth` is its nesting; `reached` is False after the last step that runs."""

    line: int
    depth: int
    text: str
    reached: bool = True


def steps(twiml: str) -> list[Step]:
    """The steps, and the end of the call. Raises TwimlRefused if the document is malformed."""
    root, found, open_ = parse(twiml), [], True
    for verb in root.children:
        found += [step._replace(reached=open_) for step in _of(verb, 0)]
        open_ = open_ and not _is_last(verb)
    if open_:
        found.append(Step(root.line, 0, "is disconnected"))
    return found


def _of(verb: Node, depth: int) -> Iterator[Step]:
    yield Step(verb.line, depth, WORDS.get(verb.name, _other)(verb))
    if verb.name in WITH_STEPS:
        for child in verb.children:
            yield from _of(child, depth + 1)
    if action := verb.attributes.get("action"):
        when = WHEN_ACTION.get(verb.name, "afterwards")
        yield Step(verb.line, depth + 1, f"{when}, continues with {shortened(action)}")


def _is_last(verb: Node) -> bool:
    return verb.name in LAST or (verb.name in LAST_WITH_ACTION and "action" in verb.attributes)


def _say(verb: Node) -> str:
    voice = [verb.attributes[name] for name in ("voice", "language") if name in verb.attributes]
    manner = f" ({', '.join(voice)})" if voice else ""
    return f"hears “{shortened(_spoken(verb), MAX_QUOTE)}”{manner}{_times(verb)}"


def _play(verb: Node) -> str:
    keys = verb.attributes.get("digits")
    what = f"the tones {shortened(keys)}" if keys else f"the sound {shortened(verb.text, MAX_QUOTE)}"
    return f"hears {what}{_times(verb)}"


def _gather(verb: Node) -> str:
    kinds = {"dtmf": "keys", "speech": "speech"}
    wanted = verb.attributes.get("input", "dtmf").split()
    what = " or ".join(kinds.get(kind, kind) for kind in wanted)
    if (count := verb.attributes.get("numDigits")) and what == "keys":
        what = f"{shortened(count)} key{'s' if count != '1' else ''}"
    return f"waits for {what}, until {_seconds(verb, 'timeout', '5')} of silence"


def _dial(verb: Node) -> str:
    to = f" to {shortened(verb.text)}" if verb.text.strip() else ""
    recorded = ", recorded" if verb.attributes.get("record", "do-not-record") != "do-not-record" else ""
    return f"is connected{to}, ringing for up to {_seconds(verb, 'timeout', '30')}{recorded}"


def _record(verb: Node) -> str:
    beep = "" if verb.attributes.get("playBeep") == "false" else ", after a beep"
    return f"leaves a message of up to {_seconds(verb, 'maxLength', '3600')}{beep}"


def _enqueue(verb: Node) -> str:
    named = shortened(verb.text) or shortened(verb.attributes.get("workflowSid", ""))
    return f"waits in the queue {named}".rstrip()


def _other(verb: Node) -> str:
    about = shortened(" ".join(filter(None, [_spoken(verb), *map(verb.attributes.get, ("url", "name"))])))
    return f"{verb.name} {about}".rstrip()


def _quoted(before: str, after: str = "") -> Callable[[Node], str]:
    return lambda verb: f"{before}{shortened(_spoken(verb), MAX_QUOTE)}{after}"


def _seconds(verb: Node, name: str, default: str) -> str:
    return f"{shortened(verb.attributes.get(name, default))} s"


def _times(verb: Node) -> str:
    loop = verb.attributes.get("loop", "1")
    return {"1": "", "0": ", in a loop"}.get(loop, f", {shortened(loop)} times")


def _spoken(node: Node) -> str:
    """All text inside, including that of nested elements."""
    return "".join(part.value if isinstance(part, Text) else _spoken(part) for part in node.content).strip()


WORDS: dict[str, Callable[[Node], str]] = {
    "Say": _say,
    "Play": _play,
    "Pause": lambda verb: f"hears nothing for {_seconds(verb, 'length', '1')}",
    "Gather": _gather,
    "Dial": _dial,
    "Number": _quoted("to the number "),
    "Client": _quoted("to the client "),
    "Sip": _quoted("to "),
    "Conference": _quoted("into the conference "),
    "Queue": _quoted("to the first caller in the queue "),
    "Record": _record,
    "Enqueue": _enqueue,
    "Leave": lambda verb: "leaves the queue",
    "Redirect": _quoted("continues with "),
    "Hangup": lambda verb: "is disconnected",
    "Reject": lambda verb: f"is rejected as {shortened(verb.attributes.get('reason', 'rejected'))}",
    "Connect": lambda verb: "is connected to an app until the app ends the connection",
    "Start": lambda verb: "in the background, from here on:",
    "Stop": lambda verb: "in the background, stops:",
    "Refer": lambda verb: "is transferred by SIP REFER",
    "Pay": lambda verb: "is asked to pay",
    "Prompt": lambda verb: f"for {shortened(verb.attributes.get('for', 'anything'))}:",
    "Sms": _quoted("is sent the text message “", "”"),
}
WHEN_ACTION = {"Gather": "after input", "Record": "after a recording"}
