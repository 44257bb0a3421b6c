"""Live calls as lists show them: the call, its place in words and its last command. For the API, the feed and pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from voice.calls import NOT_ANSWERED, Call
from voice.conferences.membership import NAME_PREFIX
from voice.control.base import call_commands
from voice.events import Event
from voice.registry import CommandRecord
from voice.services import Services

PARTICIPANT_STATES = {"hold": "on hold", "ends_room": "ends conference"}  # where the label is not the name


@dataclass(frozen=True, kw_only=True)
class LastCommand(CommandRecord):
    """The newest command of a call, with its title."""

    title: str


@dataclass(frozen=True, kw_only=True)
class LiveCall(Call):
    """A call with its place in words and its newest command."""

    place: str
    command: LastCommand | None


@dataclass(frozen=True, kw_only=True)
class CallEvent(Event):
    """An event with its call as the call is when the event is sent; null for an event of no call."""

    call: LiveCall | None


def live_calls(services: Services, calls: Collection[Call]) -> list[LiveCall]:
    """The calls, in their order, with place and newest command."""
    newest = services.registry.commands.newest_by_call([call.call_sid for call in calls])
    return [_live_call(services, call, newest.get(call.call_sid)) for call in calls]


def by_sid(services: Services, call_sids: Iterable[str]) -> dict[str, LiveCall]:
    """The calls that the registry knows, by CallSid."""
    found = services.registry.calls.get_many(list(call_sids))
    return {call.call_sid: call for call in live_calls(services, list(found.values()))}


def _live_call(services: Services, call: Call, command: CommandRecord | None) -> LiveCall:
    kind = services.commands.get(command.command) if command else None
    last = LastCommand(**vars(command), title=kind.title if kind else command.command) if command else None
    return LiveCall(**vars(call), place=place_in_words(services, call, command), command=last)


def place_in_words(services: Services, call: Call, command: CommandRecord | None) -> str:
    """The place of the caller: the conference, a document from outside the catalogue, or the last scene.

    A leg that a scene dialed has no scene of its own: it is connected to its parent.
    """
    if call.in_room and call.live:
        return _conference_in_words(call)
    document = _document(services, command, call) if command else None
    if command and document:
        return f"{document} from {command.operator}"
    scene = services.scenes.get(call.scene or "")
    if scene is None and call.status in NOT_ANSWERED:
        return "Not answered yet"
    without_scene = "Connected" if call.parent_call_sid else ""
    return scene.title if scene else (call.scene or without_scene)


def chosen_name(conference: str | None) -> str:
    """The name of a conference that a person or a TwiML document chose; empty for a name that Midcall made up."""
    return "" if (conference or "").startswith(NAME_PREFIX) else conference or ""


def _conference_in_words(call: Call) -> str:
    states = [
        PARTICIPANT_STATES.get(name, name) for name, applies in (call.room_state or {}).items() if applies
    ]
    return ", ".join([f"Conference {chosen_name(call.room)}".strip(), *states])


def _document(services: Services, command: CommandRecord, call: Call) -> str | None:
    """The URL of the document that the command gave the call after its last scene; "TwiML" for an inline document."""
    kind = call_commands(services.commands).get(command.command)
    destination = kind.destination(command.arguments) if kind else None
    taken = command.state in ("accepted", "confirmed")
    if not destination or not taken or (call.place_since and command.requested_at <= call.place_since):
        return None
    return destination.url or ("TwiML" if destination.twiml else None)
