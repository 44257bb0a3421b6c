"""Send the caller somewhere else: to a scene, or to any allowed URL that answers with TwiML."""

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
from voice.scenes.scene import is_ours
from voice.validation import invalid


class RedirectArguments(DroppingArguments):
    """Either a scene with its parameters, or a URL with its method; and where Twilio asks if it cannot use that."""

    scene: Annotated[str | None, Field(title="Scene")] = None
    params: Annotated[dict[str, Any], Field(title="Parameters of the scene")] = {}
    url: Annotated[str | None, Field(max_length=4000, title="URL")] = None
    method: Annotated[Literal["GET", "POST"], Field(title="Method")] = "POST"
    fallback_url: Annotated[str | None, Field(max_length=4000, title="If that cannot be used")] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> RedirectArguments:
        if (self.scene is None) == (self.url is None):
            raise ValueError("choose either a scene or a URL")
        if self.url is not None and self.params:
            raise ValueError("put the parameters into the URL; only a scene has parameters")
        if self.scene is not None and self.method != "POST":
            raise ValueError("use POST for a scene")
        return self


class Redirect(CallCommand):
    """The caller goes on in a scene, or with the TwiML of a URL.

    By Url, so that Twilio comes back through a signed webhook: that visit is the confirmation.
    """

    name = "redirect"
    title = "Redirect"
    button, shortcut = 2, "r"
    Arguments = RedirectArguments

    def check(self) -> None:
        """The scene must be in the catalogue, the URLs on the allow-list."""
        if self.arguments.fallback_url is not None:
            check_url(self.services.config, self.arguments.fallback_url, "fallback_url")
        if self.arguments.scene is not None:
            find_scene(self.services, self.arguments.scene, self.arguments.params)
        else:
            check_url(self.services.config, self.arguments.url)
            self.proof = (
                "visit" if self._is_ours else "none"
            )  # Midcall does not see a request to another host
            if self._is_ours and self.arguments.method != "POST":
                raise invalid([{"field": "method", "message": "a webhook of ours is asked for by POST"}])

    @classmethod
    def destination(cls, arguments: Mapping[str, Any]) -> Destination:
        """The scene or the URL."""
        return Destination(scene=arguments.get("scene"), url=arguments.get("url"))

    @property
    def _is_ours(self) -> bool:
        return self.arguments.scene is not None or is_ours(self.services.config, self.arguments.url)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Twilio fetches the new document by itself, after it has answered."""
        given = self.arguments
        fallback = (
            {"fallback_url": given.fallback_url, "fallback_method": "POST"} if given.fallback_url else {}
        )
        url = self._url(command_id)
        return update_live(self.services, call.call_sid, url=url, method=given.method, **fallback)

    def _url(self, command_id: int) -> str:
        if self.arguments.scene is not None:
            return url_of_scene(self.services, self.arguments.scene, self.arguments.params, command_id)
        return with_command(self.arguments.url, command_id) if self._is_ours else self.arguments.url
