"""A slow stand-in for Twilio's REST API: `python -m bench.slow_twilio PORT DELAY_MS`.

It answers each update of a Call after the delay. `GET /received` returns the number of updates.
"""

import asyncio
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bench.account import ACCOUNT_SID, NUMBER


def call_resource(call_sid: str, status: str = "in-progress") -> dict[str, Any]:
    """A Call in progress as the API returns it."""
    now = format_datetime(datetime.now(UTC))
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{call_sid}"
    empty = ("answered_by", "caller_name", "duration", "end_time", "forwarded_from", "group_sid", "price")
    return {
        **dict.fromkeys((*empty, "parent_call_sid", "trunk_sid")),
        "account_sid": ACCOUNT_SID, "api_version": "2010-04-01", "sid": call_sid, "status": status,
        "date_created": now, "date_updated": now, "start_time": now, "direction": "inbound",
        "from": "+14155550199", "from_formatted": "(415) 555-0199", "to": NUMBER,
        "to_formatted": "(415) 555-0100", "phone_number_sid": "PN" + "b" * 32, "price_unit": "USD",
        "queue_time": "0", "annotation": None, "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
    }  # fmt: skip


def stand_in(delay_ms: float) -> web.Application:
    """The application, which counts the updates."""
    received = 0

    async def update(request: web.Request) -> web.Response:
        nonlocal received
        received += 1
        await asyncio.sleep(delay_ms / 1000)
        return web.json_response(call_resource(request.match_info["call_sid"]))

    async def fetch(request: web.Request) -> web.Response:
        return web.json_response(call_resource(request.match_info["call_sid"]))

    async def count(_request: web.Request) -> web.Response:
        return web.json_response({"updates": received})

    app = web.Application()
    app.router.add_post("/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}.json", update)
    app.router.add_get("/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}.json", fetch)
    app.router.add_get("/received", count)
    return app


if __name__ == "__main__":
    web.run_app(
        stand_in(float(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None
    )
