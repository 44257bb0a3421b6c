"""A visit: one request of Twilio for a scene, and the URLs that a scene redirects to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from voice.config import Config
from voice.scenes.place import url_of_place

STORED = "stored"  # the query parameter that holds the id of stored texts


@dataclass(frozen=True)
class Visit:
    """One request of Twilio for TwiML: the caller, their input, and the results of a Dial, a queue or a recording.

    `command_id` is the newest command that led this call here. The URLs of a visit carry it on, so that Midcall can
    tell a late request of an interrupted scene from a request of the scene that replaced it.

    `stored` holds the texts that the requested URL names by the id `stored_id`. A URL that repeats one of them names it
    in the same way.

    `number` counts the visits since the call or that command began. The URLs of a visit carry the next number, so no
    two visits of a call have the same URL: a signed request that arrives again is a repeat, and never a new visit.
    """

    config: Config
    call_sid: str = ""
    from_: str = ""
    to: str = ""
    digits: str = ""
    speech: str = ""
    dial_status: str = ""
    queue_result: str = ""
    recording_seconds: int = 0
    retry: int = 0
    command_id: int | None = None
    number: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    stored_id: str | None = None
    stored: Mapping[str, str] = field(default_factory=dict)

    def url(self, scene: str, **params: Any) -> str:
        """The absolute URL of a scene. Parameters that are None are left out."""
        repeated = {name for name, value in params.items() if value and self.stored.get(name) == value}
        if repeated:
            params = {name: value for name, value in params.items() if name not in repeated}
            params[STORED] = self.stored_id
        return scene_url(self.config, scene, params, self.command_id, self.number + 1)

    def url_back(self, place: str | None) -> str:
        """The absolute URL of the place to return to; of the start if no place is known."""
        return url_of_place(self.config, place or "incoming", self.command_id, self.number + 1)

    def voice_url(self, path: str) -> str:
        """The absolute URL of another webhook: `status`, `recording` or `conference`."""
        return f"{self.config['PUBLIC_URL']}/voice/{path}"


def scene_url(
    config: Config, scene: str, params: Mapping[str, Any], command_id: int | None = None, number: int = 1
) -> str:
    """The absolute URL of a scene: its parameters, the command that leads there, and the visit's number after 1."""
    query = {name: value for name, value in params.items() if value is not None}
    if number > 1:
        query["visit"] = number
    if command_id is not None:
        query["command"] = command_id
    address = f"{config['PUBLIC_URL']}/voice/scenes/{scene}"
    return f"{address}?{urlencode(query)}" if query else address


def is_ours(config: Config, url: str) -> bool:
    """True for the URL of a webhook of this app."""
    return url.startswith(f"{config['PUBLIC_URL']}/voice/")
