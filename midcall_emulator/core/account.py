"""The account: what signs webhooks and what REST requests sign in with."""

from __future__ import annotations

from typing import Protocol


class HasAccount(Protocol):
    """Offers the account's sid and its auth token."""

    account: str
    token: str


class HasBaseUrl(Protocol):
    """Offers the emulator's own address."""

    base_url: str
