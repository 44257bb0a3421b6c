"""What the commands for one participant of a room have in common: Twilio's answer shows whether it was done."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.control.base import CallCommand


class ParticipantCommand(CallCommand):
    """Something is changed of this participant, and read in Twilio's answer."""

    group = "room"
    needs_conference = True

    proof = "answer"  # twilio's answer

    def change(self) -> dict[str, Any]:
        """What is asked for, in Twilio's own field names."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Ask, and compare. Raises WrongState outside of a room."""
        seat = promotion.needs_seat(call)
        self.changed(seat, self.change())
        return CallFacts(call.call_sid, None)

    def changed(self, seat: promotion.Seat, asked: dict[str, Any]) -> None:
        """Change a participant; a `doubt` where the answer shows something else than was asked for."""
        answer = self.services.twilio.conferences.update_participant(
            seat.conference_sid, seat.call_sid, **asked
        )
        self.doubt = self.doubt or difference(asked, answer)


def difference(asked: dict[str, Any], answer: dict[str, Any]) -> str | None:
    """What Twilio shows that is not as it was asked for, in words; None where all is."""
    others = [name for name, value in asked.items() if answer.get(name) != value]
    told = ", ".join(f"{name} is {str(answer.get(name)).lower()}" for name in others)
    return f"Twilio said yes, and then shows something else: {told}" if others else None
