"""Switches of the account: what it may do, and how often."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.switches.switch import switch


@dataclass
class AccountSwitches:
    """Switches of the account: what it may do, and how often; a part of ``Switches``."""

    rest_requests_at_once: int = switch(
        0,
        "REST requests at the same time; more get 429. 0: no limit",
        "official",
        "docs/api/errors/20429: the bound is not stated",
        slow=40,
    )
    calls_at_once: int = switch(
        0,
        "calls at the same time; REST refuses more (10004). 0: no limit",
        "official",
        "docs/api/errors/10004: the bound of an account is not stated",
    )
    forks_per_call: int = switch(
        4,
        "tracks of streams, transcriptions and SIPREC on a call; more are refused. 0: no limit",
        "official",
        "docs/voice/api/siprec, docs/voice/twiml/stream: four forked streams; that transcriptions count is our choice",
        lenient=0,
    )
    siprec_connectors: str = switch(
        "Recorder",
        "names of the account's SIPREC connectors, separated by spaces; another name is refused (31940). '*': any name",
        "official",
        "docs/api/errors/31940: connectorName matches an installed connector",
        lenient="*",
    )
    denied_to_keys: str = switch(
        "",
        "resources that API keys may not use (70051), separated by spaces, as in the path: 'Recordings Queues'",
        "official",
        "docs/api/errors/70051: a restricted key without permission for the resource; the HTTP status is not stated",
    )
