"""Queue inside Dial: the call is connected with the first caller in the queue
(https://www.twilio.com/docs/voice/twiml/queue)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.queues.queue import LONGEST_NAME
from midcall_emulator.queues.queue_dial import QueueDial
from midcall_emulator.queues.queue_dial_settings import QueueDialSettings
from midcall_emulator.twiml.attributes.recording import dial_recording
from midcall_emulator.twiml.attributes.urls import optional_action, optional_fetch
from midcall_emulator.twiml.attributes.values import boolean, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_destination
from midcall_emulator.twiml.performers import attributes
from midcall_emulator.wire.callbacks import request_and_discard

_FAILED = {"DialCallStatus": "failed", "DialBridged": "false", "QueueResult": "error"}


@dial_destination("Queue", attributes("url reservationSid postWorkActivitySid", method=14210))
async def queue(run: Run, dial: Verb, noun: Verb) -> Outcome:
    """Connect the call with the first caller in the queue, or wait for one; an unknown queue fails the Dial."""
    if not 0 < len(noun.text) <= LONGEST_NAME:
        code, length = (14213, "long") if noun.text else (14212, "short")
        run.world.log.error(run.call, code, f"Dial->Queue: queue name too {length}", run.document.url or "")
        return optional_action(run, dial, _FAILED)
    found = run.world.queues.named(noun.text)
    if found is None:
        return optional_action(run, dial, _FAILED)
    if run.call.answered is None:
        run.world.lifecycle.answer(run.call)
    queue_dial = QueueDial(run.world, run.call, found, _settings(run, dial, noun))
    with run.when_interrupted(lambda reason: _interrupt(run, dial, queue_dial, reason)):
        await queue_dial.connect()
    return optional_action(run, dial, queue_dial.result())


def _interrupt(run: Run, dial: Verb, queue_dial: QueueDial, reason: str) -> Coroutine[Any, Any, None] | None:
    """Release the caller; the action is still requested, and its response is discarded."""
    switches = run.world.switches
    requests = reason == "redirect" or switches.dial_action_on_hangup
    requests = requests and (queue_dial.is_bridged or switches.dial_action_when_ringing)
    queue_dial.close()
    action = optional_action(run, dial, queue_dial.result()) if requests else None
    return request_and_discard(run.world, run.call, action) if action else None


def _settings(run: Run, dial: Verb, noun: Verb) -> QueueDialSettings:
    return QueueDialSettings(
        timeout=whole_number(run, dial, "timeout", 30, 5, 600)
        + run.world.switches.dial_timeout_extra_seconds,
        time_limit=whole_number(run, dial, "timeLimit", 14400, 1),
        hangup_on_star=boolean(run, dial, "hangupOnStar"),
        whisper=optional_fetch(run, noun, "url", "method"),
        record=dial_recording(run, dial),
    )
