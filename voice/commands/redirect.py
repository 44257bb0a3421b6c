"""Redirect a caller to a scene, or to an allowed URL that answers with TwiML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts
from voice.control.allowed_urls import check_url
from voice.control.base import CallCommand, Destination, DroppingArguments
from voice.control.live_update import update_live
from voice.control.scene_urls import find_scene, url_of_scene
from voice.scenes.place import with_command
from voice.scenes.visit import is_ours
from voice.validation import invalid

IN_THE_LOG = "Twilio accepted the redirect. Its log shows the request 15 minutes after the end of the call."


class RedirectArguments(DroppingArguments):
    """A scene with its parameters, or a URL with its method; and the URL that Twilio requests if that fails."""

    scene: Annotated[str | None, Field(title="Scene", examples=["goodbye"])] = None
    params: Annotated[dict[str, Any], Field(title="Scene parameters")] = {}
    url: Annotated[str | None, Field(max_length=4000, title="URL")] = None
    method: Annotated[Literal["GET", "POST"], Field(title="Method")] = "POST"
    fallback_url: Annotated[str | None, Field(max_length=4000, title="Fallback URL")] = None

    @model_validator(mode="after")
    def _check_alternatives(self) -> RedirectArguments:
        if (self.scene is None) == (self.url is None):
            raise ValueError("choose either a scene or a URL")
        if self.url is not None and self.params:
            raise ValueError("put the parameters into the URL; only a scene has parameters")
        if self.scene is not None and self.method != "POST":
            raise ValueError("use POST for a scene")
        return self


class Redirect(CallCommand):
    """The caller continues in a scene, or with TwiML from a URL.

    Twilio requests a scene of Midcall with a signed webhook, and that visit confirms the command. A request to another
    host is in Twilio's log of the call, which it shows 15 minutes after the end.
    Source: https://www.twilio.com/docs/voice/api/call-event-resource
    """

    name = "redirect"
    title = "Redirect"
    button, shortcut = 2, "r"
    Arguments = RedirectArguments

    def check(self) -> None:
        """The scene must be in the catalogue, and the hosts of the URLs must be allowed."""
        given = self.arguments
        if given.fallback_url is not None:
            check_url(self.services.config, given.fallback_url, "fallback_url")
        if given.scene is not None:
            find_scene(self.services, given.scene, given.params)
            return
        check_url(self.services.config, given.url)
        if self._is_ours and given.method != "POST":
            raise invalid([{"field": "method", "message": "Use POST for a URL of Midcall."}])
        if not self._is_ours:
            self.proof, self.note = "log", IN_THE_LOG

    @classmethod
    def destination(cls, arguments: Mapping[str, Any]) -> Destination:
        """The scene or the URL."""
        return Destination(
            arguments.get("scene"), arguments.get("url"), fallback_url=arguments.get("fallback_url")
        )

    @property
    def _is_ours(self) -> bool:
        return is_ours(self.services.config, self.arguments.url)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Twilio answers first, then requests the new document."""
        attributes = {"url": self._url(command_id), "method": self.arguments.method}
        if self.arguments.fallback_url:
            attributes |= {"fallback_url": self.arguments.fallback_url, "fallback_method": "POST"}
        return update_live(self.services, call.call_sid, **attributes)

    def _url(self, command_id: int) -> str:
        if self.arguments.scene is not None:
            return url_of_scene(self.services, self.arguments.scene, self.arguments.params, command_id)
        url: str = self.arguments.url
        return with_command(url, command_id) if self._is_ours else url
