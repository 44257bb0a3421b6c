"""What the credentials may do: a harmless request to each resource that a command needs.

A restricted key is refused for each resource on its own, with 70051. A request that names a SID of zeros changes
nothing: with the permission, Twilio answers that there is no such resource.
Sources: https://www.twilio.com/docs/iam/api-keys/restricted-api-keys, https://www.twilio.com/docs/api/errors/70051
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from twilio.rest import Client

from voice.errors import CallNotFound, TwilioRefused
from voice.twilio.client import TwilioClient
from voice.twilio.failures import BAD_CREDENTIALS

Need = Literal[
    "calls", "new calls", "call log", "conferences", "participants", "recordings", "streams", "transcriptions",
    "siprec", "messages", "queues", "numbers",
]  # fmt: skip
ZEROS = "0" * 32
CALL, CONFERENCE, RECORDING = f"CA{ZEROS}", f"CF{ZEROS}", f"RE{ZEROS}"
NO_PERMISSION = frozenset({70051, 20403, BAD_CREDENTIALS})
NOWHERE = "https://example.com/"

PROBES: Mapping[Need, Callable[[Client], Any]] = {
    "calls": lambda client: client.calls(CALL).update(status="completed"),
    "new calls": lambda client: client.calls.create(to="", from_=""),  # Twilio refuses it: 21201
    "call log": lambda client: client.calls(CALL).events.list(limit=1),
    "conferences": lambda client: client.conferences(CONFERENCE).update(status="completed"),
    "participants": lambda client: client.conferences(CONFERENCE).participants(CALL).update(muted=True),
    "recordings": lambda client: client.calls(CALL).recordings(RECORDING).update(status="stopped"),
    "streams": lambda client: client.calls(CALL).streams.create(url="wss://example.com"),
    "transcriptions": lambda client: client.calls(CALL).transcriptions.create(name="probe"),
    "siprec": lambda client: client.calls(CALL).siprec.create(connector_name="probe"),
    "messages": lambda client: client.calls(CALL).user_defined_messages.create(content="{}"),
    "queues": lambda client: client.queues(f"QU{ZEROS}").members("Front").update(url=NOWHERE),
    "numbers": lambda client: client.incoming_phone_numbers(f"PN{ZEROS}").update(friendly_name="probe"),
}


class TwilioPermissions:
    """The permissions of the credentials."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def has(self, need: Need) -> bool:
        """False if Twilio refuses the credentials for this resource. Raises TwilioFailed if Twilio does not answer."""
        try:
            self._client.request(PROBES[need])
        except CallNotFound:
            return True
        except TwilioRefused as error:
            return error.twilio_code not in NO_PERMISSION
        return True
