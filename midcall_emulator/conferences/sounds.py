"""What is heard in a conference beside its participants: music while they wait, hold music, announcements."""

from __future__ import annotations

from midcall_emulator.conferences.conference import Conference, Participant
from midcall_emulator.conferences.participant_settings import MUSIC
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.documents import Manner
from midcall_emulator.core.outcomes import Fetch, Problem


def wait(seat: Participant) -> None:
    """Let somebody hear what is heard before the start (https://www.twilio.com/docs/voice/twiml/conference#waiturl)."""
    if seat.conference.status == "init" and not seat.hold:
        _listen(seat, seat.wait, "wait")


def hold(seat: Participant, music: Fetch | None) -> None:
    """Take somebody out of the room's sound; they hear the music, or silence."""
    if not seat.hold:
        seat.hold = True
        seat.conference.report("participant-hold", seat)
    _listen(seat, music, "hold")


def unhold(seat: Participant) -> None:
    """Let somebody hear the room again, or go on waiting for it."""
    if seat.hold:
        seat.hold = False
        seat.conference.report("participant-unhold", seat)
        seat.hush()
        wait(seat)
        seat.conference.reconnect(seat)


def announce(room: Conference, source: Fetch, seat: Participant | None = None) -> None:
    """Let everybody who is not on hold, or one participant, hear a document; a later one takes its place."""
    place = seat or room
    if place.announcement:
        place.announcement.cancel()
    place.announcement = room.world.clock.spawn(_announce(room, source, seat))


def speak(seat: Participant, text: str, seconds: float) -> None:
    """Somebody in the room talks: who may hear it does, and it is in the recording."""
    room = seat.conference
    clock = room.world.clock
    audience = list(room.audience(seat))
    for other in audience:
        room.world.audio.play(other.call, "speech", sid=seat.call.sid, text=text)
        for fork in list(other.call.run.forks):
            fork.spoke(text, seconds, "outbound")
    if room.recording and audience:
        room.recording.spoken.append((clock.now(), clock.now() + seconds))
    if seat.muted or seat.hold or room.status != "in-progress":
        return
    if seat.speech and not seat.speech.cancelled:
        seat.speech.cancel()
    else:
        room.report("participant-speech-start", seat)
    seat.speech = clock.call_later(seconds, lambda: room.report("participant-speech-stop", seat))


def press(seat: Participant, digits: str) -> None:
    """Keys are sound in a conference."""
    for other in seat.conference.audience(seat):
        seat.conference.world.audio.play(other.call, "dtmf", digits=digits)


def _listen(seat: Participant, source: Fetch | None, kind: str) -> None:
    seat.hush()
    world = seat.conference.world
    if source is MUSIC:
        world.audio.play(seat.call, "music")
    elif source:
        seat.sound = world.clock.spawn(_hear(seat, source, kind))


async def _hear(seat: Participant, source: Fetch, kind: str) -> None:
    """Run the document once; after it there is silence. One for waiting that fails costs the place in the room."""
    world = seat.conference.world
    problem = await world.background_documents.play(seat.call, source, Manner(kind, lambda: [seat.call]))
    if not isinstance(problem, Problem):
        return
    if kind == "wait" and world.switches.failed_wait_url == "disconnect":
        seat.sound = None
        seat.conference.leave(seat, "failed", problem)
    else:
        world.log.problem(seat.call, problem)


async def _announce(room: Conference, source: Fetch, seat: Participant | None) -> None:
    def audience() -> list[Call]:
        return [seat.call] if seat else [other.call for other in room.present if not other.hold]

    call = seat.call if seat else room.present[0].call if room.present else room.founder
    problem = await room.world.background_documents.play(call, source, Manner("announce", audience))
    if isinstance(problem, Problem):
        room.world.log.problem(call, problem)
        reason = {"ReasonAnnouncementFailed": problem.message}
        room.report("announcement-fail", seat, AnnounceUrl=source.url, **reason)
    else:
        room.report("announcement-end", seat, AnnounceUrl=source.url)
