"""Recordings, of the account and of one call (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from functools import partial

from midcall_emulator.media.recordings import Recording
from midcall_emulator.rest import Answer, Ask, date_filters, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import newest_first


@operation("GET", "/Recordings.json")
def list_all(ask: Ask) -> Answer:
    """Return the account's recordings, of one call or conference if ``CallSid`` or ``ConferenceSid`` is given."""
    return _page(ask, ask.get("CallSid"), ask.get("ConferenceSid"))


@operation("GET", "/Calls/{call_sid}/Recordings.json")
def list_of_call(ask: Ask) -> Answer:
    """Return the recordings of a call."""
    return _page(ask, parameters.call_of(ask).sid)


@operation("GET", "/Recordings/{recording_sid}.json")
@operation("GET", "/Calls/{call_sid}/Recordings/{recording_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return a recording."""
    return Answer(200, representation.recording(ask.world, _recording(ask), _among(ask)))


@operation("DELETE", "/Recordings/{recording_sid}.json")
@operation("DELETE", "/Calls/{call_sid}/Recordings/{recording_sid}.json")
def delete(ask: Ask) -> Answer:
    """Delete a recording."""
    ask.world.recordings.remove(_recording(ask).sid)
    return Answer(204)


def _recording(ask: Ask) -> Recording:
    found = parameters.found(ask, ask.world.recordings, "recording_sid")
    if ask.ids.get("call_sid", found.call.sid) != found.call.sid:
        raise Refusal(20404, ask.path)
    return found


def _among(ask: Ask) -> str:
    return "Calls" if "call_sid" in ask.ids else ""


def _page(ask: Ask, call_sid: str, conference_sid: str = "") -> Answer:
    date_filters.check(ask, "DateCreated")
    found = (
        item
        for item in ask.world.recordings
        if (not call_sid or item.call.sid == call_sid)
        and (not conference_sid or item.conference_sid == conference_sid)
        and date_filters.fits(ask, "DateCreated", item.started)
    )
    show = partial(representation.recording, ask.world, among=_among(ask))
    return newest_first(ask, "recordings", found, show)
