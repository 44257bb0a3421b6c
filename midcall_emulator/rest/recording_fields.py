"""Fields of a Recording, which differ below the account, a call and a conference."""

from __future__ import annotations

from typing import Any

from midcall_emulator.media.recording import RUNNING, Recording
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.world import RestWorld

NOT_ELIGIBLE = "Requested resource is not eligible for recording"


def shown_status(world: RestWorld, recording: Recording) -> str | None:
    """Return the status that REST shows, which may lag behind; None if REST does not show the recording yet."""
    return recording.status_as_of(world.switches.rest_lag_ms / 1000)


def account_recording(world: RestWorld, recording: Recording) -> dict[str, Any]:
    """Return the fields of a recording among those of the account."""
    own = path(world, f"Recordings/{recording.sid}")
    subresources = {
        "add_on_results": f"{own}/AddOnResults.json",
        "transcriptions": f"{own}/Transcriptions.json",
    }
    media_url = world.recordings.url(recording)
    return _common(world, recording, own) | {"media_url": media_url, "subresource_uris": subresources}


def call_recording(world: RestWorld, recording: Recording) -> dict[str, Any]:
    """Return the fields of a recording among those of its call."""
    own = path(world, f"Calls/{recording.call.sid}/Recordings/{recording.sid}")
    return _common(world, recording, own) | {"track": recording.track}


def conference_recording(world: RestWorld, recording: Recording) -> dict[str, Any]:
    """Return the fields of a recording among those of its conference."""
    return _common(
        world, recording, path(world, f"Conferences/{recording.conference_sid}/Recordings/{recording.sid}")
    )


def _common(world: RestWorld, recording: Recording, own: str) -> dict[str, Any]:
    return {
        "sid": recording.sid,
        "account_sid": world.account,
        "call_sid": recording.call.sid,
        "conference_sid": recording.conference_sid,
        "status": recording.status,
        "source": recording.source,
        "channels": recording.channels,
        "start_time": date(world, recording.started),
        "duration": None if recording.status in RUNNING else str(recording.duration),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "api_version": "2010-04-01",
        "date_created": date(world, recording.started),
        "date_updated": date(world, recording.updated or recording.started),
        "uri": own + ".json",
    }
