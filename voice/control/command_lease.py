"""The lease of a command while it runs: a process that has lost it does not reach Twilio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from voice.errors import ClaimLost, NotSent, OutcomeUnknown, RegistryUnavailable
from voice.registry.command_claims import CommandClaims
from voice.registry.command_writes import CLAIM_LOST, QueuedCommand
from voice.twilio.transport import before_change

PARTLY_SENT = "Midcall could not complete the command. Check the result before you try again."


@contextmanager
def command_lease(claims: CommandClaims, queued: QueuedCommand) -> Iterator[None]:
    """Hold the claim of a command inside this block, and check it before each change at Twilio.

    The check raises ClaimLost, or NotSent if the registry cannot be asked; after the first change OutcomeUnknown.
    """
    lease = _Lease(claims, queued.record.id)
    with claims.held(queued.record.id, queued.since):
        token = before_change.set(lease.check)
        try:
            yield
        finally:
            before_change.reset(token)


class _Lease:
    def __init__(self, claims: CommandClaims, command_id: int):
        self._claims, self._command_id = claims, command_id
        self._has_sent = False

    def check(self) -> None:
        problem = self._problem()
        if problem and self._has_sent:
            raise OutcomeUnknown(PARTLY_SENT) from problem
        if problem:
            raise problem
        self._has_sent = True

    def _problem(self) -> NotSent | None:
        try:
            return None if self._claims.is_held(self._command_id) else ClaimLost(CLAIM_LOST)
        except RegistryUnavailable as error:
            return NotSent(f"Twilio was not asked. {error.message}")
