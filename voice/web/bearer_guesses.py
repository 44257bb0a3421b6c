"""A bound on guesses of bearer tokens: each web worker checks only so many wrong tokens of one address."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from contextlib import suppress
from typing import TypeVar

from voice.audit import Actor, NewAuditEntry
from voice.config import Config
from voice.errors import NotSignedIn, RegistryUnavailable, TooManyAttempts
from voice.operators.bearer_tokens import operator_of_token
from voice.operators.roles import Operator
from voice.registry import Registry

Key = TypeVar("Key")
Value = TypeVar("Value")
BURST, EVERY_SECONDS = 60, 1.0  # wrong tokens of one address at once, and one more each second
KEPT = 10_000  # addresses and tokens that a worker remembers
ENTRY_SECONDS, ENTRY_OF_ADDRESS_SECONDS = (
    2.0,
    60.0,
)  # between two entries of the audit trail about wrong tokens


class BearerGuesses:
    """Counts wrong tokens in memory, so that a flood of them writes little to the database."""

    def __init__(self, config: Config, registry: Registry):
        self._config, self._registry = config, registry
        self._proven: OrderedDict[bytes, None] = OrderedDict()
        self._paid_until: OrderedDict[str, float] = OrderedDict()
        self._next_entry_of: OrderedDict[str, float] = OrderedDict()
        self._next_entry = 0.0

    def operator(self, token: str, address: str) -> Operator:
        """The operator that the token stands for. Raises NotSignedIn, TooManyAttempts."""
        digest = hashlib.sha256(token.encode()).digest()
        if digest not in self._proven and self._is_exhausted(address):
            return self._by_stored_token(token)
        try:
            found = operator_of_token(self._config, self._registry, token)
        except NotSignedIn:
            self._proven.pop(digest, None)
            self._count(address)
            self._note(token, address)
            raise
        _keep(self._proven, digest, None)
        return found

    def _by_stored_token(self, token: str) -> Operator:
        """No guess finds a stored token, 256 random bits, so a flood of guesses locks none out."""
        found = self._registry.tokens.find_valid(token)
        if found is None:
            raise TooManyAttempts("Too many wrong tokens came from this address. Wait a minute.")
        return Operator(found.name, found.role)

    def _is_exhausted(self, address: str) -> bool:
        return self._paid_until.get(address, 0.0) > time.monotonic() + (BURST - 1) * EVERY_SECONDS

    def _count(self, address: str) -> None:
        start = max(self._paid_until.get(address, 0.0), time.monotonic())
        _keep(self._paid_until, address, start + EVERY_SECONDS)

    def _note(self, token: str, address: str) -> None:
        """Append a wrong token to the audit trail, once a minute for each address."""
        moment = time.monotonic()
        if moment < max(self._next_entry, self._next_entry_of.get(address, 0.0)):
            return
        self._next_entry = moment + ENTRY_SECONDS
        _keep(self._next_entry_of, address, moment + ENTRY_OF_ADDRESS_SECONDS)
        with suppress(RegistryUnavailable):
            known = self._registry.tokens.find(token)
            details = {"reason": f"{known.state} token" if known else "unknown token"}
            entry = NewAuditEntry(
                "sign_in.failed", Actor("visitor", address), known.name if known else None, details
            )
            self._registry.audit.append(entry)


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Put the entry at the end, and forget the oldest beyond the limit."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > KEPT:
        kept.popitem(last=False)
