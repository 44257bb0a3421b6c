"""A scene: a name, a title, parameters, and the function that builds its TwiML."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from twilio.twiml.voice_response import VoiceResponse

from voice.config import Config
from voice.json_record import JsonRecord
from voice.scenes.visit import Visit
from voice.validation import Pattern

SceneName = Annotated[
    str, Pattern(r"[a-z_]{1,64}", "Choose a scene."), Field(json_schema_extra={"format": "scene"})
]  # the console shows this format as a list of scenes

_FORBIDDEN_IN_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
)  # https://www.w3.org/TR/xml/#charsets


class Params(BaseModel):
    """The parameters of a scene, from the query of its URL; its form and its JSON schema are made from them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class SceneEntry(JsonRecord):
    """A scene as the catalogue lists it; `schema` is the JSON schema of its parameters."""

    name: str
    title: str
    schema: dict[str, Any]


Build = Callable[[Visit, Any], VoiceResponse]


class Scene:
    """An entry of the catalogue: a name, a title, a model of parameters, and the function that builds the TwiML."""

    def __init__(self, build: Build, title: str, params: type[Params], same_for_all: bool, **traits: bool):
        self.name = build.__name__
        self.__module__ = build.__module__
        self.__doc__ = build.__doc__
        self.title = title
        self.params = params
        self.is_place = traits.get("is_place", True)
        self.secret = traits.get("secret", False)
        self.dials_out = traits.get("dials_out", False)
        self.after_dial = traits.get("after_dial", False)
        self.on_hold = traits.get("on_hold", False)
        self.in_queue = traits.get("in_queue", False)
        self._build = build
        self._same_for_all = same_for_all
        self._cached = lru_cache(maxsize=512)(self._build_for_all)

    def twiml(self, visit: Visit) -> str:
        """The TwiML for a visit. Raises ValidationError for parameters in its query, and what the scene raises."""
        known = {name: value for name, value in visit.query.items() if name in self.params.model_fields}
        params = self.params.model_validate(known)
        if self._same_for_all:
            return self._cached(visit.config, params, visit.command_id, visit.number)
        return _document(self._build(visit, params))

    def entry(self) -> SceneEntry:
        """The scene as the catalogue lists it."""
        return SceneEntry(self.name, self.title, self.params.model_json_schema())

    def _build_for_all(self, config: Config, params: Params, command_id: int | None, number: int) -> str:
        return _document(self._build(Visit(config=config, command_id=command_id, number=number), params))


def _document(response: VoiceResponse) -> str:
    """The TwiML without characters that XML 1.0 forbids; callers and operators may send them."""
    return _FORBIDDEN_IN_XML.sub("", str(response))


def scene(
    title: str, params: type[Params] = Params, same_for_all: bool = False, **traits: bool
) -> Callable[[Build], Scene]:
    """Make a scene from a function `(visit, params) -> VoiceResponse`. The name of the function is the scene's name.

    `same_for_all=True`: the TwiML depends on the parameters only, so it is built once and cached.
    `is_place=False`: the scene interrupts another one, and the call stays in its place.
    `secret=True`: what the caller keyed or said on the way here is neither recorded, logged nor shown.
    `dials_out=True`: the scene rings a phone. During an emergency stop the caller hears its message instead.
    `after_dial=True`: the scene follows a Dial, unless an operator moved its parties into a conference.
    `on_hold=True`, `in_queue=True`: the caller waits on hold or in a queue until an operator resumes the call.
    """
    return lambda build: Scene(build, title, params, same_for_all, **traits)
