"""Requests to Twilio's REST API through Twilio's SDK, with retries.

A 429 was not executed, so the request is repeated with jitter. A 500 or a timeout may have been executed, so the
request is not repeated here: the caller of this module reads the call back first.
Source: https://www.twilio.com/docs/api/errors/20429
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from voice.config import Config
from voice.twilio.failures import RETRY_DELAYS, translate
from voice.twilio.transport import PooledHttpClient

Result = TypeVar("Result")


class TwilioClient:
    """Sends the requests of one Twilio account."""

    def __init__(self, config: Config, pace: AbstractContextManager[Any] | None = None):
        """Enter `pace` around each request. It can delay requests, and it sees the errors that they raise."""
        self._http = PooledHttpClient()
        self._client = _sdk_client(config, self._http)
        self._pace = pace or nullcontext()

    @property
    def region(self) -> str | None:
        """The Region that the SDK reads from TWILIO_REGION."""
        region: str | None = self._client.region
        return region

    def request(self, send: Callable[[Client], Result]) -> Result:
        """Return what `send` gets from the SDK.

        Raises TwilioRefused (21220 if the call is not in progress), TwilioFailed, TwilioTimeout, and CallNotFound
        for any resource that Twilio does not know.
        """
        for attempt, delay in enumerate((*RETRY_DELAYS, 0.0), start=1):
            try:
                with self._pace:
                    return send(self._client)
            except (TwilioException, HTTPError) as error:
                failure = translate(error)
                if attempt >= failure.attempts:
                    raise failure.error from error
            time.sleep(delay * random.uniform(0.5, 1.0))
        raise AssertionError("the last attempt returns or raises")

    def open(self, path: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        """Open a file of the account. The body is still unread: close the response.

        Raises CallNotFound if there is no such file.
        """
        return self.request(lambda client: self._opened(client, path, headers))

    def _opened(self, client: Client, path: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        account = f"{client.api.base_url}/2010-04-01/Accounts/{client.account_sid}"
        url = client.get_hostname(f"{account}/{path}")
        response = self._http.open(url, headers, client.auth)
        if response.status >= 400:
            response.close()
            raise TwilioRestException(response.status, url, "the file is not available")
        return response


def _sdk_client(config: Config, http: PooledHttpClient) -> Client:
    account, token = config["TWILIO_ACCOUNT_SID"], config["TWILIO_AUTH_TOKEN"][0]
    if config["TWILIO_API_KEY"]:
        client = Client(config["TWILIO_API_KEY"], config["TWILIO_API_SECRET"], account, http_client=http)
    else:
        client = Client(account, token, http_client=http)
    if config["TWILIO_API_URL"]:
        client.region = client.edge = None
        for host in (client.api, client.marketplace, client.routes):
            host.base_url = config["TWILIO_API_URL"]
    return client
