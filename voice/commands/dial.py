"""Dial out: the one command that has no call yet, and makes one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from voice.calls import CallFacts
from voice.control.allowed_urls import check_url
from voice.control.base import AccountCommand, Arguments
from voice.control.call_limit import call_limit_seconds
from voice.control.inline_twiml import checked_twiml
from voice.control.scene_urls import find_scene, url_of_scene
from voice.twilio.calls import PROGRESS_EVENTS, call_facts


class DialArguments(Arguments):
    """Whom to dial, as whom, and what they hear when they answer: a scene, a URL, or TwiML."""

    to: Annotated[str, Field(min_length=1, max_length=255, title="To")]
    from_: Annotated[str, Field(alias="from", min_length=1, max_length=255, title="From")]
    scene: Annotated[str | None, Field(title="Scene")] = None
    params: Annotated[dict[str, Any], Field(title="Parameters of the scene")] = {}
    url: Annotated[str | None, Field(max_length=4000, title="URL")] = None
    twiml: Annotated[str | None, Field(title="TwiML", json_schema_extra={"format": "twiml"})] = None

    @model_validator(mode="after")
    def _one_of_three(self) -> DialArguments:
        if sum(given is not None for given in (self.scene, self.url, self.twiml)) != 1:
            raise ValueError("choose one of scene, URL, and TwiML")
        if self.params and self.scene is None:
            raise ValueError("remove the parameters; only a scene has parameters")
        return self


class Dial(AccountCommand):
    """Its id goes out in the status callback's URL, so that Twilio's first word ties the call to it."""

    name = "dial"
    title = "Dial out"
    dials_out = True
    Arguments = DialArguments

    def check(self) -> None:
        """The scene must be in the catalogue, the URL on the allow-list, the TwiML sound."""
        arguments = self.arguments
        if arguments.scene is not None:
            find_scene(self.services, arguments.scene, arguments.params)
        elif arguments.url is not None:
            check_url(self.services.config, arguments.url)
        else:
            self.document = checked_twiml(arguments.twiml, self.services.config["PUBLIC_URL"])

    def execute(self, command_id: int) -> CallFacts:
        """Never repeated by itself: Twilio has no key that would make dialling twice harmless."""
        public_url = self.services.config["PUBLIC_URL"]
        return call_facts(
            self.services.twilio.calls.create(
                to=self.arguments.to,
                from_=self.arguments.from_,
                status_callback=f"{public_url}/voice/status?command={command_id}",
                status_callback_event=PROGRESS_EVENTS,
                fallback_url=f"{public_url}/voice/fallback",
                **self._document(command_id),
                **self._ceiling(),
            )
        )

    def _ceiling(self) -> dict[str, int]:
        """How long any call may last, where a rule says so."""
        seconds = call_limit_seconds(self.services)
        return {} if seconds is None else {"time_limit": seconds}

    def _document(self, command_id: int) -> dict[str, str]:
        arguments = self.arguments
        if arguments.scene is not None:
            return {"url": url_of_scene(self.services, arguments.scene, arguments.params, command_id)}
        return {"url": arguments.url} if arguments.url is not None else {"twiml": self.document}
