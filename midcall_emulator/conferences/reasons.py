"""Reasons in status callbacks: why a participant left, and why a conference ended."""

from __future__ import annotations

from midcall_emulator.conferences.participant import Participant

REASONS_LEFT = {
    "hangup": "participant_hung_up",
    "star": "participant_hung_up",
    "time": "participant_hung_up",
    "redirect": "participant_updated_via_api",
    "kick": "participant_updated_via_api",
    "ended": "moderator_ended_conference",
    "api": "conference_ended_via_api",
    "failed": "participant_add_failed",
}


def end_parameters(reason: str, ended_by: Participant | None) -> dict[str, str]:
    """Return the parameters about the end of a conference; ``ended_by`` is None if REST ended it."""
    if ended_by is None:
        return {"ReasonConferenceEnded": reason, "Reason": "Conference ended via API"}
    label = {"ParticipantLabelEndingConference": ended_by.label} if ended_by.label else {}
    how = "left" if reason == "last-participant-left" else reason
    return {
        "CallSidEndingConference": ended_by.call.sid,
        "ReasonConferenceEnded": reason,
        "Reason": f"Participant {ended_by.call.sid}: {how}",
    } | label
