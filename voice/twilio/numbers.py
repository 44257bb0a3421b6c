"""The account's phone numbers at Twilio, and their webhooks.

Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
"""

from __future__ import annotations

from typing import Any

from voice.twilio.client import TwilioClient
from voice.twilio.resources import Resource, as_resource

MOST = 1000
DEFAULT_REGION = "us1"


class TwilioNumbers:
    """The IncomingPhoneNumbers of the account. Each method raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def find(self, phone_number: str) -> Resource | None:
        """The number, or None if the account does not own it. Twilio's filter also finds parts of a number.

        Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
        """
        found = self._client.request(
            lambda client: client.incoming_phone_numbers.list(phone_number=phone_number, limit=MOST)
        )
        return next((as_resource(one) for one in found if one.phone_number == phone_number), None)

    def all(self) -> list[Resource]:
        """The numbers of the account, at most 1,000."""
        found = self._client.request(lambda client: client.incoming_phone_numbers.list(limit=MOST))
        return [as_resource(number) for number in found]

    def region(self, phone_number: str) -> str | None:
        """The Region that processes the calls of the number; None if none is assigned.

        Source: https://www.twilio.com/docs/global-infrastructure/inbound-processing-region-api-phone-number
        """
        found: Any = self._client.request(
            lambda client: client.routes.v2.phone_numbers(phone_number).fetch().voice_region
        )
        return found or None

    @property
    def own_region(self) -> str:
        """The Region that this client asks: the default one, unless TWILIO_REGION names another."""
        return self._client.region or DEFAULT_REGION

    def set_webhooks(self, number_sid: str, **webhooks: str) -> Resource:
        """Set the webhooks of a number; the number as Twilio then shows it."""
        return self._client.request(
            lambda client: as_resource(client.incoming_phone_numbers(number_sid).update(**webhooks))
        )
