"""The only user of `twilio.rest`: retries, and Twilio's errors in the operator's words.

A 429 was not executed and is repeated, with jitter. A 500 or a time-out may have been executed: it is
never repeated here; whoever asked has to read the call back first.
Source: https://www.twilio.com/docs/api/errors/20429
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, TimeoutError

from voice.calls import RANKS, CallFacts
from voice.config import Config
from voice.errors import CallNotFound, MidcallError, TwilioFailed, TwilioRefused, TwilioSilent
from voice.json_record import iso
from voice.twilio.transport import KeptConnections

Result = TypeVar("Result")

RETRY_DELAYS = (0.2, 0.5, 1.0, 2.0)  # seconds, each shortened by chance; only for what was not executed
NOT_IN_PROGRESS = 21220
NOT_FOUND = 20404
CALL_PROGRESS = ["initiated", "ringing", "answered", "completed"]  # events of a status callback


class TwilioApi:
    """Calls and numbers of one account, as plain dictionaries in Twilio's own field names."""

    def __init__(self, config: Config, pace: AbstractContextManager[Any] | None = None):
        """Each request is made inside `pace`, if there is one: it may hold requests back, and sees what they raise."""
        self._client = _client(config)
        self._pace = pace or nullcontext()

    def update_call(self, call_sid: str, **change: Any) -> dict[str, Any]:
        """Change a live call; the Call as Twilio then has it.

        Raises TwilioRefused (21220 when the call is not in progress), TwilioFailed, TwilioSilent, CallNotFound.
        """
        return self._ask(lambda: plain(self._client.calls(call_sid).update(**change)))

    def create_call(self, **wanted: Any) -> dict[str, Any]:
        """Dial out; the Call, queued. Raises as `update_call` does."""
        return self._ask(lambda: plain(self._client.calls.create(**wanted)))

    def fetch_call(self, call_sid: str) -> dict[str, Any]:
        """The whole Call resource. Raises CallNotFound, TwilioFailed, TwilioSilent."""
        return self._ask(lambda: plain(self._client.calls(call_sid).fetch()))

    def page_of_calls(
        self, size: int, cursor: str | None, **filters: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of Twilio's own list, newest first, and the cursor of the next one or None."""
        number, _, token = (cursor or "").partition(".")
        place = {"page_number": number, "page_token": token} if token else {}
        page = self._ask(lambda: self._client.calls.page(page_size=size, **place, **filters))
        return [plain(call) for call in page], _cursor(page.next_page_url)

    def number(self, phone_number: str) -> dict[str, Any] | None:
        """The IncomingPhoneNumber of the account, or None."""
        found = self._ask(
            lambda: self._client.incoming_phone_numbers.list(phone_number=phone_number, limit=1)
        )
        return plain(found[0]) if found else None

    def numbers(self) -> list[dict[str, Any]]:
        """The IncomingPhoneNumbers of the account, at most 1,000."""
        return self._ask(lambda: [plain(n) for n in self._client.incoming_phone_numbers.list(limit=1000)])

    def set_up_number(self, number_sid: str, **settings: str) -> dict[str, Any]:
        """Set a number's webhooks; the number as Twilio then has it."""
        return self._ask(lambda: plain(self._client.incoming_phone_numbers(number_sid).update(**settings)))

    def dequeue_first(self, queue: str, url: str) -> str | None:
        """Send the first member of a queue to `url`; its CallSid, or None if there is no such queue.

        Raises CallNotFound if nobody waits in it, else as `update_call` does.
        Source: https://www.twilio.com/docs/voice/api/member-resource#update-a-member-resource
        """
        queues = self._ask(self._client.queues.list)
        sid = next((found.sid for found in queues if found.friendly_name == queue), None)
        if sid is None:
            return None
        return self._ask(
            lambda: self._client.queues(sid).members("Front").update(url=url, method="POST").call_sid
        )

    def ask(self, request: Callable[[Client], Result]) -> Result:
        """What `request` gets of the client; for the modules that know one part of the API.

        Raises as `update_call` does, CallNotFound for whatever Twilio does not know.
        """
        return self._ask(lambda: request(self._client))

    def open(self, path: str, headers: dict[str, str]) -> Any:
        """A file below the account, its body still on the wire: to be closed. Raises CallNotFound if there is none."""
        url = f"{self._client.api.base_url}/2010-04-01/Accounts/{self._client.account_sid}/{path}"
        return self._ask(lambda: _opened(self._client, self._client.get_hostname(url), headers))

    def account(self) -> dict[str, Any]:
        """One page of calls, to see whether the credentials are good. Raises as `update_call` does."""
        self._ask(lambda: self._client.calls.page(page_size=1))
        return {"sid": self._client.account_sid}

    def _ask(self, request: Callable[[], Result]) -> Result:
        """The answer; what was certainly not executed is asked again after a growing, random delay."""
        for tried, delay in enumerate((*RETRY_DELAYS, 0.0), start=1):
            try:
                with self._pace:
                    return request()
            except (TwilioException, HTTPError) as error:
                trouble, tries = _translated(error)
                if tried >= tries:
                    raise trouble from error
            time.sleep(delay * random.uniform(0.5, 1.0))
        raise AssertionError("the last try has returned or raised")


def _client(config: Config) -> Client:
    http = KeptConnections()
    account, token = config["TWILIO_ACCOUNT_SID"], config["TWILIO_AUTH_TOKEN"][0]
    if config["TWILIO_API_KEY"]:
        client = Client(config["TWILIO_API_KEY"], config["TWILIO_API_SECRET"], account, http_client=http)
    else:
        client = Client(account, token, http_client=http)
    if config["TWILIO_API_URL"]:
        client.region = client.edge = None
        client.api.base_url = config["TWILIO_API_URL"]
    return client


def _opened(client: Client, url: str, headers: dict[str, str]) -> Any:
    http: Any = client.http_client
    answer = http.open(url, headers, client.auth)
    if answer.status >= 400:
        answer.close()
        raise TwilioRestException(answer.status, url, "the file cannot be had")
    return answer


def plain(resource: Any) -> dict[str, Any]:
    """A resource's own fields, without the SDK's machinery; dates as aware datetimes."""
    fields = {name: value for name, value in vars(resource).items() if not name.startswith("_")}
    return {**fields, "from": resource._from} if hasattr(resource, "_from") else fields


def as_json(resource: dict[str, Any]) -> dict[str, Any]:
    """Twilio's field names and values, dates in ISO 8601."""
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in resource.items()}


