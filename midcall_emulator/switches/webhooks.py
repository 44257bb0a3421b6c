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
    keep_connections: bool = switch(
        False,
        "webhooks reuse connections that were idle for less than a second; False: each webhook has its own",
        "undecided",
    )
    max_requests_kept: int = switch(1000, "requests and heard items that are kept per call", "emulator")
