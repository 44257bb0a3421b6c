"""What a scene is, what it is told about the request for it, and how it becomes TwiML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from twilio.twiml.voice_response import VoiceResponse

from voice.config import Config
from voice.json_record import JsonRecord
from voice.scenes.place import url_of_place
from voice.validation import Pattern

SceneName = Annotated[
    str, Pattern(r"[a-z_]{1,64}", "Choose a scene."), Field(json_schema_extra={"format": "scene"})
]  # a form lets choose

_FORBIDDEN_IN_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
)  # https://www.w3.org/TR/xml/#charsets


class Params(BaseModel):
    """The parameters of a scene, as they stand in the query of its URL; also its form and its schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Visit:
    """One request of Twilio for TwiML, in our spelling: who calls, what they keyed or said, how a dial went.

    `command_id` is the newest command that this call arrived by; the URLs made here carry it on, so that a
    late request of an interrupted scene is told from one of the scene that replaced it.
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
    query: Mapping[str, str] = field(default_factory=dict)

    def url(self, scene: str, **params: Any) -> str:
        """The absolute URL of a scene; parameters that are None are left out."""
        return scene_url(self.config, scene, params, self.command_id)

    def url_back(self, place: str | None) -> str:
        """The absolute URL of a place that was left for a while; of the start where none is known."""
        return url_of_place(self.config, place or "incoming", self.command_id)

    def voice_url(self, path: str) -> str:
        """The absolute URL of another webhook, `status` or `recording`."""
        return f"{self.config['PUBLIC_URL']}/voice/{path}"


def scene_url(config: Config, scene: str, params: Mapping[str, Any], command_id: int | None = None) -> str:
    """The absolute URL of a scene with its parameters, and of the command that leads there."""
    query = {name: value for name, value in params.items() if value is not None}
    if command_id is not None:
        query["command"] = command_id
    address = f"{config['PUBLIC_URL']}/voice/scenes/{scene}"
    return f"{address}?{urlencode(query)}" if query else address


def is_ours(config: Config, url: str) -> bool:
    """True for the address of one of this app's webhooks."""
    return url.startswith(f"{config['PUBLIC_URL']}/voice/")


@dataclass(frozen=True)
class SceneEntry(JsonRecord):
    """A scene as the catalogue lists it; `schema` is the JSON schema of its parameters."""

    name: str
    title: str
    schema: dict[str, Any]


Build = Callable[[Visit, Any], VoiceResponse]


class Scene:
    """One entry of the catalogue: a name, a title, a model of parameters, and the function that builds it."""

    def __init__(self, build: Build, title: str, params: type[Params], same_for_all: bool, **traits: bool):
        self.name = build.__name__
        self.__module__ = build.__module__
        self.__doc__ = build.__doc__
        self.title = title
        self.params = params
        self.is_place = traits.get("is_place", True)
        self.secret = traits.get("secret", False)
        self.after_dial = traits.get("after_dial", False)
        self.on_hold = traits.get("on_hold", False)
        self.in_queue = traits.get("in_queue", False)
        self._build = build
        self._same_for_all = same_for_all
        self._kept = lru_cache(maxsize=512)(self._same)

    def twiml(self, visit: Visit) -> str:
        """The TwiML document for a visit, with the parameters of its query. Raises what the scene raises."""
        known = {name: value for name, value in visit.query.items() if name in self.params.model_fields}
        params = self.params.model_validate(known)
        if self._same_for_all:
            return self._kept(visit.config, params, visit.command_id)
        return _document(self._build(visit, params))

    def entry(self) -> SceneEntry:
        """The scene as the catalogue lists it."""
        return SceneEntry(self.name, self.title, self.params.model_json_schema())

    def _same(self, config: Config, params: Params, command_id: int | None) -> str:
        return _document(self._build(Visit(config=config, command_id=command_id), params))


def _document(response: VoiceResponse) -> str:
    """The TwiML without the characters that XML 1.0 forbids, which callers and operators may send."""
    return _FORBIDDEN_IN_XML.sub("", str(response))


def scene(
    title: str, params: type[Params] = Params, same_for_all: bool = False, **traits: bool
) -> Callable[[Build], Scene]:
    """Make a scene of a function `(visit, params) -> VoiceResponse`; its name becomes the scene's.

    `same_for_all` promises that the TwiML depends on the parameters only, not on who calls: it is then
    built once and kept. `is_place=False` is for what is heard in passing: the call stays in the place where it
    was. `secret=True` keeps what the caller keyed or said on the way here out of registry, log and sight.
    `after_dial=True` waits where an operator is moving the legs that the Dial connected. In a scene with
    `on_hold=True` or `in_queue=True` the caller waits on hold or in a queue, until an operator resumes the call.
    """
    return lambda build: Scene(build, title, params, same_for_all, **traits)
