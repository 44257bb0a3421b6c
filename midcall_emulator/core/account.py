"""The account whose calls are emulated."""

from __future__ import annotations

from typing import Protocol


class HasAccount(Protocol):
    """Offers the account's sid and its auth token, which signs webhooks."""

    account: str
    token: str


class HasBaseUrl(Protocol):
    """Offers the emulator's own address."""

    base_url: str
