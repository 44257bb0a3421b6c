"""Audio between the participants of a conference: bridges, beeps, and the audience of a participant."""

from __future__ import annotations

from collections.abc import Sequence

from midcall_emulator.conferences.participant import Participant
from midcall_emulator.core.audio import Audio


def connect(
    audio: Audio, conference_name: str, newcomers: Sequence[Participant], present: Sequence[Participant]
) -> None:
    """Let every newcomer hear all participants, and the others hear the newcomers."""
    for participant in newcomers:
        participant.bridged = True
        if not participant.hold:
            participant.stop_sound()
    for participant in present:
        others = present if participant in newcomers else newcomers
        play_bridges(audio, conference_name, participant, others)


def play_bridges(
    audio: Audio, conference_name: str, participant: Participant, others: Sequence[Participant]
) -> None:
    """Play the bridge to each other participant, unless the participant is on hold."""
    for other in others:
        if other is not participant and not participant.hold:
            audio.play(participant.call, "bridge", sid=other.call.sid, conference=conference_name)


def play_to(audio: Audio, present: Sequence[Participant], kind: str) -> None:
    """Play a beep or a tone to the participants who are not on hold."""
    for participant in present:
        if not participant.hold:
            audio.play(participant.call, kind)


def audience_of(participant: Participant, present: Sequence[Participant]) -> list[Participant]:
    """Return who hears the speech and the keys of a participant; a coach is heard only by the coached participant."""
    if participant.muted or participant.hold or not participant.is_present:
        return []
    others = [other for other in present if other is not participant and not other.hold]
    return [other for other in others if not participant.coaching or other.call.sid == participant.coached]
