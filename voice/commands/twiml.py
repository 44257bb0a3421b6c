"""Replace what a caller hears with inline TwiML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import CallCommand, Destination, DroppingArguments
from voice.control.inline_twiml import check_twiml
from voice.control.live_update import update_live
from voice.scenes.place import with_command
from voice.scenes.visit import is_ours
from voice.twiml import rewrite_urls

UNSEEN = "Twilio accepted the document. Midcall sees that it runs only if it leads to a URL of Midcall."
EXAMPLE = "<Response><Say>Hello</Say></Response>"


class TwimlArguments(DroppingArguments):
    """The document."""

    twiml: Annotated[
        str, Field(min_length=1, title="TwiML", json_schema_extra={"format": "twiml"}, examples=[EXAMPLE])
    ]


class Twiml(CallCommand):
    """The caller hears this TwiML instead; Midcall checks it first.

    Twilio fetches nothing for it. The first request of Midcall's own URLs in it confirms the command; an error that
    Twilio reports makes it unconfirmed. Without either it stays accepted.
    Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
    """

    name = "twiml"
    title = "Replace TwiML"
    proof = "none"
    Arguments = TwimlArguments

    @classmethod
    def destination(cls, arguments: Mapping[str, Any]) -> Destination:
        """The document."""
        return Destination(twiml=arguments.get("twiml"))

    def check(self) -> None:
        """Refuse a document with problems; make its URLs absolute."""
        self.document = check_twiml(self.services.config, self.arguments.twiml)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Twilio runs the document at once. Midcall's URLs in it carry the id of the command."""

        def mark(url: str) -> str:
            return with_command(url, command_id) if is_ours(self.services.config, url) else url

        self.note = UNSEEN
        return update_live(self.services, call.call_sid, twiml=rewrite_urls(self.document, mark))
