"""Where a caller is: in which scene, on hold, in a queue; and the place to bring the caller back to."""

from __future__ import annotations

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.scenes.place import place_of


def waits_on_hold(services: CallServices, call: Call) -> bool:
    """True in a scene that is declared `on_hold`; a hold within a conference does not count."""
    scene = services.scenes.get(call.scene or "")
    return scene is not None and scene.on_hold


def waits_in_queue(services: CallServices, call: Call) -> bool:
    """True in a scene that is declared `in_queue`."""
    scene = services.scenes.get(call.scene or "")
    return scene is not None and scene.in_queue


def is_on_hold(services: CallServices, call: Call) -> bool:
    """True for a live call on hold, in a conference or by a scene."""
    held_in_conference = bool((call.room_state or {}).get("hold"))
    return call.live and (held_in_conference if call.in_room else waits_on_hold(services, call))


def current_place(services: CallServices, call: Call) -> str | None:
    """The place that the caller can be brought back to; None if no scene was served yet."""
    return place_of(services.config, call.scene_url, call.scene_inputs)
