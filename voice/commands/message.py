"""Send a message to the software on the call."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.live_update import when_live


class MessageArguments(Arguments):
    """JSON, as the software understands it."""

    content: Annotated[dict[str, Any], Field(min_length=1, title="Content")]


class Message(CallCommand):
    """For a client (Twilio's Voice SDK): a user-defined message, which a telephone does not understand."""

    name = "message"
    title = "Send a message"
    group = "line"
    Arguments = MessageArguments

    proof = "answer"  # twilio's answer names the message

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """With the command's id as the key by which Twilio sends it once.

        Source: https://www.twilio.com/docs/voice/api/userdefinedmessage-resource
        """
        content = json.dumps(self.arguments.content)
        messages = self.services.twilio.messages
        sent = when_live(
            self.services, call.call_sid, lambda: messages.send(call.call_sid, content, str(command_id))
        )
        self.note = f"message {sent['sid']}"
        return CallFacts(call.call_sid, None)
