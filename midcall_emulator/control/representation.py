"""Calls and the clock as JSON."""

from __future__ import annotations

from typing import Any, Protocol

from midcall_emulator.core.call_record import Call, Notification, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.media.recordings import HasRecordings


class CallFieldsWorld(HasClock, HasRecordings, Protocol):
    """The parts of the world that the fields of a call come from."""


def call_fields(world: CallFieldsWorld, call: Call) -> dict[str, Any]:
    """Return a call with its transcript, requests and warnings. Times in the lists are seconds since the answer."""
    return {
        "sid": call.sid,
        "status": call.status,
        "parent_call_sid": call.parent_sid,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "created_at": _date(world, call.created),
        "answered_at": _date(world, call.answered),
        "ended_at": _date(world, call.ended),
        "duration_seconds": call.duration,
        "verb": call.run.verb,
        "document": call.run.document,
        "bridged_to": call.bridged_to.sid if call.bridged_to else None,
        "heard": [item | {"at": call.since_answer(item["at"])} for item in call.transcript],
        "requests": [_request(call, item) for item in call.requests],
        "warnings": [_notification(call, item) for item in call.notifications],
        "recordings": [item.sid for item in world.recordings if item.call is call],
    }


def clock_fields(world: HasClock) -> dict[str, Any]:
    """Return the clock's mode, speed and time, the next due event, and the number of tasks in progress."""
    clock = world.clock
    due = clock.next_due()
    return {
        "mode": clock.mode,
        "speed": clock.speed,
        "now": clock.date().isoformat(),
        "seconds": round(clock.now(), 3),
        "next_due_in": None if due is None else round(max(0.0, due - clock.now()), 3),
        "busy": clock.busy,
    }


def _request(call: Call, item: RequestItem) -> dict[str, Any]:
    return {
        "at": call.since_answer(item.at),
        "kind": item.kind,
        "method": item.method,
        "url": item.url,
        "params": item.params,
        "status": item.status,
        "signature": item.signature,
        "response": item.response,
        "content_type": item.content_type,
        "idempotency_token": item.token if item.sends_token else None,
        "error": item.error,
        "discarded": item.discarded,
        "milliseconds": item.milliseconds,
    }


def _notification(call: Call, item: Notification) -> dict[str, Any]:
    return {
        "at": call.since_answer(item.at),
        "code": item.code,
        "level": item.level,
        "message": item.message,
        "url": item.url,
    }


def _date(world: HasClock, at: float | None) -> str | None:
    return None if at is None else world.clock.date(at).isoformat()
