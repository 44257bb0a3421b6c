"""The title of each entry in a call's timeline. voice/event_kinds.py has the titles of the kinds themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from voice.calls import Call
from voice.event_kinds import title_of
from voice.events import Event
from voice.registry import CommandRecord
from voice.services import Services
from voice.web.console.labels.times import duration
from voice.web.live_calls import chosen_name

CONFERENCE_TITLES = {
    "participant-join": "Joined conference {name}", "participant-leave": "Left conference {name}",
    "participant-hold": "Put on hold", "participant-unhold": "Taken off hold",
    "participant-mute": "Muted", "participant-unmute": "Unmuted",
    "conference-start": "Conference {name} started", "conference-end": "Conference {name} ended",
    "announcement-end": "Announcement played", "announcement-fail": "Announcement failed",
}  # fmt: skip
FORK_NAMES = {"stream": "Stream", "transcription": "Transcription", "siprec": "SIPREC session"}
FORK_RESULTS = {"error": "failed", "content": "received"}
SOURCES = {"twilio": "Twilio", "twilio.answer": "Twilio", "worker": "Midcall", "registry": "Midcall"}


def source_label(source: str) -> str:
    """The source of an event; an operator and a rule are shown by their names."""
    return SOURCES.get(source, source)


def event_title(services: Services, call: Call, event: Event, command: CommandRecord | None) -> str:
    """The title of an event; `command` is the command that led to it, if any."""
    fields = event.details.get("twilio") or {}
    if event.kind == "webhook.scene":
        return _scene_title(services, event.details, command)
    if event.kind == "webhook.conference":
        return _conference_title(fields)
    if event.kind == "webhook.fork":
        return _fork_title(call, event, fields)
    if event.kind == "webhook.recording":
        return _recording_title(fields)
    if event.kind == "webhook.debugger":
        return _report_title(event.details)
    return _plain_title(services, event, fields)


def _plain_title(services: Services, event: Event, fields: Mapping[str, str]) -> str:
    """The title of the event's kind, with the first scene, the command of a plan, or the status of the call."""
    if event.kind == "webhook.incoming" and event.details.get("scene"):
        return f"{title_of(event.kind)}: {_scene_name(services, event.details['scene'])}"
    if event.kind.startswith("plan."):
        return f"{title_of(event.kind)}: {_command_name(services, event.details)}"
    status = str(fields.get("CallStatus") or event.details.get("status") or "")
    if not status or event.kind == "webhook.fallback":
        return title_of(event.kind)
    return f"{title_of(event.kind)}: {status.replace('-', ' ')}"


def _scene_title(services: Services, details: Mapping[str, Any], command: CommandRecord | None) -> str:
    if "waits_for" in details:
        return "Waiting for the other legs"
    if not details.get("scene"):
        return "Apology played: the scene failed"
    scene = services.scenes.get(details["scene"])
    if scene and scene.on_hold:
        return scene.title
    if scene is None or scene.is_place:
        return f"Entered {_scene_name(services, details['scene'])}"
    return _played_title(command.arguments if command else {}) or scene.title


def _played_title(arguments: Mapping[str, Any]) -> str:
    """The title of a scene that a command played to the caller in between."""
    if arguments.get("text"):
        return f"Message played: “{arguments['text']}”"
    if arguments.get("url"):
        return f"Sound played: {arguments['url']}"
    return f"Tones sent: {arguments['digits']}" if arguments.get("digits") else ""


def _conference_title(fields: Mapping[str, str]) -> str:
    event = fields.get("StatusCallbackEvent", "")
    name = chosen_name(fields.get("FriendlyName"))
    return " ".join(CONFERENCE_TITLES.get(event, event).format(name=name).split())


def _fork_title(call: Call, event: Event, fields: Mapping[str, str]) -> str:
    """What was said, for a transcription with text; otherwise the fork and what happened to it."""
    if text := _transcript(fields):
        return f"{_speaker(call, fields.get('Track', ''))}: “{text}”"
    name, _, result = str(event.details.get("happened") or "").partition("-")
    if not result:
        return title_of(event.kind)
    return f"{FORK_NAMES.get(name, name.capitalize())} {FORK_RESULTS.get(result, result)}"


def _transcript(fields: Mapping[str, str]) -> str:
    """Source: https://www.twilio.com/docs/voice/twiml/transcription#transcription-content-event"""
    try:
        content = json.loads(fields.get("TranscriptionData", ""))
    except ValueError:
        return ""
    return str(content.get("transcript", "")) if isinstance(content, dict) else ""


def _speaker(call: Call, track: str) -> str:
    """The inbound track is the voice of the call's own party: the caller, or the agent on a dialed leg."""
    is_own_voice = track != "outbound_track"
    return "Agent" if is_own_voice == bool(call.parent_call_sid) else "Caller"


def _recording_title(fields: Mapping[str, str]) -> str:
    status, seconds = fields.get("RecordingStatus", "completed"), fields.get("RecordingDuration", "")
    if status == "completed" and seconds.isascii() and seconds.isdigit():
        return f"Recording, {duration(int(seconds))}"
    return f"Recording: {status.replace('-', ' ')}"


def _report_title(details: Mapping[str, Any]) -> str:
    """The error or the warning, with its code."""
    kind = "an error" if details.get("failed") else "a warning"
    code = f" ({details['twilio_code']})" if details.get("twilio_code") else ""
    return f"Twilio reported {kind}{code}: {details.get('message', '')}"


def _command_name(services: Services, details: Mapping[str, Any]) -> str:
    name = str((details.get("plan") or {}).get("command", ""))
    kind = services.commands.get(name)
    return kind.title if kind else name


def _scene_name(services: Services, name: str) -> str:
    scene = services.scenes.get(name)
    return scene.title if scene else name
