"""Conferences: listed, fetched, ended, spoken to, and their recordings
(https://www.twilio.com/docs/voice/api/conference-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.conference import Conference
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.media.recordings import RUNNING, Recording
from midcall_emulator.rest import Answer, Ask, date_filters, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import newest_first
from midcall_emulator.rest.resources.conferences.recording_changes import change

_RECORDING = "/Conferences/{conference}/Recordings/{recording_sid}.json"


@operation("GET", "/Conferences.json")
def list_conferences(ask: Ask) -> Answer:
    """Return conferences, newest first; filters ``FriendlyName``, ``Status``, ``DateCreated`` and ``DateUpdated``."""
    date_filters.check(ask, "DateCreated", "DateUpdated")
    found = (room for room in ask.world.conferences if _fits(ask, room))
    return newest_first(ask, "conferences", found, partial(shown, ask))


@operation("GET", "/Conferences/{conference}.json")
def fetch(ask: Ask) -> Answer:
    """Return a conference."""
    return Answer(200, shown(ask, room_of(ask)))


@operation("POST", "/Conferences/{conference}.json")
def update(ask: Ask) -> Answer:
    """End it (``Status=completed``), or let everybody hear ``AnnounceUrl``; both need no answer to be given."""
    room, status = room_of(ask), ask.get("Status")
    announcement = parameters.url(ask, "AnnounceUrl", 21205)
    method = parameters.method(ask, "AnnounceMethod")
    if status not in ("", "completed"):
        raise Refusal(20001, f"Status={status}")
    if announcement and room.status != "in-progress":
        raise Refusal(16099)
    if announcement:
        sounds.announce(room, Fetch(announcement, method))
    if status:
        room.end("conference-ended-via-api")
    return Answer(200, shown(ask, room))


@operation("GET", "/Conferences/{conference}/Recordings.json")
def list_recordings(ask: Ask) -> Answer:
    """Return the recordings of a conference, of the days that ``DateCreated`` allows."""
    room = room_of(ask)
    date_filters.check(ask, "DateCreated")
    found = (
        item
        for item in ask.world.recordings
        if item.conference_sid == room.sid and date_filters.fits(ask, "DateCreated", item.started)
    )
    return newest_first(ask, "recordings", found, partial(_shown, ask))


@operation("GET", _RECORDING)
def fetch_recording(ask: Ask) -> Answer:
    """Return one of them."""
    return Answer(200, _shown(ask, _recording(ask)))


@operation("DELETE", _RECORDING)
def delete_recording(ask: Ask) -> Answer:
    """Delete one of them."""
    ask.world.recordings.remove(_recording(ask).sid)
    return Answer(204)


@operation("POST", _RECORDING)
@operation("POST", "/Conferences/{conference}/Recordings/Twilio.CURRENT.json")
def update_recording(ask: Ask) -> Answer:
    """Pause, resume or stop the one that runs."""
    recording = _recording(ask)
    if recording.status not in RUNNING:
        raise Refusal(21220, message="Requested resource is not eligible for recording")
    changed = change(ask, recording)
    return Answer(200, _shown(ask, recording) | {"status": changed["status"]})


def room_of(ask: Ask) -> Conference:
    """Return the conference whose sid is in the path, or refuse with 20404."""
    return parameters.found(ask, ask.world.conferences, "conference")


def shown(ask: Ask, room: Conference) -> dict[str, Any]:
    """Return all fields of a conference."""
    own = representation.path(ask.world, f"Conferences/{room.sid}")
    return {
        "sid": room.sid,
        "account_sid": ask.world.account,
        "friendly_name": room.name,
        "region": room.region,
        "status": _status(ask, room),
        "api_version": "2010-04-01",
        "date_created": representation.date(ask.world, room.created),
        "date_updated": representation.date(ask.world, room.updated),
        "reason_conference_ended": room.reason,
        "call_sid_ending_conference": room.ended_by,
        "uri": own + ".json",
        "subresource_uris": {
            "participants": f"{own}/Participants.json",
            "recordings": f"{own}/Recordings.json",
        },
    }


def _shown(ask: Ask, recording: Recording) -> dict[str, Any]:
    return representation.recording(ask.world, recording, "Conferences")


def _status(ask: Ask, room: Conference) -> str:
    return ask.world.switches.conference_waiting_status if room.status == "init" else room.status


def _fits(ask: Ask, room: Conference) -> bool:
    status = _status(ask, room)
    if (ask.get("FriendlyName", room.name), ask.get("Status", status)) != (room.name, status):
        return False
    return date_filters.fits(ask, "DateCreated", room.created) and date_filters.fits(
        ask, "DateUpdated", room.updated
    )


def _recording(ask: Ask) -> Recording:
    room, sid = room_of(ask), ask.ids.get("recording_sid")
    found = ask.world.recordings.get(sid) if sid else room.recording
    if found is None or found.conference_sid != room.sid:
        raise Refusal(20404, ask.path)
    return found
