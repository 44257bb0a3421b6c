"""Whose document a call runs: one of Midcall's scenes, or a document that an operator sent or another app serves."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from voice.calls import Call
from voice.control.base import Destination, call_commands
from voice.control.call_services import CallServices
from voice.scenes.visit import is_ours

NOT_MOVED = ("requested", "refused")  # a command in one of these states has moved no call yet


def last_destination(services: CallServices, call: Call) -> Destination | None:
    """Where the newest command that Twilio executed, or may have executed, sent the caller; None if no command did."""
    return _newest_destination(services, call, after=0)


def runs_own_document(services: CallServices, call: Call) -> bool:
    """True if the call runs a document of Midcall, as far as webhooks and commands tell."""
    if not is_ours(services.config, call.scene_url or ""):
        return False
    newer = _newest_destination(services, call, after=command_in(call.scene_url))
    return newer is None or (
        newer.twiml is None and (newer.url is None or is_ours(services.config, newer.url))
    )


def knows_talk(services: CallServices, call: Call) -> bool:
    """True if webhooks tell which calls a Dial connects to this one, and that there is one if the document dials."""
    if call.in_room or services.registry.calls.talking_to(call):
        return True
    scene = services.scenes.get(call.scene or "")
    return scene is not None and not scene.dials_out and runs_own_document(services, call)


def command_in(url: str | None) -> int:
    """The id of the command that led to a URL; 0 if none did."""
    value = parse_qs(urlsplit(url or "").query).get("command", [""])[0]
    return int(value) if value.isascii() and value.isdigit() else 0


def _newest_destination(services: CallServices, call: Call, after: int) -> Destination | None:
    kinds = call_commands(services.commands)
    for record in reversed(services.registry.commands.of_call(call.call_sid)):
        if record.id <= after:
            return None
        kind = kinds.get(record.command)
        has_moved = record.state not in NOT_MOVED
        destination = kind.destination(record.arguments) if kind and has_moved else None
        if destination is not None:
            return destination
    return None
