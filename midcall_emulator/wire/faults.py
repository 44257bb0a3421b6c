"""Injected faults: rules that make REST requests or webhooks fail, wait, or arrive wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

DELIVERY_FAULTS = ("double", "shuffle", "late", "forge")
WEBHOOK_FAULTS = ("drop", *DELIVERY_FAULTS)
KINDS = ("status", "delay", "reset", "execute-then-status", "execute-then-hang", *WEBHOOK_FAULTS)
RESET = -1
LOST = -2
_HANG_SECONDS = 3600.0


@dataclass(slots=True)
class Fault:
    """A rule: where it applies (``on``, ``match``), how often (``times``, None is always), and its effect.

    ``match`` is a part of ``"METHOD url"``, or an object with any of ``method``, ``path`` (a part of the URL) and
    ``params`` (names with their exact values); an empty one matches every request. ``held`` is set while the rule
    holds back a request.
    """

    on: str
    match: str | Mapping[str, Any]
    times: int | None
    do: str
    value: float
    held: asyncio.Future[None] | None = None

    def applies(self, on: str, method: str, url: str, params: Mapping[str, str]) -> bool:
        """Return whether the rule applies to this request. A rule that holds back a request lets others overtake it."""
        return self.times != 0 and self.held is None and self.matches(on, method, url, params)

    def matches(self, on: str, method: str, url: str, params: Mapping[str, str]) -> bool:
        """Return whether the rule is about requests like this one."""
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
        """Apply the fault before a webhook is sent.

        Return a status, RESET or LOST in place of the app's response, or None to send the webhook.
        """
        if self.do in ("delay", "drop"):
            await asyncio.sleep(self.value)
        return {"status": int(self.value), "reset": RESET, "drop": LOST}.get(self.do)

    async def after_webhook(self) -> int | None:
        """Apply the fault after the app's response; return the status that replaces it, or None."""
        if self.do == "execute-then-hang":
            await asyncio.sleep(_HANG_SECONDS)
        return int(self.value) if self.do == "execute-then-status" else None

    def release(self) -> None:
        """Send the request that the rule holds back, if there is one."""
        if self.held and not self.held.done():
            self.held.set_result(None)


class Faults:
    """The current rules. The first rule that applies to a request is used."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._rules)

    def set(self, rules: list[Fault]) -> None:
        """Replace all rules, and send the requests that they hold back."""
        earlier, self._rules = self._rules, list(rules)
        for rule in earlier:
            rule.release()

    def take(self, on: str, method: str, url: str, params: Mapping[str, str]) -> Fault | None:
        """Return the first rule that applies to a request, and count its use."""
        for rule in self._rules:
            if rule.applies(on, method, url, params):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def release_overtaken(self, on: str, method: str, url: str, params: Mapping[str, str]) -> None:
        """Send the requests that were held back until a request like this one, which has its response now."""
        for rule in self._rules:
            if rule.held and rule.matches(on, method, url, params):
                rule.release()


class HasFaults(Protocol):
    """Offers the injected faults."""

    faults: Faults
