"""Sounds of a conference: wait music, hold music, announcements, and the speech and keys of participants."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.conferences.participant import JoinedConference, Participant
from midcall_emulator.conferences.participant_settings import MUSIC
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.documents import BackgroundSettings
from midcall_emulator.core.outcomes import APOLOGY, Fetch, Problem


def play_wait(participant: Participant) -> None:
    """Play the wait URL before the start (https://www.twilio.com/docs/voice/twiml/conference#waiturl)."""
    if participant.conference.status == "init" and not participant.hold:
        _play(participant, participant.wait, "wait")


def hold(participant: Participant, music: Fetch | None) -> None:
    """Put a participant on hold; they hear the music, or silence for None."""
    if not participant.hold:
        participant.hold = True
        participant.conference.report("participant-hold", participant)
    _play(participant, music, "hold")


def unhold(participant: Participant) -> None:
    """End the hold: the participant hears the conference, or the wait URL before the start."""
    if participant.hold:
        participant.hold = False
        participant.conference.report("participant-unhold", participant)
        participant.stop_sound()
        play_wait(participant)
        participant.conference.reconnect(participant)


def announce(conference: JoinedConference, source: Fetch, participant: Participant | None = None) -> None:
    """Play a document to one participant, or to all who are not on hold; it replaces an earlier announcement."""
    target = participant or conference
    if target.announcement:
        target.announcement.cancel()
    target.announcement = conference.world.clock.spawn(_announce(conference, source, participant))


def report_speech(participant: Participant, text: str, seconds: float) -> None:
    """Play a participant's speech to the audience, record it, and report its start and end."""
    conference = participant.conference
    clock, audience = conference.world.clock, list(conference.audience(participant))
    for other in audience:
        conference.world.audio.play(other.call, "speech", sid=participant.call.sid, text=text)
        for listener in list(other.call.run.listeners):
            listener.on_speech(text, seconds, "outbound")
    if conference.recording and audience:
        conference.recording.inbound_speech.append((clock.now(), clock.now() + seconds))
    if not participant.muted and not participant.hold and conference.status == "in-progress":
        _report_speech_events(participant, seconds)


def report_keys(participant: Participant, digits: str) -> None:
    """Play a participant's keys to the audience."""
    conference = participant.conference
    for other in conference.audience(participant):
        conference.world.audio.play(other.call, "dtmf", digits=digits)


def _report_speech_events(participant: Participant, seconds: float) -> None:
    """Report the start of speech now and its end later; speech that continues has one start and one end."""
    conference, timer = participant.conference, participant.speech_timer
    if timer and not timer.is_over:
        timer.cancel()
    else:
        conference.report("participant-speech-start", participant)
    participant.speech_timer = conference.world.clock.call_later(
        seconds, lambda: conference.report("participant-speech-stop", participant)
    )


def _play(participant: Participant, source: Fetch | None, kind: str) -> None:
    participant.stop_sound()
    world = participant.conference.world
    if source is MUSIC:
        world.audio.play(participant.call, "music")
    elif source:
        participant.sound = world.clock.spawn(_play_document(participant, source, kind))


async def _play_document(participant: Participant, source: Fetch, kind: str) -> None:
    """Play a document once; silence follows. A failing wait document removes the participant, if the switch says so."""
    world, call = participant.conference.world, participant.call
    settings = _settings(participant.conference, kind, lambda: [call])
    problem = await world.background_documents.play(call, source, settings)
    if not isinstance(problem, Problem):
        return
    if kind == "wait" and world.switches.failed_wait_url == "disconnect":
        participant.sound = None
        participant.conference.leave(participant, "failed", problem)
    else:
        world.log.problem(call, problem)


def _settings(
    conference: JoinedConference, kind: str, audience: Callable[[], list[Call]]
) -> BackgroundSettings:
    """Return how to play a document. Twilio documents no parameters for its request."""
    bare = conference.world.switches.conference_request_parameters == "none"
    return BackgroundSettings(kind, audience, bare=bare)


async def _announce(conference: JoinedConference, source: Fetch, participant: Participant | None) -> None:
    def audience() -> list[Call]:
        if participant:
            return [participant.call]
        return [other.call for other in conference.present if not other.hold]

    world, call = conference.world, _announcement_call(conference, participant)
    settings = _settings(conference, "announce", audience)
    problem = await world.background_documents.play(call, source, settings)
    if not isinstance(problem, Problem):
        conference.report("announcement-end", participant, AnnounceUrl=source.url)
        return
    world.log.problem(call, problem)
    if world.switches.announcement_fail == "any":
        params = {"AnnounceUrl": source.url, "ReasonAnnouncementFailed": problem.message}
        conference.report("announcement-fail", participant, **params)
    else:
        for other in audience():
            world.audio.play(other, "apology", text=APOLOGY)


def _announcement_call(conference: JoinedConference, participant: Participant | None) -> Call:
    """Return the call whose parameters the request for the announcement carries."""
    if participant:
        return participant.call
    present = conference.present
    return present[0].call if present else conference.founder
