"""Whether a command rings a phone: it is refused during an emergency stop, and the refusal says why."""

from __future__ import annotations

from urllib.parse import urljoin

from voice.control.base import CallCommand, Command, Destination
from voice.control.call_services import CallServices
from voice.errors import EmergencyStopActive
from voice.scenes.place import place_of
from voice.twiml import following_documents, rings_phone

UNSEEN = "Midcall cannot see whether the document at {} rings a phone."


def check_emergency(services: CallServices, command: Command) -> None:
    """Raises EmergencyStopActive during an emergency stop if the command rings a phone, or may ring one."""
    reason = why_it_rings(services, command)
    stop = services.registry.emergency.current() if reason else None
    if stop is not None:
        raise EmergencyStopActive(
            f"{reason} {stop.started_by} has started an emergency stop, during which no phone rings. Lift it first."
        )


def why_it_rings(services: CallServices, command: Command) -> str | None:
    """Why the command rings a phone, or may ring one; None if it certainly rings none."""
    if command.rings_phone():
        return f"“{command.title}” (`{command.name}`) rings a phone."
    if not isinstance(command, CallCommand):
        return None
    destination = command.destination(command.arguments.model_dump())
    return _why_destination_rings(services, destination) if destination else None


def _why_destination_rings(services: CallServices, destination: Destination) -> str | None:
    if destination.twiml is not None and rings_phone(destination.twiml):
        return "This TwiML rings a phone."
    if destination.scene is not None:
        return _why_scene_rings(services, destination.scene)
    urls = [url for url in (destination.url, destination.fallback_url) if url]
    urls += following_documents(destination.twiml) if destination.twiml is not None else []
    return next((reason for reason in (_why_url_rings(services, url) for url in urls) if reason), None)


def _why_url_rings(services: CallServices, url: str) -> str | None:
    """A scene of Midcall checks for a stop again when Twilio requests it, as does the start of a call."""
    absolute = urljoin(f"{services.config['PUBLIC_URL']}/", url)
    place = place_of(services.config, absolute, None)
    if place is None:
        return UNSEEN.format(absolute)
    return _why_scene_rings(services, place.partition("?")[0].removeprefix("scenes/"))


def _why_scene_rings(services: CallServices, name: str) -> str | None:
    scene = services.scenes.get(name)
    return f"The scene “{scene.title}” rings a phone." if scene and scene.dials_out else None
