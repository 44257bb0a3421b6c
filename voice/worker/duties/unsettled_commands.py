"""Unsettled commands: find out what became of commands that Twilio did not answer."""

from __future__ import annotations

from functools import partial

from voice.calls import ENDED
from voice.control.abandoned import settle_abandoned
from voice.control.live_update import look_up
from voice.errors import CallNotFound
from voice.registry import CommandRecord
from voice.registry.command_claims import AbandonedCommand
from voice.registry.command_states import NO_ANSWER
from voice.registry.commands import MOST_SETTLED
from voice.worker.duty import Duty, run_logged

SETTLE_SECONDS = 12.0  # Twilio's API may lag behind, and the confirming webhook may be on its way
STILL_LIVE = "Twilio did not end the call. Send the command again."


class UnsettledCommandsDuty(Duty):
    """Settles commands of dead processes, and reads the calls of unsettled commands back.

    The end of a call settles its commands.
    """

    name = "unsettled_commands"

    def run(self) -> None:
        """Settle each command, as far as Twilio shows its outcome or enough time has passed.

        While the spool holds events, one of them may be the answer or the visit.
        """
        if self.services.recorder.spool.waiting:
            return
        commands = self.services.registry.commands
        for abandoned in commands.claims.take_abandoned(limit=MOST_SETTLED):
            run_logged(partial(self._settle_abandoned, abandoned))
        due = {record.id for record in commands.unsure(SETTLE_SECONDS)}
        for record in commands.unsure():
            run_logged(partial(self._settle, record, record.id in due))

    def _settle_abandoned(self, abandoned: AbandonedCommand) -> None:
        settle_abandoned(self.services, abandoned)

    def _settle(self, record: CommandRecord, is_due: bool) -> None:
        is_live = record.call_sid is not None and self._is_live(record.call_sid)
        if not is_due:
            return
        not_ended = is_live and record.proof == "end" and record.message != NO_ANSWER
        self.services.registry.commands.settle(
            record,
            "refused" if not_ended else "unconfirmed",
            STILL_LIVE if not_ended else NO_ANSWER,
            error_code=record.error_code,
            twilio_code=record.twilio_code,
            source="worker",
        )

    def _is_live(self, call_sid: str) -> bool:
        try:
            return look_up(self.services, call_sid).status not in ENDED
        except CallNotFound:
            return False
