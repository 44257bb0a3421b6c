"""Add-ons that are installed in the account. A SIPREC connector is one of them.

Source: https://www.twilio.com/docs/marketplace/api/installed-add-ons
"""

from __future__ import annotations

from voice.twilio.client import TwilioClient


class TwilioMarketplace:
    """The installed add-ons. Raises as TwilioClient.request does."""

    def __init__(self, client: TwilioClient):
        self._client = client

    def installed(self) -> list[str]:
        """The Unique Names of the installed add-ons."""
        found = self._client.request(lambda client: client.marketplace.v1.installed_add_ons.list(limit=100))
        return [add_on.unique_name for add_on in found]
