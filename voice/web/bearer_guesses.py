"""A bound on guesses of bearer tokens: each web worker checks only so many wrong tokens of one address."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from contextlib import suppress

from voice.audit import Actor, NewAuditEntry
from voice.config import Config
from voice.errors import NotSignedIn, RegistryUnavailable, TooManyAttempts
from voice.operators.bearer_tokens import operator_of_token
from voice.operators.roles import Operator
from voice.registry import Registry
from voice.web.allowance import Allowance, keep_newest

BURST, EVERY_SECONDS = 60, 1.0  # wrong tokens of one address at once, and one more each second
ENTRY_SECONDS = 2.0  # between two entries of the audit trail about wrong tokens
ENTRY_OF_ADDRESS_SECONDS = 60.0  # between two that are about the same address


class BearerGuesses:
    """Counts wrong tokens in memory, so that a flood of them writes little to the database."""

    def __init__(self, config: Config, registry: Registry):
        self._config, self._registry = config, registry
        self._proven: OrderedDict[bytes, None] = OrderedDict()
        self._allowance = Allowance(BURST, EVERY_SECONDS)
        self._next_entry_of: OrderedDict[str, float] = OrderedDict()
        self._next_entry = 0.0

    def operator(self, token: str, address: str) -> Operator:
        """The operator that the token stands for. Raises NotSignedIn, TooManyAttempts."""
        digest = hashlib.sha256(token.encode()).digest()
        if digest not in self._proven and self._allowance.is_spent(address):
            return self._by_stored_token(token)
        try:
            found = operator_of_token(self._config, self._registry, token)
        except NotSignedIn:
            self._proven.pop(digest, None)
            self._allowance.spend(address)
            self._note(token, address)
            raise
        keep_newest(self._proven, digest, None)
        return found

    def _by_stored_token(self, token: str) -> Operator:
        """No guess finds a stored token, 256 random bits, so a flood of guesses locks none out."""
        found = self._registry.tokens.find_valid(token)
        if found is None:
            raise TooManyAttempts("Too many wrong tokens came from this address. Wait a minute.")
        return Operator(found.name, found.role)

    def _note(self, token: str, address: str) -> None:
        """Append a wrong token to the audit trail, once a minute for each address."""
        moment = time.monotonic()
        if moment < max(self._next_entry, self._next_entry_of.get(address, 0.0)):
            return
        self._next_entry = moment + ENTRY_SECONDS
        keep_newest(self._next_entry_of, address, moment + ENTRY_OF_ADDRESS_SECONDS)
        with suppress(RegistryUnavailable):
            known = self._registry.tokens.find(token)
            details = {"reason": f"{known.state} token" if known else "unknown token"}
            entry = NewAuditEntry(
                "sign_in.failed", Actor("visitor", address), known.name if known else None, details
            )
            self._registry.audit.append(entry)
