"""Dial a number: the command that creates a call."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from voice.calls import CallFacts
from voice.control.allowed_urls import check_url
from voice.control.base import AccountCommand, Arguments
from voice.control.call_limit import call_limit_seconds
from voice.control.inline_twiml import check_twiml
from voice.control.scene_urls import find_scene, url_of_scene
from voice.twilio.calls import PROGRESS_EVENTS, call_facts


class DialArguments(Arguments):
    """The number, the caller ID, and what the called party hears: a scene, a URL, or TwiML."""

    to: Annotated[str, Field(min_length=1, max_length=255, title="To", examples=["+14155550188"])]
    from_: Annotated[
        str, Field(alias="from", min_length=1, max_length=255, title="From", examples=["+14155550100"])
    ]
    scene: Annotated[str | None, Field(title="Scene", examples=["goodbye"])] = None
    params: Annotated[dict[str, Any], Field(title="Scene parameters")] = {}
    url: Annotated[str | None, Field(max_length=4000, title="URL")] = None
    twiml: Annotated[str | None, Field(title="TwiML", json_schema_extra={"format": "twiml"})] = None

    @model_validator(mode="after")
    def _check_alternatives(self) -> DialArguments:
        if sum(given is not None for given in (self.scene, self.url, self.twiml)) != 1:
            raise ValueError("choose one of scene, URL, and TwiML")
        if self.params and self.scene is None:
            raise ValueError("remove the parameters; only a scene has parameters")
        return self


class Dial(AccountCommand):
    """A phone rings, and the called party hears a scene, a URL or TwiML.

    The status callback's URL holds the id of the command, so the first callback ties the call to the command.
    """

    name = "dial"
    title = "Dial out"
    dials_out = True
    needs = ("new calls",)
    Arguments = DialArguments

    def check(self) -> None:
        """The scene must be in the catalogue, the host of the URL allowed, and the TwiML without problems."""
        arguments = self.arguments
        if arguments.scene is not None:
            find_scene(self.services, arguments.scene, arguments.params)
        elif arguments.url is not None:
            check_url(self.services.config, arguments.url)
        else:
            self.document = check_twiml(self.services.config, arguments.twiml)

    def execute(self, command_id: int) -> CallFacts:
        """Create the call. The request is never repeated: Twilio offers no idempotency key for it.

        Source: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
        """
        public_url = self.services.config["PUBLIC_URL"]
        return call_facts(
            self.services.twilio.calls.create(
                to=self.arguments.to,
                from_=self.arguments.from_,
                status_callback=f"{public_url}/voice/status?command={command_id}",
                status_callback_event=PROGRESS_EVENTS,
                fallback_url=f"{public_url}/voice/fallback",
                **self._document(command_id),
                **self._time_limit(),
            )
        )

    def _time_limit(self) -> dict[str, int]:
        seconds = call_limit_seconds(self.services)
        longest = self.services.config["MAX_CALL_SECONDS"]
        return {} if seconds is None else {"time_limit": min(seconds, longest)}

    def _document(self, command_id: int) -> dict[str, str]:
        arguments = self.arguments
        if arguments.scene is not None:
            return {"url": url_of_scene(self.services, arguments.scene, arguments.params, command_id)}
        return {"url": arguments.url} if arguments.url is not None else {"twiml": self.document}
