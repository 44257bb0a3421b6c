"""One Twilio account: a part for each kind of resource, all on the same client."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from voice.config import Config
from voice.twilio.calls import TwilioCalls
from voice.twilio.client import TwilioClient
from voice.twilio.conferences import TwilioConferences
from voice.twilio.diagnostics import TwilioDiagnostics
from voice.twilio.forks import TwilioForks
from voice.twilio.marketplace import TwilioMarketplace
from voice.twilio.messages import TwilioMessages
from voice.twilio.numbers import TwilioNumbers
from voice.twilio.permissions import TwilioPermissions
from voice.twilio.queues import TwilioQueues
from voice.twilio.recordings import TwilioRecordings


class TwilioAccount:
    """The account of the settings. Resources are plain dictionaries in Twilio's own field names."""

    def __init__(self, config: Config, pace: AbstractContextManager[Any] | None = None):
        client = TwilioClient(config, pace)
        self.calls = TwilioCalls(client)
        self.conferences = TwilioConferences(client)
        self.diagnostics = TwilioDiagnostics(client)
        self.forks = TwilioForks(client)
        self.marketplace = TwilioMarketplace(client)
        self.messages = TwilioMessages(client)
        self.numbers = TwilioNumbers(client)
        self.permissions = TwilioPermissions(client)
        self.queues = TwilioQueues(client)
        self.recordings = TwilioRecordings(client)

    def check_credentials(self) -> None:
        """Ask for one call of the account. Raises as TwilioClient.request does."""
        self.calls.page(1, None)
