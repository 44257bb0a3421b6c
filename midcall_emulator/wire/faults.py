"""Things that go wrong on demand, on the REST side or with webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

SIDES = ("rest", "webhook")
DELIVERY_FAULTS = ("double", "shuffle", "late", "forge")
WEBHOOKS_ONLY = ("drop", *DELIVERY_FAULTS)
KINDS = ("status", "delay", "reset", "execute-then-status", "execute-then-hang", *WEBHOOKS_ONLY)
DEFAULTS = {"status": 500, "execute-then-status": 500, "shuffle": 10, "late": 10}
RESET = -1
LOST = -2
_FOREVER = 3600.0


@dataclass(slots=True)
class Fault:
    """One rule: where (``on``, ``match``), how often (``times``, None is always) and what (``do``, ``value``).

    ``match`` is a substring of ``"METHOD url"``, or an object with any of ``method``, ``path`` (a substring of the
    URL) and ``params`` (names with the exact values they must have); empty matches everything.
    """

    on: str
    match: str | Mapping[str, Any]
    times: int | None
    do: str
    value: float
    held: asyncio.Future[None] | None = None

    def fits(self, on: str, method: str, url: str, params: Mapping[str, str]) -> bool:
        """Say whether the rule applies to this request; while it holds one back, the others overtake that."""
        return self.times != 0 and self.held is None and self.matches(on, method, url, params)

    def matches(self, on: str, method: str, url: str, params: Mapping[str, str]) -> bool:
        """Say whether the rule is about this kind of request."""
        if on != self.on:
            return False
        if isinstance(self.match, str):
            return self.match in f"{method} {url}"
        wanted = self.match
        return (
            wanted.get("method", method) == method
            and wanted.get("path", "") in url
            and all(params.get(name) == str(value) for name, value in wanted.get("params", {}).items())
        )

    async def before_webhook(self) -> int | None:
        """Do what happens instead of, or before, a webhook: return a status, RESET, LOST, or None to go on."""
        if self.do in ("delay", "drop"):
            await asyncio.sleep(self.value)
        return {"status": int(self.value), "reset": RESET, "drop": LOST}.get(self.do)

    async def after_webhook(self) -> int | None:
        """Do what happens after the app has answered: return the status that replaces it, or None."""
        if self.do == "execute-then-hang":
            await asyncio.sleep(_FOREVER)
        return int(self.value) if self.do == "execute-then-status" else None


class Faults:
    """The rules in force, first match first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def set(self, rules: list[Fault]) -> None:
        """Put these rules in the place of all earlier ones; what those held back goes out."""
        earlier, self._rules = self._rules, list(rules)
        _release(earlier)

    def passed(self, on: str, method: str, url: str, params: Mapping[str, str]) -> None:
        """A request has been answered: what was held back until it is overtaken by such a one goes out."""
        _release([rule for rule in self._rules if rule.held and rule.matches(on, method, url, params)])

    def take(self, on: str, method: str, url: str, params: Mapping[str, str]) -> Fault | None:
        """Return the first rule that fits, and count it as used once."""
        for rule in self._rules:
            if rule.fits(on, method, url, params):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def __iter__(self) -> Any:
        return iter(self._rules)


def _release(rules: list[Fault]) -> None:
    for rule in rules:
        if rule.held and not rule.held.done():
            rule.held.set_result(None)


def parse(item: Any) -> Fault:
    """Return the rule that a JSON object describes; raise ValueError saying what is wrong with it."""
    if not isinstance(item, dict):
        raise ValueError("a fault is an object")
    on, do = item.get("on"), item.get("do")
    if on not in SIDES or do not in KINDS:
        raise ValueError(
            f"a fault needs 'on' (one of {', '.join(SIDES)}) and 'do' (one of {', '.join(KINDS)})"
        )
    if on == "rest" and do in WEBHOOKS_ONLY:
        raise ValueError(f"{do!r} is only for webhooks")
    match, times, value = item.get("match") or "", item.get("times", 1), item.get("value")
    if not isinstance(match, str | dict):
        raise ValueError("'match' is a string or an object")
    if not (times is None or type(times) is int):
        raise ValueError("'times' is a whole number, or -1 or null for always")
    if value is None:
        value = DEFAULTS.get(do, 0)
    if not isinstance(value, int | float) or value < 0:
        raise ValueError("'value' is a number")
    return Fault(on, match, None if times is None or times < 0 else times, do, value)


class HasFaults(Protocol):
    """Offers the faults in force."""

    faults: Faults
