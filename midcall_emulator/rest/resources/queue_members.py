"""Members of a queue: listed, fetched, taken out to another document
(https://www.twilio.com/docs/voice/api/member-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.queues.queues import Member
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import page
from midcall_emulator.rest.resources.queues import queue_of


@operation("GET", "/Queues/{queue_sid}/Members.json")
def list_members(ask: Ask) -> Answer:
    """Return who waits, the next one first."""
    members = queue_of(ask).members
    return Answer(200, page(ask, "queue_members", members, partial(_shown, ask), lambda item: item.call.sid))


@operation("GET", "/Queues/{queue_sid}/Members/{call_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return one who waits: by CallSid, or the next one as ``Front``."""
    return Answer(200, _shown(ask, _member(ask)))


@operation("POST", "/Queues/{queue_sid}/Members/{call_sid}.json")
def update(ask: Ask) -> Answer:
    """Take somebody out, and run the document at ``Url`` on the call; the Enqueue's action is requested as well."""
    member, url, method = _member(ask), parameters.url(ask, "Url", 21205), parameters.method(ask, "Method")
    if not url:
        raise Refusal(21205)
    shown = _shown(ask, member)
    ask.world.placement.redirect(member.call, Fetch(url, method))
    return Answer(200, shown)


def _member(ask: Ask) -> Member:
    member = queue_of(ask).find(ask.ids["call_sid"])
    if member is None:
        raise Refusal(20404, ask.path)
    return member


def _shown(ask: Ask, member: Member) -> dict[str, Any]:
    own = f"Queues/{member.queue.sid}/Members/{member.call.sid}.json"
    return {
        "call_sid": member.call.sid,
        "queue_sid": member.queue.sid,
        "date_enqueued": representation.date(ask.world, member.joined),
        "position": member.position,
        "wait_time": member.waited,
        "uri": representation.path(ask.world, own),
    }
