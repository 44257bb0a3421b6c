"""Conferences: list, fetch, end, announce (https://www.twilio.com/docs/voice/api/conference-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.conference import Conference
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import date_filters, values
from midcall_emulator.rest.response import Response


@operation("GET", "/Conferences.json")
def list_conferences(request: Request) -> Response:
    """Return the conferences, newest first; filters ``FriendlyName``, ``Status``, ``DateCreated``, ``DateUpdated``.

    Without ``Status``, only those in progress
    (https://www.twilio.com/en-us/changelog/conference-list-endpoint-rollout-extended).
    """
    date_filters.check(request, "DateCreated", "DateUpdated")
    conferences = (conference for conference in request.world.conferences if _matches(request, conference))
    return newest_first(request, "conferences", conferences, partial(_fields, request))


@operation("GET", "/Conferences/{conference}.json")
def fetch(request: Request) -> Response:
    """Return a conference."""
    return Response(200, _fields(request, find_conference(request)))


@operation("POST", "/Conferences/{conference}.json")
def update(request: Request) -> Response:
    """Play ``AnnounceUrl`` to all participants, or end the conference with ``Status=completed``."""
    conference, status = find_conference(request), request.get("Status")
    url, method = values.url(request, "AnnounceUrl", 21205), values.method(request, "AnnounceMethod")
    if status not in ("", "completed"):
        raise RestError(20001, f"Status={status}")
    if url and conference.status != "in-progress":
        raise RestError(16099)
    if url:
        sounds.announce(conference, Fetch(url, method))
    if status:
        _end(request, conference)
    return Response(200, _fields(request, conference))


def _end(request: Request, conference: Conference) -> None:
    """End the conference, and hang up on its participants if the switch says so."""
    calls = [participant.call for participant in conference.present]
    conference.end("conference-ended-via-api")
    for call in calls if request.world.switches.rest_end_of_conference == "hang-up" else ():
        request.world.lifecycle.end(call, "completed")


def find_conference(request: Request) -> Conference:
    """Return the conference in the path; RestError 20404 if there is none, or REST does not show it yet."""
    conference = find(request, request.world.conferences, "conference")
    if conference.status_as_of(lag_seconds(request)) is None:
        raise RestError(20404, request.path)
    return conference


def lag_seconds(request: Request) -> float:
    """Return how many real seconds REST lags behind."""
    return request.world.switches.rest_lag_ms / 1000


def _matches(request: Request, conference: Conference) -> bool:
    status = _status(request, conference)
    if status is None:
        return False
    if request.get("FriendlyName", conference.name) != conference.name:
        return False
    if (request.get("Status") or _default_status(request) or status) != status:
        return False
    matches = date_filters.matches
    is_created_then = matches(request, "DateCreated", conference.created)
    return is_created_then and matches(request, "DateUpdated", conference.updated)


def _default_status(request: Request) -> str:
    return "in-progress" if request.world.switches.conferences_listed == "in-progress" else ""


def _status(request: Request, conference: Conference) -> str | None:
    """Return the status that REST shows, None if it does not show the conference yet."""
    waiting, status = (
        request.world.switches.conference_waiting_status,
        conference.status_as_of(lag_seconds(request)),
    )
    return waiting if status == "init" else status


def _fields(request: Request, conference: Conference) -> dict[str, Any]:
    own = path(request.world, f"Conferences/{conference.sid}")
    return {
        "sid": conference.sid,
        "account_sid": request.world.account,
        "friendly_name": conference.name,
        "region": conference.region,
        "status": _status(request, conference),
        "api_version": "2010-04-01",
        "date_created": date(request.world, conference.created),
        "date_updated": date(request.world, conference.updated),
        "reason_conference_ended": conference.reason,
        "call_sid_ending_conference": conference.ended_by,
        "uri": own + ".json",
        "subresource_uris": {
            "participants": f"{own}/Participants.json",
            "recordings": f"{own}/Recordings.json",
        },
    }
