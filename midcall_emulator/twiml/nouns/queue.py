"""Queue inside Dial: whoever waits longest is connected (https://www.twilio.com/docs/voice/twiml/queue)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.queues.dequeuing import DequeueSettings, Dequeuing
from midcall_emulator.queues.queues import LONGEST_NAME
from midcall_emulator.twiml.attributes.recording import recorded
from midcall_emulator.twiml.attributes.values import action_request, flag, method, resolve, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.callbacks import request_and_discard

ATTRIBUTES = "url method reservationSid postWorkActivitySid"
_NOBODY = {"DialCallStatus": "failed", "DialBridged": "false", "QueueResult": "error"}


async def take(run: Run, verb: Verb, noun: Verb) -> Outcome:
    """Talk to the next in the queue, waiting for one if need be; a queue that is not there is a failed Dial."""
    world, call = run.world, run.call
    for name in sorted(set(noun.attributes) - set(ATTRIBUTES.split())):
        run.warn(12200, f"Schema validation warning: <Queue> has no attribute {name!r}")
    if not 0 < len(noun.text) <= LONGEST_NAME:
        code, what = (14213, "long") if noun.text else (14212, "short")
        world.log.error(call, code, f"Dial->Queue: queue name too {what}", run.document.url or "")
        return _outcome(run, verb, _NOBODY)
    queue = world.queues.named(noun.text)
    if queue is None:
        return _outcome(run, verb, _NOBODY)
    if call.answered is None:
        world.lifecycle.answer(call)
    dequeuing = Dequeuing(world, call, queue, _terms(run, verb, noun))
    with call.run.when_cut(lambda why: _cut(run, verb, dequeuing, why)):
        await dequeuing.connect()
    return _outcome(run, verb, dequeuing.result())


def _cut(run: Run, verb: Verb, dequeuing: Dequeuing, why: str) -> Coroutine[Any, Any, None] | None:
    """Let the other side go on. The action is requested all the same, and its answer thrown away."""
    switches = run.world.switches
    wanted = why == "redirect" or switches.dial_action_on_hangup
    wanted = wanted and (dequeuing.is_bridged or switches.dial_action_when_ringing)
    dequeuing.close()
    action = _outcome(run, verb, dequeuing.result()) if wanted else None
    return request_and_discard(run.world, run.call, action) if action else None


def _terms(run: Run, verb: Verb, noun: Verb) -> DequeueSettings:
    extra = run.world.switches.dial_timeout_extra_seconds
    return DequeueSettings(
        whole(run, verb, "timeout", 30, 5, 600) + extra,
        whole(run, verb, "timeLimit", 14400, 1),
        flag(run, verb, "hangupOnStar"),
        _whisper(run, noun),
        recorded(run, verb),
    )


def _whisper(run: Run, noun: Verb) -> Fetch | None:
    url = resolve(run, noun.get("url")) if noun.get("url") else ""
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return None
    return Fetch(url, method(run, noun)) if url else None


def _outcome(run: Run, verb: Verb, params: dict[str, str]) -> Fetch | Problem | None:
    return action_request(run, verb, params) if verb.get("action").strip() else None
