"""The runner of commands: record a command, wait for its turn, ask Twilio once, record Twilio's answer.

A command starts as `requested`. Twilio's answer makes it `accepted` or `refused`, or `unconfirmed` if the outcome is
unknown. The webhooks that follow confirm it: see `voice/registry/commands.py`. If the database fails after the request
to Twilio, the outcome waits in the spool.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from voice.calls import ENDED, UNKNOWN_TO_TWILIO, Call, CallFacts, is_call_sid
from voice.control.base import ALREADY_ENDED, AccountCommand, CallCommand, Command
from voice.control.command_lease import command_lease
from voice.control.drops import check_drops
from voice.control.idempotency import fingerprint_of, wait_for_first
from voice.control.live_update import CALL_ENDED, look_up
from voice.control.request_errors import nothing_sent, perhaps_executed
from voice.control.ringing import check_emergency
from voice.control.talks import read_talk
from voice.errors import (
    CallNotFound,
    MidcallError,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RegistryUnavailable,
    TwilioFailed,
    TwilioTimeout,
    WrongState,
)
from voice.registry import CommandRecord
from voice.registry.calls import reconciliation
from voice.registry.claims import Claim
from voice.registry.command_outcomes import outcome_event, unrecorded
from voice.registry.command_record import CommandState
from voice.registry.command_states import StateChange
from voice.registry.command_writes import QueuedCommand
from voice.services import Services

log = logging.getLogger(__name__)
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
        claim: Claim | None = None,
    ) -> CommandRecord:
        """Run a command, and return it with Twilio's answer.

        If a command with the same idempotency `key` exists, return that one once it is finished, and do nothing.
        `known` is the call, if the caller has just read it. `claim` is the claim on the work that the command is for.
        Raises ArgumentsRefused, CallNotFound and RegistryUnavailable before the command is recorded; then WrongState,
        TwilioRefused, TwilioFailed, TwilioTimeout, NotSent or OutcomeUnknown, with the command in `error.command`.
        """
        command = self._command(name, arguments)
        execute = self._prepare(command, call_sid, known)
        fingerprint = fingerprint_of(name, call_sid, arguments)
        requested = self._commands.request(
            name, dict(arguments), operator, call_sid, key, fingerprint, command.proof, claim
        )
        if isinstance(requested, CommandRecord):
            return wait_for_first(self._services, requested, fingerprint)
        with command_lease(self._commands.claims, requested):
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
            return self._settle(record, StateChange("confirmed", ALREADY_ENDED, source="registry"))
        return self._execute(command, record, partial(self._change, command, call, record.id))

    def _change(self, command: CallCommand, call: Call, command_id: int) -> CallFacts:
        if not call.live:
            raise WrongState(CALL_ENDED)
        with nothing_sent():
            if command.asks_for_talk:
                read_talk(self._services, call)
            check_drops(self._services, command, call)
        try:
            with perhaps_executed():
                self._services.talks_read_at.pop(call.call_sid, None)
                return command.execute(call, command_id)
        except CallNotFound:
            self._require_known(call.call_sid)
            raise

    def _require_known(self, call_sid: str) -> None:
        """Raises WrongState if Twilio does not know the call. Then the call has ended, and `end` is confirmed."""
        try:
            look_up(self._services, call_sid)
        except CallNotFound as error:
            if error.message == UNKNOWN_TO_TWILIO:
                raise WrongState(UNKNOWN_TO_TWILIO, twilio_code=error.twilio_code) from None
        except MidcallError:
            pass  # nothing more is known than what Twilio answered to the command

    def _run_on_account(self, command: AccountCommand, requested: QueuedCommand) -> CommandRecord:
        return self._execute(
            command, requested.record, partial(self._change_account, command, requested.record.id)
        )

    def _change_account(self, command: AccountCommand, command_id: int) -> CallFacts | None:
        with perhaps_executed():
            return command.execute(command_id)

    def _wait_for_turn(self, call: Call, record: CommandRecord) -> Call:
        """Wait until the earlier commands of the call are done, in any process; the call as it is then."""
        try:
            with nothing_sent():
                while not self._commands.take_turn(record):
                    time.sleep(POLL_SECONDS)
                return self._services.registry.calls.get(call.call_sid) or call
        except NotSent as error:
            self._settle_error(error, record)
            raise

    def _execute(
        self, command: Command, record: CommandRecord, ask: Callable[[], CallFacts | None]
    ) -> CommandRecord:
        try:
            with nothing_sent():
                check_emergency(self._services, command)
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
        check_after = command.check_after if state == "accepted" else None
        change = StateChange(state, message, call_sid=new_call_sid, final=final, check_after=check_after)
        accepted = self._settle(record, change)
        if facts and (facts.status in ENDED or isinstance(command, AccountCommand)):
            accepted = self._reconcile(facts, accepted)
        return accepted if accepted.message else replace(accepted, message=message)

    def _reconcile(self, facts: CallFacts, record: CommandRecord) -> CommandRecord:
        """Record what Twilio's answer says about the call; the command, which that may settle."""
        try:
            self._services.registry.calls.reconcile(facts, "twilio.answer")
            return self._current(record)
        except RegistryUnavailable:
            self._services.recorder.keep(reconciliation(facts, "twilio.answer"), facts)
            return record

    def _settle(self, record: CommandRecord, change: StateChange) -> CommandRecord:
        """Record the outcome. If that fails for any reason, the outcome waits in the spool: Twilio has been asked."""
        try:
            return self._commands.change(record.id, change)
        except RegistryUnavailable as error:
            log.warning("The outcome of the command %d goes to the spool: %s", record.id, error.message)
        except Exception:
            log.exception(
                "The outcome of the command %d cannot be recorded. It goes to the spool.", record.id
            )
        self._services.recorder.keep(outcome_event(record, change))
        return unrecorded(record, change)

    def _settle_error(self, error: MidcallError, record: CommandRecord) -> CommandRecord:
        """Record `refused` if Twilio did nothing, else `unconfirmed` until the call is read back or a webhook comes."""
        unsure = isinstance(error, OutcomeUnknown) or (
            isinstance(error, TwilioFailed) and error.executed is None
        )
        state: CommandState = "unconfirmed" if unsure else "refused"
        change = StateChange(state, error.message, error.code, error.twilio_code, final=not unsure)
        settled = self._settle(record, change)
        if unsure and not isinstance(error, TwilioTimeout):
            settled = self._read_back(settled)
        error.command = settled
        return settled

    def _read_back(self, record: CommandRecord) -> CommandRecord:
        """Read the call from a Twilio that failed but answers: the state of the call may settle the command."""
        with suppress(MidcallError):
            if record.call_sid:
                look_up(self._services, record.call_sid)
            return self._current(record)
        return record

    def _current(self, record: CommandRecord) -> CommandRecord:
        """The command as the registry has it, unless its outcome is still in the spool."""
        found = self._commands.get(record.id)
        return found if found and found.state != "requested" else record
