"""Enqueue: the caller waits in a queue (https://www.twilio.com/docs/voice/twiml/enqueue)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.conferences.participant_settings import MUSIC
from midcall_emulator.core.documents import BACKGROUND_VERBS, BackgroundSettings
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.queues.queue import DEFAULT_SIZE, LARGEST, LONGEST_NAME, Member, Queue
from midcall_emulator.twiml.attributes.urls import optional_action, resolve
from midcall_emulator.twiml.attributes.values import http_method, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.performers import attributes, performs
from midcall_emulator.wire.callbacks import request_and_discard

_VERBS_WHILE_WAITING = BACKGROUND_VERBS | {"Hangup", "Leave", "Gather"}


@performs(
    "Enqueue",
    attributes("action waitUrl maxQueueSize workflowSid", method=14201, waitUrlMethod=14206),
    children="Task",
)
async def enqueue(run: Run, verb: Verb) -> Outcome:
    """Wait until an agent takes the call or the wait ends otherwise; the action receives ``QueueResult``."""
    name = verb.get("workflowSid") or verb.text
    if verb.get("workflowSid"):
        run.warn(
            SCHEMA_WARNING,
            "Enqueue: TaskRouter is not performed by this emulator; the call waits in a queue",
        )
    if not 0 < len(name) <= LONGEST_NAME:
        code, length = (14205, "long") if name else (14204, "short")
        run.world.log.error(run.call, code, f"Enqueue: Queue name too {length}", run.document.url or "")
        return optional_action(run, verb, {"QueueResult": "error"})
    return await _enter(run, verb, run.world.queues.named(name) or _create(run, verb, name))


def _create(run: Run, verb: Verb, name: str) -> Queue:
    return run.world.queues.create(name, whole_number(run, verb, "maxQueueSize", DEFAULT_SIZE, 1, LARGEST))


async def _enter(run: Run, verb: Verb, queue: Queue) -> Outcome:
    if queue.is_full and not queue.agents:
        run.warn(14207, "Enqueue: The targeted queue reached max queue size")
        return optional_action(run, verb, {"QueueResult": "queue-full", "QueueSid": queue.sid})
    wait = _wait_source(run, verb)
    return wait if isinstance(wait, Problem) else await _stay(run, verb, queue, wait)


def _wait_source(run: Run, verb: Verb) -> Fetch | Problem | None:
    """Return what the caller hears: Twilio's music by default, None (silence) for an empty ``waitUrl``."""
    if "waitUrl" not in verb.attributes:
        return MUSIC
    text = verb.get("waitUrl").strip()
    url = resolve(run, text) if text else ""
    if isinstance(url, Problem):
        return url
    return Fetch(url, http_method(run, verb, "waitUrlMethod")) if url else None


async def _stay(run: Run, verb: Verb, queue: Queue, wait: Fetch | None) -> Outcome:
    member = run.world.queues.enter(queue, run.call)
    with run.when_interrupted(lambda reason: _interrupt(run, verb, member, reason)):
        member.play_wait = lambda: _play_wait(run, member, wait)
        if member.agent is None:
            member.play_wait()
        result = await run.world.clock.park(member.leaving)
    run.world.queues.forget(member)
    return result if isinstance(result, Problem) else optional_action(run, verb, _result(member, result))


def _play_wait(run: Run, member: Member, wait: Fetch | None) -> None:
    if wait is MUSIC:
        run.play("music")
    elif wait:
        member.sound = run.world.clock.spawn(_repeat_wait_document(run, member, wait))


async def _repeat_wait_document(run: Run, member: Member, wait: Fetch) -> None:
    """Request and run the wait document repeatedly, each time with the current parameters of the queue."""
    world, call = run.world, run.call
    settings = BackgroundSettings(
        "wait", lambda: [call], _VERBS_WHILE_WAITING, lambda: _wait_parameters(member), None
    )
    outcome: Outcome = None
    while outcome is None:
        outcome = await world.background_documents.play(call, wait, settings)
    if isinstance(outcome, Problem):
        member.leave(outcome)
    elif not member.leaving.done():
        world.lifecycle.end(call, "completed")


def _wait_parameters(member: Member) -> dict[str, str]:
    """Return the parameters of https://www.twilio.com/docs/voice/twiml/enqueue#waiturl-request-parameters."""
    queue = member.queue
    return {
        "QueuePosition": str(member.position),
        "QueueSid": queue.sid,
        "QueueTime": str(member.wait_seconds),
        "AvgQueueTime": str(queue.average_wait),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _interrupt(run: Run, verb: Verb, member: Member, reason: str) -> Coroutine[Any, Any, None] | None:
    """Leave the queue or the bridge; the action is requested at once, and its response is discarded."""
    unbridged = "bridging-in-process" if member.agent else "redirected"
    results = {
        "redirect": "redirected-from-bridged" if member.is_bridged else unbridged,
        "hangup": "bridged" if member.is_bridged else "hangup",
    }
    run.world.queues.forget(member)
    if member.agent:
        member.agent.lose(reason)
    action = optional_action(run, verb, _result(member, results[reason]))
    return request_and_discard(run.world, run.call, action) if action else None


def _result(member: Member, result: str) -> dict[str, str]:
    return {"QueueResult": result, "QueueSid": member.queue.sid, "QueueTime": str(member.wait_seconds)}
