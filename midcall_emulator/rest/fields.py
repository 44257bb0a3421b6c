"""Field values that all resources have in common."""

from __future__ import annotations

from email.utils import format_datetime

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.clock import HasClock


def path(world: HasAccount, rest: str) -> str:
    """Return a path below the account, relative to the host."""
    return f"/2010-04-01/Accounts/{world.account}/{rest}"


def date(world: HasClock, at: float | None) -> str | None:
    """Return a virtual time in RFC 2822, such as ``Tue, 31 Aug 2010 20:36:28 +0000``."""
    return None if at is None else format_datetime(world.clock.date(at).replace(microsecond=0))
