"""Replace what the caller hears by TwiML, given inline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand, Destination, DroppingArguments
from voice.control.inline_twiml import checked_twiml
from voice.control.live_update import update_live


class TwimlArguments(DroppingArguments):
    """The document."""

    twiml: Annotated[str, Field(min_length=1, title="TwiML", json_schema_extra={"format": "twiml"})]


class Twiml(CallCommand):
    """The caller hears this document instead, which is checked before it is sent.

    Twilio fetches nothing for it, so that nothing confirms it beyond Twilio's yes and Twilio's own notes.
    """

    name = "twiml"
    title = "New TwiML"
    Arguments = TwimlArguments

    @classmethod
    def destination(cls, arguments: Mapping[str, Any]) -> Destination:
        """The document."""
        return Destination(twiml=arguments.get("twiml"))

    proof = "none"  # nothing comes by: Twilio's own notes on the call tell whether it could use the document

    def check(self) -> None:
        """Says what is wrong with the document, and where; makes its URLs absolute."""
        self.document = checked_twiml(self.arguments.twiml, self.services.config["PUBLIC_URL"])

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Twilio runs the document at once."""
        return update_live(self.services, call.call_sid, twiml=self.document)
