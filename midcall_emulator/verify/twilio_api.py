"""A client of Twilio's REST API that shows each response as it is: status, code and fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp

from midcall_emulator.verify.errors import RefusalError

TWILIO = "https://api.twilio.com"
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_UNAUTHORIZED, _FORBIDDEN = 401, 403

Form = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its SID and auth token, and the user and password of REST requests."""

    sid: str
    token: str
    user: str = ""
    password: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The credentials of REST requests: the API key, or the account and its token."""
        login = aiohttp.encode_basic_auth(self.user or self.sid, self.password or self.token)
        return {"Authorization": login}


@dataclass(frozen=True, slots=True)
class Response:
    """A response: the HTTP status, and the fields of the JSON body."""

    status: int
    fields: dict[str, Any]

    @property
    def is_success(self) -> bool:
        """Whether Twilio did what was asked."""
        return 200 <= self.status < 300

    @property
    def code(self) -> int:
        """Twilio's error code, 0 if there is none."""
        return int(self.fields.get("code") or 0)

    @property
    def problem(self) -> str:
        """The error in one line."""
        return f"HTTP {self.status}, error {self.code}: {self.fields.get('message', '')}"


class TwilioApi:
    """Requests below one account (https://www.twilio.com/docs/usage/requests-to-twilio)."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, account: Account) -> None:
        self._session, self._base_url, self.account = session, base_url.rstrip("/"), account

    async def get(self, path: str, **query: str) -> Response:
        """Fetch a resource or a list, such as ``/Calls``."""
        return await self._request("GET", path, params=query)

    async def post(self, path: str, form: Form) -> Response:
        """Create or change a resource. A name may come more than once."""
        return await self._request("POST", path, data=list(form))

    async def delete(self, path: str) -> Response:
        """Delete a resource."""
        return await self._request("DELETE", path)

    async def _request(self, method: str, path: str, **content: Any) -> Response:
        url = f"{self._base_url}/2010-04-01/Accounts/{self.account.sid}{path}.json"
        try:
            async with self._session.request(
                method, url, headers=self.account.headers, timeout=_TIMEOUT, **content
            ) as response:
                is_json = "json" in response.content_type
                return Response(response.status, await response.json() if is_json else {})
        except (aiohttp.ClientError, TimeoutError) as error:
            raise RefusalError(f"{self._base_url} does not answer: {error or 'time-out'}") from error


def require_access(response: Response) -> Response:
    """Return the response; RefusalError if the credentials are wrong or lack a permission."""
    if response.status == _UNAUTHORIZED:
        raise RefusalError(
            "Twilio refuses the credentials. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and "
            "TWILIO_API_SECRET."
        )
    if response.status == _FORBIDDEN:
        raise RefusalError(
            f"The API key lacks a permission ({response.problem}). Use the auth token instead."
        )
    return response
