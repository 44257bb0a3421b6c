"""The timeline of a call: its events and commands in one list, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from voice.calls import Call
from voice.events import Event
from voice.registry import CommandRecord
from voice.services import Services
from voice.web.console.labels.arguments import LabeledValue, caller_input, command_arguments, flatten
from voice.web.console.labels.events import event_title, source_label

NOTABLE = {"CallerName": "Caller's name", "ErrorCode": "Error", "ErrorUrl": "URL", "SipResponseCode": "SIP"}
ORDINARY = {"SipResponseCode": "200"}  # values that are not worth a line
IN_TITLE = {"webhook.recording": ("RecordingDuration",)}  # fields that the title of the event shows


@dataclass(frozen=True)
class TimelineEntry:
    """One event, or one command with all that followed from it. `number` gives the order."""

    number: int
    at: datetime
    title: str
    source: str
    values: list[LabeledValue]
    details: list[LabeledValue] = field(default_factory=list)
    command: CommandRecord | None = None
    steps: list[Event] = field(default_factory=list)
    recording: str | None = None


def timeline(
    services: Services, call: Call, events: Iterable[Event], commands: Iterable[CommandRecord]
) -> list[TimelineEntry]:
    """All entries, newest first. The events of a command belong to the command's entry."""
    by_id = {command.id: command for command in commands}
    steps, entries = defaultdict(list), []
    for event in events:
        command = by_id.get(event.command_id or 0)
        if command and event.kind.startswith("command."):
            steps[command.id].append(event)
        else:
            entries.append(_event_entry(services, call, event, command))
    entries += [_command_entry(services, command, steps[number]) for number, command in by_id.items()]
    return sorted(entries, key=lambda entry: -entry.number)


def _command_entry(services: Services, command: CommandRecord, steps: list[Event]) -> TimelineEntry:
    kind = services.commands.get(command.command)
    return TimelineEntry(
        command.id,
        command.requested_at,
        kind.title if kind else command.command,
        command.operator,
        command_arguments(services, command.command, command.arguments),
        command=command,
        steps=steps,
    )


def _event_entry(
    services: Services, call: Call, event: Event, command: CommandRecord | None
) -> TimelineEntry:
    fields = event.details.get("twilio") or {}
    is_complete = fields.get("RecordingStatus", "completed") == "completed"
    has_recording = event.kind == "webhook.recording" and is_complete
    return TimelineEntry(
        event.id,
        event.at,
        event_title(services, call, event, command),
        source_label(event.source),
        _values(event.kind, fields),
        flatten(event.details),
        recording=fields.get("RecordingSid") if has_recording else None,
    )


def _values(kind: str, fields: dict[str, str]) -> list[LabeledValue]:
    """The caller's input, and other fields of the webhook that explain it."""
    shown = {name: value for name, value in fields.items() if name not in IN_TITLE.get(kind, ())}
    notable = [name for name in NOTABLE if shown.get(name, "") not in ("", ORDINARY.get(name))]
    return caller_input(shown) + [LabeledValue(NOTABLE[name], shown[name]) for name in notable]
