"""The TwiML of a scenario: the answers to each path, and the documents that scenarios have in common."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from midcall_emulator.verify.webhook_server import Reply, Script

LONGEST_CALL_SECONDS = 120
SENTENCE = "This is a test of the telephone. It says one sentence, and then one more, to be recorded."


def quiet(seconds: int) -> str:
    """Return TwiML that answers the call and is silent. Gather answers at once; Pause would delay the answer."""
    return f'<Gather timeout="{seconds}" finishOnKey=""/>'


def ringing(seconds: int) -> str:
    """Return TwiML that lets the phone ring, and then rejects the call: a Pause at the beginning delays the answer
    (https://www.twilio.com/docs/voice/twiml/pause)."""
    return f'<Pause length="{seconds}"/><Reject/>'


@dataclass
class CallDocuments:
    """One scenario's documents. ``url`` makes the public URL of a path; ``caller`` and ``called`` are the numbers."""

    script: Script
    url: Callable[[str], str]
    caller: str
    called: str

    def __post_init__(self) -> None:
        self.conference = f"midcall-verify-{secrets.token_hex(6)}"
        self.answer("phone-called", quiet(60))
        self.answer("phone-caller", quiet(60))

    def answer(self, path: str, *replies: Reply | str) -> None:
        """Set the answers of a path: TwiML without its root, or replies. The last one is repeated."""
        self.script.replies[path] = [
            reply if isinstance(reply, Reply) else Reply(f"<Response>{reply}</Response>") for reply in replies
        ]

    def attribute(self, name: str, path: str) -> str:
        """Return an attribute with the URL of a path."""
        return f"{name}={quoteattr(self.url(path))}"

    def dial_caller(self, attributes: str = "") -> str:
        """Return a Dial to the number that calls, whose action is at ``action``."""
        action = self.attribute("action", "action")
        limits = f'callerId="{self.called}" timeLimit="{LONGEST_CALL_SECONDS}"'
        return f"<Dial {action} {limits} {attributes}>{self.caller}</Dial>"

    def socket_attribute(self, name: str, path: str) -> str:
        """Return an attribute with the WebSocket URL of a path."""
        return f"{name}={quoteattr('ws' + self.url(path).removeprefix('http'))}"

    def join(self, attributes: str = "", action: str = "action") -> str:
        """Return a Dial into the scenario's conference."""
        conference = f"<Conference {attributes}>{self.conference}</Conference>"
        return f"<Dial {self.attribute('action', action)}>{conference}</Dial>"
