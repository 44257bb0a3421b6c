"""The story of a call: its events and commands as one list, newest first, in the words of the operator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from voice.event_kinds import title_of
from voice.events import Event
from voice.registry import CommandRecord
from voice.services import Services
from voice.web.console.labels import arguments as outcomes
from voice.web.console.labels.arguments import Said

ROOM = {
    "participant-join": "Joined the room", "participant-leave": "Left the room", "participant-hold": "Put on hold",
    "participant-unhold": "Taken back from hold", "participant-mute": "Muted", "participant-unmute": "Unmuted",
    "conference-start": "The room began", "conference-end": "The room ended",
    "announcement-end": "The announcement was heard", "announcement-fail": "The announcement failed",
}  # fmt: skip
SOURCES = {"twilio": "Twilio", "twilio.answer": "Twilio", "worker": "Midcall", "registry": "Midcall"}
WORTH = {"CallerName": "Caller's name", "ErrorCode": "Error", "ErrorUrl": "At", "SipResponseCode": "SIP"}
ORDINARY = {"SipResponseCode": "200"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened, or a command with all that became of it; `number` gives the order."""

    number: int
    at: datetime
    title: str
    who: str
    said: list[Said]
    raw: list[Said] = field(default_factory=list)
    command: CommandRecord | None = None
    steps: list[Event] = field(default_factory=list)
    recording: str | None = None


def story(services: Services, events: Iterable[Event], commands: Iterable[CommandRecord]) -> list[Entry]:
    """All of it, newest first; what became of a command stands with the command."""
    asked, steps, found = {command.id: command for command in commands}, defaultdict(list), []
    for event in events:
        if event.kind.startswith("command.") and event.command_id in asked:
            steps[event.command_id].append(event)
        else:
            found.append(_happened(services, event))
    found += [_command(services, command, steps[number]) for number, command in asked.items()]
    return sorted(found, key=lambda entry: -entry.number)


def _command(services: Services, command: CommandRecord, steps: list[Event]) -> Entry:
    kind = services.commands.get(command.command)
    said = outcomes.arguments(services, command.command, command.arguments)
    title = kind.title if kind else command.command
    return Entry(
        command.id, command.requested_at, title, command.operator, said, command=command, steps=steps
    )


def _happened(services: Services, event: Event) -> Entry:
    twilio = event.details.get("twilio") or {}
    worth = [name for name in WORTH if twilio.get(name, "") not in ("", ORDINARY.get(name))]
    said = outcomes.inputs(twilio) + [Said(WORTH[name], twilio[name]) for name in worth]
    heard = event.kind == "webhook.recording" and twilio.get("RecordingStatus", "completed") == "completed"
    return Entry(
        event.id, event.at, _title(services, event, twilio), SOURCES.get(event.source, event.source),
        said, outcomes.flat(event.details), recording=twilio.get("RecordingSid") if heard else None,
    )  # fmt: skip


def _title(services: Services, event: Event, twilio: dict[str, Any]) -> str:
    kind, details = event.kind, event.details
    if kind == "webhook.scene":
        return _scene_title(services, details)
    if kind == "webhook.conference":
        what = twilio.get("StatusCallbackEvent", "")
        return f"{ROOM.get(what, what)} {twilio.get('FriendlyName', '')}".rstrip()
    if kind == "webhook.incoming" and details.get("scene"):
        return f"{title_of(kind)}: {_named(services, details['scene'])}"
    about = twilio.get("RecordingStatus") or twilio.get("CallStatus") or details.get("status")
    known = title_of(kind)
    return f"{known}: {about.replace('-', ' ')}" if about and kind not in ("webhook.fallback",) else known


def _scene_title(services: Services, details: dict[str, Any]) -> str:
    if "waits_for" in details:
        return f"Waits for the other legs, before {_named(services, details['waits_for'])}"
    if details.get("scene"):
        scene = services.scenes.get(details["scene"])
        verb = "Came to" if scene is None or scene.is_place else "Heard"
        return f"{verb} “{_named(services, details['scene'])}”"
    return "An apology, as the scene could not be built"


def _named(services: Services, name: str) -> str:
    scene = services.scenes.get(name)
    return scene.title if scene else name
