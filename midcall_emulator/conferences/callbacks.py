"""What a conference reports (https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent)."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime
from typing import TYPE_CHECKING

from midcall_emulator.core.call_record import Call
from midcall_emulator.wire.callbacks import judge
from midcall_emulator.wire.webhooks import Errand

if TYPE_CHECKING:
    from midcall_emulator.conferences.conference import Conference
    from midcall_emulator.conferences.participants import Participant

SUBSCRIBED = frozenset({"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"})
_SUBSCRIPTIONS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


def tell(room: Conference, event: str, about: Participant | None = None, **more: str) -> None:
    """Send the callback for an event if the conference has one for it; never waits, keeps the order."""
    callback = room.callback
    if callback is None or _SUBSCRIPTIONS[event] not in callback.events:
        return
    params = _common(room, event) | (_of_participant(about) if about else {}) | more
    room.events_sent += 1
    errand = Errand("conference", callback.url, callback.method, tuple(params.items()), bare=True)
    call = about.call if about else room.founder
    room.last_callback = room.world.clock.spawn(_send(room, call, errand, room.last_callback))


async def _send(room: Conference, call: Call, errand: Errand, earlier: asyncio.Task[None] | None) -> None:
    if earlier:
        await room.world.clock.park(asyncio.shield(earlier))
    reply = await room.world.webhooks.fetch(call, errand)
    judge(room.world, call, errand.kind, reply)


def _common(room: Conference, event: str) -> dict[str, str]:
    world = room.world
    return {
        "ConferenceSid": room.sid,
        "FriendlyName": room.name,
        "AccountSid": world.account,
        "SequenceNumber": str(world.switches.conference_first_sequence_number + room.events_sent),
        "Timestamp": format_datetime(world.clock.date()),
        "StatusCallbackEvent": event,
    }


def _of_participant(participant: Participant) -> dict[str, str]:
    params = {
        "CallSid": participant.call.sid,
        "Muted": _flag(participant.muted),
        "Hold": _flag(participant.hold),
        "Coaching": _flag(participant.coaching),
        "EndConferenceOnExit": _flag(participant.ends),
        "StartConferenceOnEnter": _flag(participant.starts),
    }
    if participant.coaching:
        params["CallSidToCoach"] = participant.coached
    return params | ({"ParticipantLabel": participant.label} if participant.label else {})


def _flag(value: bool) -> str:
    return str(value).lower()
