"""Enqueue and Leave: waiting in a queue (https://www.twilio.com/docs/voice/twiml/enqueue, /leave)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.conferences.participant_settings import MUSIC
from midcall_emulator.core.documents import PROMPTS, Manner
from midcall_emulator.core.outcomes import End, Fetch, Outcome, Problem
from midcall_emulator.queues.queues import DEFAULT_SIZE, LARGEST, LONGEST_NAME, Member, Queue
from midcall_emulator.twiml.attributes.values import action_request, method, resolve, whole
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs
from midcall_emulator.wire.callbacks import request_and_discard

_WAITING = PROMPTS | {"Hangup", "Leave", "Gather"}


@performs("Enqueue", "action method waitUrl waitUrlMethod maxQueueSize workflowSid", children="Task")
async def enqueue(run: Run, verb: Verb) -> Outcome:
    """Wait until somebody takes the call, or something else ends the wait; the action gets the ``QueueResult``."""
    world, name = run.world, verb.get("workflowSid") or verb.text
    if verb.get("workflowSid"):
        run.warn(12200, "Enqueue: TaskRouter is not performed by this emulator; the call waits in a queue")
    if not 0 < len(name) <= LONGEST_NAME:
        code, what = (14205, "long") if name else (14204, "short")
        world.log.error(run.call, code, f"Enqueue: Queue name too {what}", run.document.url or "")
        return _outcome(run, verb, {"QueueResult": "error"})
    queue = world.queues.named(name) or world.queues.create(name, _size(run, verb))
    if queue.is_full and not queue.takers:
        run.warn(14207, "Enqueue: The targeted queue reached max queue size")
        return _outcome(run, verb, {"QueueResult": "queue-full", "QueueSid": queue.sid})
    wait = _wait_source(run, verb)
    if isinstance(wait, Problem):
        return wait
    return await _stay(run, verb, queue, wait)


@performs("Leave", answers=False)
async def leave(run: Run, verb: Verb) -> Outcome:
    """Leave the queue: the call goes on after its Enqueue. Outside of a queue it does nothing."""
    member = run.world.queues.member_of(run.call)
    if member is None:
        return None
    member.go("leave")
    return End()


async def _stay(run: Run, verb: Verb, queue: Queue, wait: Fetch | None) -> Outcome:
    world, call = run.world, run.call
    member = world.queues.join(queue, call)
    with call.run.when_cut(lambda why: _cut(run, verb, member, why)):
        member.listen = lambda: _listen(run, member, wait)
        if member.taker is None:
            member.listen()
        result = await world.clock.park(member.leaving)
    world.queues.forget(member)
    if isinstance(result, Problem):
        return result
    return _outcome(run, verb, _result(member, result))


def _listen(run: Run, member: Member, wait: Fetch | None) -> None:
    if wait is MUSIC:
        run.play("music")
    elif wait:
        member.sound = run.world.clock.spawn(_loop(run, member, wait))


async def _loop(run: Run, member: Member, wait: Fetch) -> None:
    """Run the document for waiting again and again, each time with what is true of the queue then."""
    world, call = run.world, run.call
    manner = Manner("wait", lambda: [call], _WAITING, lambda: _told(member), None)
    outcome: Outcome = None
    while outcome is None:
        outcome = await world.background_documents.play(call, wait, manner)
    if isinstance(outcome, Problem):
        member.go(outcome)
    elif not member.leaving.done():
        world.lifecycle.end(call, "completed")


def _told(member: Member) -> dict[str, str]:
    """Return what https://www.twilio.com/docs/voice/twiml/enqueue#waiturl-request-parameters lists."""
    queue = member.queue
    return {
        "QueuePosition": str(member.position),
        "QueueSid": queue.sid,
        "QueueTime": str(member.waited),
        "AvgQueueTime": str(queue.average),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _cut(run: Run, verb: Verb, member: Member, why: str) -> Coroutine[Any, Any, None] | None:
    """Leave the queue, or the bridge; the action is requested at once, and its answer thrown away."""
    unbridged = "bridging-in-process" if member.taker else "redirected"
    results = {
        "redirect": "redirected-from-bridged" if member.is_bridged else unbridged,
        "hangup": "bridged" if member.is_bridged else "hangup",
    }
    run.world.queues.forget(member)
    if member.taker:
        member.taker.lose(why)
    action = _outcome(run, verb, _result(member, results[why]))
    return request_and_discard(run.world, run.call, action) if action else None


def _result(member: Member, result: str) -> dict[str, str]:
    seconds = str(member.waited)
    return {"QueueResult": result, "QueueSid": member.queue.sid, "QueueTime": seconds}


def _outcome(run: Run, verb: Verb, params: dict[str, str]) -> Fetch | Problem | None:
    return action_request(run, verb, params) if verb.get("action").strip() else None


def _wait_source(run: Run, verb: Verb) -> Fetch | Problem | None:
    """Return what is heard while waiting: Twilio's music unless told otherwise, nothing for an empty URL."""
    if "waitUrl" not in verb.attributes:
        return MUSIC
    text = verb.get("waitUrl").strip()
    url = resolve(run, text) if text else ""
    if isinstance(url, Problem):
        return url
    return Fetch(url, method(run, verb, "waitUrlMethod")) if url else None


def _size(run: Run, verb: Verb) -> int:
    return whole(run, verb, "maxQueueSize", DEFAULT_SIZE, 1, LARGEST)
