"""Commands whose process is presumed dead: they are settled from what is recorded, and never sent again."""

from __future__ import annotations

from voice.control.live_update import look_up
from voice.errors import CallNotFound, MidcallError, NotSent
from voice.registry import CommandRecord
from voice.registry.command_claims import AbandonedCommand
from voice.registry.command_states import NO_ANSWER
from voice.services import Services

NEVER_SENT = "The process that ran the command ended before it asked Twilio. Nothing was done."


def settle_if_abandoned(services: Services, record: CommandRecord) -> CommandRecord:
    """Settle the command unless a process works on it; the command as it then is.

    While the spool holds events, one of them may be Twilio's answer.
    """
    if services.recorder.spool.waiting:
        return record
    taken = services.registry.commands.claims.take_abandoned(record.id)
    return settle_abandoned(services, taken[0]) if taken else record


def settle_abandoned(services: Services, abandoned: AbandonedCommand) -> CommandRecord:
    """Settle a command that was taken from its process; the command as it then is.

    Twilio certainly did nothing if the command was not recorded as sent. Otherwise the state of the call may show what
    happened. If the process wakes up with Twilio's answer, that one replaces the assumption that there was none.
    """
    commands, record = services.registry.commands, abandoned.record
    if not abandoned.is_sent:
        return commands.settle(record, "refused", NEVER_SENT, error_code=NotSent.code, source="worker")
    is_read = _read_call(services, record.call_sid)
    record = commands.get(record.id) or record
    if record.finished_at:
        return record
    return commands.settle(record, "unconfirmed", NO_ANSWER, final=is_read, source="worker")


def _read_call(services: Services, call_sid: str | None) -> bool:
    """Read the call from Twilio: if it has ended, that settles its commands. False if it cannot be read now."""
    try:
        if call_sid:
            look_up(services, call_sid)
    except CallNotFound:
        return True
    except MidcallError:
        return False
    return True
