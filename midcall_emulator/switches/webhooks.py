"""Switches of webhooks."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class WebhookSwitches:
    """Switches of webhooks; a part of ``Switches``."""

    webhook_timeout_seconds: float = switch(
        15.0,
        "real seconds that an app has to respond to a webhook",
        "official",
        "docs/usage/webhooks/webhooks-connection-overrides: 15 s",
    )
    callback_delay_seconds: float = switch(
        0.0,
        "callbacks are up to this late, a quarter of them doubled, and in any order; requests for TwiML are not",
        "official",
        "docs/voice/api/call-resource: separate requests in no guaranteed order; how late they may be is not stated",
        slow=2.0,
    )
    idempotency_token: str = switch(
        "retries",
        "requests with the idempotency token: 'retries' or 'all'",
        "undecided",
        "its documentation speaks of retries; others have seen it in first requests",
        lenient="all",
    )
    keep_connections: bool = switch(
        False,
        "webhooks reuse connections that were idle for less than a second; False: each webhook has its own",
        "undecided",
    )
    debugger_url: str = switch(
        "", "URL of the error webhook, which gets each warning and error of a call; empty: none", "emulator"
    )
    max_requests_kept: int = switch(1000, "requests and heard items that are kept per call", "emulator")
