"""The runner of commands: record a command, wait for its turn, ask Twilio once, record Twilio's answer.

A command starts as `requested`. Twilio's answer makes it `accepted` or `refused`, or `unconfirmed` if the outcome is
unknown. The webhooks that follow confirm it: see `voice/registry/commands.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from voice.calls import ENDED, Call, CallFacts, is_call_sid
from voice.control.base import ALREADY_ENDED, AccountCommand, CallCommand, Command
from voice.control.drops import check_drops
from voice.control.idempotency import fingerprint_of, wait_for_first
from voice.control.live_update import CALL_ENDED, look_up
from voice.errors import (
    CallNotFound,
    EmergencyStopActive,
    MidcallError,
    NotFound,
    TwilioFailed,
    TwilioTimeout,
    WrongState,
)
from voice.registry import CommandRecord
from voice.registry.command_record import CommandState
from voice.registry.command_writes import QueuedCommand
from voice.services import Services

POLL_SECONDS = 0.02


class Runner:
    """Runs commands for operators. Any process can run any command; the registry orders them."""

    def __init__(self, services: Services):
        self._services = services
        self._commands = services.registry.commands

    def run(
        self,
        name: str,
        arguments: Mapping[str, Any],
        operator: str,
        call_sid: str | None = None,
        key: str | None = None,
        known: Call | None = None,
    ) -> CommandRecord:
        """Run a command, and return it with Twilio's answer.

        If a command with the same idempotency `key` exists, return that one once it is finished, and do nothing.
        `known` is the call, if the caller has just read it.
        Raises ArgumentsRefused and CallNotFound before the command is recorded; then WrongState, TwilioRefused,
        TwilioFailed or TwilioTimeout, each with the command in `error.command`.
        """
        command = self._command(name, arguments)
        execute = self._prepare(command, call_sid, known)
        fingerprint = fingerprint_of(name, call_sid, arguments)
        requested = self._commands.request(
            name, dict(arguments), operator, call_sid, key, fingerprint, command.proof
        )
        if isinstance(requested, CommandRecord):
            return wait_for_first(self._commands, requested, fingerprint)
        return execute(requested)

    def _command(self, name: str, arguments: Mapping[str, Any]) -> CallCommand | AccountCommand:
        kind = self._services.commands.get(name)
        if kind is None:
            raise NotFound(f"There is no command {name[:64]!r}.")
        return kind(arguments, self._services)

    def _prepare(
        self, command: CallCommand | AccountCommand, call_sid: str | None, known: Call | None
    ) -> Callable[[QueuedCommand], CommandRecord]:
        if isinstance(command, CallCommand):
            return partial(self._run_on_call, command, known or self._call(call_sid or ""))
        return partial(self._run_on_account, command)

    def _call(self, call_sid: str) -> Call:
        """The call. A call that no webhook has reported is read from Twilio. Raises CallNotFound."""
        known = self._services.registry.calls.get(call_sid)
        if known is None and is_call_sid(call_sid):
            look_up(self._services, call_sid)
            known = self._services.registry.calls.get(call_sid)
        if known is None:
            raise CallNotFound(f"There is no call {call_sid[:64]!r}. Check the CallSid.")
        return known

    def _run_on_call(self, command: CallCommand, call: Call, requested: QueuedCommand) -> CommandRecord:
        record = requested.record
        if requested.must_wait:
            call = self._wait_for_turn(call, record)
        if not call.live and command.proof == "end":
            return self._commands.settle(record, "confirmed", ALREADY_ENDED, source="registry")
        return self._execute(command, record, partial(self._change, command, call, record.id))

    def _change(self, command: CallCommand, call: Call, command_id: int) -> CallFacts:
        if not call.live:
            raise WrongState(CALL_ENDED)
        check_drops(self._services, command, call)
        return command.execute(call, command_id)

    def _run_on_account(self, command: AccountCommand, requested: QueuedCommand) -> CommandRecord:
        record = requested.record
        return self._execute(command, record, partial(command.execute, record.id))

    def _wait_for_turn(self, call: Call, record: CommandRecord) -> Call:
        """Wait until the earlier commands of the call are done, in any process; the call as it is then."""
        while self._commands.has_earlier_running(record):
            time.sleep(POLL_SECONDS)
        return self._services.registry.calls.get(call.call_sid) or call

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
        """Record that Twilio accepted the command; and the end of the call, if the answer shows it."""
        final = command.proof == "answer" or command.doubt is not None
        state: CommandState = "unconfirmed" if command.doubt else "confirmed" if final else "accepted"
        message = command.doubt or command.note
        new_call_sid = facts.call_sid if facts and not record.call_sid else None
        accepted = self._commands.settle(record, state, message, call_sid=new_call_sid, final=final)
        if facts and (facts.status in ENDED or isinstance(command, AccountCommand)):
            self._services.registry.calls.reconcile(facts, "twilio.answer")
            accepted = self._commands.get(record.id) or accepted
        return accepted if accepted.message else replace(accepted, message=message)

    def _settle_error(self, error: MidcallError, record: CommandRecord) -> CommandRecord:
        """Record `refused` if Twilio did nothing, else `unconfirmed` until the call is read back or a webhook comes."""
        unsure = isinstance(error, TwilioFailed) and error.executed is None
        settled = self._commands.settle(
            record, "unconfirmed" if unsure else "refused", error.message, final=not unsure,
            error_code=error.code, twilio_code=error.twilio_code,
        )  # fmt: skip
        if unsure and not isinstance(error, TwilioTimeout):
            settled = self._read_back(settled)
        error.command = settled
        return settled

    def _read_back(self, record: CommandRecord) -> CommandRecord:
        """Read the call from a Twilio that failed but answers: the state of the call may settle the command."""
        if record.call_sid:
            with suppress(MidcallError):
                look_up(self._services, record.call_sid)
        return self._commands.get(record.id) or record


def _check_emergency(services: Services) -> None:
    """Raises EmergencyStopActive during an emergency stop."""
    stop = services.registry.emergency.current()
    if stop is not None:
        raise EmergencyStopActive(
            f"{stop.started_by} has started an emergency stop. Lift it before you dial a number."
        )
