"""How a command runs: recorded, in its turn, asked of Twilio once, and Twilio's answer recorded.

States: `requested`, then `accepted` (Twilio said yes), `refused`, or `unconfirmed` (nobody can tell). What
Twilio then did confirms it, through the webhooks: see `voice/registry/calls.py`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from voice import errors
from voice.calls import ENDED, Call, CallFacts, is_call_sid
from voice.control.base import ALREADY_ENDED, AccountCommand, CallCommand, Command
from voice.control.drops import check_drops
from voice.control.live_update import look_up
from voice.errors import (
    CallNotFound,
    EmergencyStopActive,
    KeyReused,
    MidcallError,
    NotFound,
    TwilioFailed,
    TwilioTimeout,
    WrongState,
)
from voice.registry import CommandRecord
from voice.registry.command_states import LEASE_SECONDS, Requested
from voice.services import Services

POLL_SECONDS = 0.02


class Runner:
    """Runs commands for operators; any process may run any, what they share is the registry."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.commands

    def run(
        self,
        name: str,
        arguments: Mapping[str, Any],
        operator: str,
        call_sid: str | None = None,
        key: str | None = None,
        known: Call | None = None,
    ) -> CommandRecord:
        """The command with Twilio's answer.

        With an idempotency `key` that came before: that command, once it is done, and nothing is done again.
        `known` is the call, where it was read a moment ago.
        Raises ArgumentsRefused and CallNotFound before anything is recorded; afterwards WrongState,
        TwilioRefused, TwilioFailed or TwilioTimeout, each with the command in `error.command`.
        """
        command = self._command(name, arguments)
        execute = self._prepare(command, call_sid, known)
        fingerprint = _fingerprint(name, call_sid, arguments)
        asked = self._log.request(name, dict(arguments), operator, call_sid, key, fingerprint, command.proof)
        if isinstance(asked, CommandRecord):
            return self._outcome_of(asked, fingerprint)
        return execute(asked)

    def _command(self, name: str, arguments: Mapping[str, Any]) -> CallCommand | AccountCommand:
        kind = self._services.commands.get(name)
        if kind is None:
            raise NotFound(f"there is no command {name!r}")
        return kind(arguments, self._services)

    def _prepare(
        self, command: CallCommand | AccountCommand, call_sid: str | None, known: Call | None
    ) -> Callable[[Requested], CommandRecord]:
        if isinstance(command, CallCommand):
            return partial(self._run_on_call, command, known or self._call(call_sid or ""))
        return partial(self._run_on_account, command)

    def _call(self, call_sid: str) -> Call:
        """The call; one that no webhook told of is taken over from Twilio. Raises CallNotFound."""
        known = self._services.registry.calls.get(call_sid)
        if known is None and is_call_sid(call_sid):
            look_up(self._services, call_sid)
            known = self._services.registry.calls.get(call_sid)
        if known is None:
            raise CallNotFound(f"there is no call {call_sid[:64]!r}")
        return known

    def _run_on_call(self, command: CallCommand, call: Call, asked: Requested) -> CommandRecord:
        record = asked.record
        if asked.must_wait:
            call = self._in_turn(call, record)
        if not call.live and command.proof == "end":
            return self._log.settle(record, "confirmed", ALREADY_ENDED, source="registry")
        return self._execute(command, record, partial(self._change, command, call, record.id))

    def _change(self, command: CallCommand, call: Call, command_id: int) -> CallFacts:
        if not call.live:
            raise WrongState("the call has ended")
        check_drops(self._services, command, call)
        return command.execute(call, command_id)

    def _run_on_account(self, command: AccountCommand, asked: Requested) -> CommandRecord:
        return self._execute(command, asked.record, partial(command.execute, asked.record.id))

    def _in_turn(self, call: Call, record: CommandRecord) -> Call:
        """Commands of one call run in the order of their ids, whichever process took them; the call as it then is."""
        while self._log.has_earlier_running(record):
            time.sleep(POLL_SECONDS)
        return self._services.registry.calls.get(call.call_sid) or call

    def _outcome_of(self, record: CommandRecord, fingerprint: str) -> CommandRecord:
        """What became of the command that came with the same key; waits while it is under way."""
        if record.fingerprint != fingerprint:
            raise KeyReused("this Idempotency-Key came with another request before")
        until = time.monotonic() + LEASE_SECONDS
        while record.state == "requested" and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
            record = self._log.get(record.id) or record
        if record.error_code:
            raise _as_error(record)
        return record

    def _execute(
        self, command: Command, record: CommandRecord, ask: Callable[[], CallFacts | None]
    ) -> CommandRecord:
        try:
            if command.dials_out:
                _check_emergency(self._services)
            facts = ask()
        except MidcallError as error:
            settled = self._settle_error(error, record)
            if settled.state != "confirmed":
                raise
            return settled
        return self._accept(command, record, facts)

    def _accept(self, command: Command, record: CommandRecord, facts: CallFacts | None) -> CommandRecord:
        """Twilio said yes; if its answer tells of the call's end as well, that is recorded too."""
        shown = command.proof == "answer" or command.doubt is not None
        state = "unconfirmed" if command.doubt else "confirmed" if shown else "accepted"
        told = command.doubt or command.note
        call_sid = (
            facts.call_sid if facts and not record.call_sid else None
        )  # of a call that was made just now
        accepted = self._log.settle(record, state, told, call_sid=call_sid, final=shown)
        if facts and (facts.status in ENDED or isinstance(command, AccountCommand)):
            self._services.registry.calls.reconcile(facts, "twilio.answer")
            accepted = self._log.get(record.id) or accepted
        return accepted if accepted.message else replace(accepted, message=told)

    def _settle_error(self, error: MidcallError, record: CommandRecord) -> CommandRecord:
        """Refused where nothing was done; else unconfirmed until the call is read back, or a webhook tells."""
        unsure = isinstance(error, TwilioFailed) and error.executed is None
        answer = {"error_code": error.code, "twilio_code": error.twilio_code}
        state = "unconfirmed" if unsure else "refused"
        settled = self._log.settle(record, state, error.message, final=not unsure, **answer)
        if unsure and not isinstance(error, TwilioTimeout):
            settled = self._read_back(settled)
        error.command = settled
        return settled

    def _read_back(self, record: CommandRecord) -> CommandRecord:
        """Twilio failed, but answers: its word on the call may already settle the command."""
        if record.call_sid:
            with suppress(MidcallError):
                look_up(self._services, record.call_sid)
        return self._log.get(record.id) or record


def _check_emergency(services: Services) -> None:
    """Raises EmergencyStopActive while an emergency stop lasts."""
    stop = services.registry.emergency.current()
    if stop is not None:
        raise EmergencyStopActive(
            f"nobody is dialled: {stop.started_by} has begun an emergency stop; lift it first"
        )


def _fingerprint(name: str, call_sid: str | None, arguments: Mapping[str, Any]) -> str:
    asked = json.dumps([name, call_sid, dict(arguments)], sort_keys=True, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


def _as_error(record: CommandRecord) -> MidcallError:
    kinds = {
        kind.code: kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, MidcallError)
    }
    error = kinds[record.error_code or "error"](record.message or "", twilio_code=record.twilio_code)
    error.command = record
    return error