def _cursor(next_page_url: str | None) -> str | None:
    """Where the next page begins: Twilio's own number and token of it."""
    query = parse_qs(urlsplit(next_page_url or "").query)
    return f"{query['Page'][0]}.{query['PageToken'][0]}" if "PageToken" in query else None


def _translated(error: Exception) -> tuple[MidcallError, int]:
    """The error in our words, and how often the request may be tried in all."""
    error = _of_page(error) or error
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _refusal(error)
    if isinstance(error, NewConnectionError):  # a name that does not resolve, a port that is closed
        return TwilioFailed("Twilio could not be reached; nothing was done", executed=False), 3
    if isinstance(error, ConnectTimeoutError):
        return TwilioFailed("Twilio could not be reached in time; nothing was done", executed=False), 1
    if isinstance(error, TimeoutError):
        return TwilioSilent("Twilio did not answer in time"), 1
    return TwilioFailed(f"the connection to Twilio broke ({type(error).__name__})"), 1


def _of_page(error: Exception) -> TwilioRestException | None:
    """The refusal of a page of a list, which the SDK raises as the bare answer."""
    if type(error) is not TwilioException or len(error.args) != 2:
        return None
    answer = error.args[1]
    try:
        body = json.loads(answer.text or "{}")
    except ValueError:
        body = {}
    return TwilioRestException(answer.status_code, "", body.get("message", ""), body.get("code"))


def _refusal(error: Any) -> tuple[MidcallError, int]:
    status, code, message = error.status, error.code or None, getattr(error, "msg", None) or str(error)
    if status == 429:
        trouble = TwilioFailed(
            "Twilio takes no more requests at the moment", twilio_code=code, executed=False
        )
        return trouble, len(RETRY_DELAYS) + 1
    if status >= 500:
        return TwilioFailed(f"Twilio failed with {status}", twilio_code=code), 1
    if status == 404:
        return CallNotFound("Twilio does not know it", twilio_code=code), 1
    if status == 401:
        return TwilioRefused("Twilio does not accept the account's credentials", twilio_code=code), 1
    return TwilioRefused(f"Twilio refused: {_reason(message)}", twilio_code=code), 1


def _reason(message: str) -> str:
    """Twilio's own sentence, without what the SDK puts before it."""
    return message.partition(": ")[2] if message.startswith("Unable to") else message


def facts_of(call: dict[str, Any]) -> CallFacts:
    """What a Call resource says, for the registry."""
    return CallFacts(
        call_sid=call["sid"],
        status=call["status"] if call["status"] in RANKS else None,
        from_=call.get("from"),
        to=call.get("to"),
        direction=call.get("direction"),
        parent_call_sid=call.get("parent_call_sid"),
        started_at=_utc(call.get("start_time") or call.get("date_created")),
        ended_at=_utc(call.get("end_time")),
        duration_seconds=int(call["duration"]) if call.get("duration") else None,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
