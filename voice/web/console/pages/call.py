"""One call: its state and parties, the available commands, and its timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from flask import current_app, render_template, request

from voice.calls import Call
from voice.commands.redirect import Redirect
from voice.control.base import left_alone_without
from voice.control.places import is_on_hold
from voice.errors import CallNotFound, MidcallError
from voice.events import now
from voice.services import Services
from voice.twilio.resources import as_json
from voice.web.admin.recordings import recordings_at_twilio
from voice.web.console.blueprint import blueprint
from voice.web.console.command_menu import is_danger, menu_of_call
from voice.web.console.labels.arguments import LabeledValue, flatten, place_parameters
from voice.web.console.timeline import TimelineEntry, timeline
from voice.web.guards import operator, services
from voice.web.live_calls import by_sid, chosen_name

LISTED = 100  # entries of a timeline, unless the query has `all`
UPDATED_AFTER_END = timedelta(minutes=10)  # reports on recordings arrive late


class TwilioAnswer(NamedTuple):
    """What Twilio answered when the page asked, or why it did not."""

    found: Any = None
    problem: str = ""


@blueprint.get("/calls/<call_sid>")
def call(call_sid: str) -> str:
    """The page of a call. With `twilio` or `recordings` in the query, Twilio is asked as well."""
    after, found = services().registry.events.last_id(), known_call(call_sid)
    parties = _parties(services(), found)
    place = parties["parties"][call_sid]["place"]
    return render_template(
        "console/call.html",
        call=found,
        after=after if _may_change(found) else "",
        on_hold=is_on_hold(services(), found),
        conference=chosen_name(found.room),
        parameters=_parameters(found, place),
        menu=menu_of_call(services(), operator(), found),
        is_danger=is_danger,
        redirect=Redirect,
        scenes=[scene for scene in services().scenes.values() if scene.is_place],
        twilio_record=_ask_twilio("twilio", lambda: _twilio_record(call_sid)),
        recordings=_ask_twilio("recordings", lambda: recordings_at_twilio(call_sid)),
        **parties,
        **_entries(found),
    )


def known_call(call_sid: str) -> Call:
    """The call in the registry. Raises CallNotFound."""
    found = services().registry.calls.get(call_sid)
    if found is None:
        raise CallNotFound(f"There is no call {call_sid[:64]!r}. Check the CallSid.")
    return found


def _may_change(call: Call) -> bool:
    return call.ended_at is None or now() - call.ended_at < UPDATED_AFTER_END


def _entries(call: Call) -> dict[str, Any]:
    """The timeline, or its newest part, and how many entries are left out."""
    registry = services().registry
    events, commands = registry.events.of_call(call.call_sid), registry.commands.of_call(call.call_sid)
    entries: list[TimelineEntry] = timeline(services(), call, events, commands)
    listed = entries if "all" in request.args else entries[:LISTED]
    return {"entries": listed, "left_out": len(entries) - len(listed)}


def _parties(services: Services, call: Call) -> dict[str, Any]:
    """The legs of the call, the other participants of its conference, and the calls that a move disconnects."""
    registry = services.registry
    legs, participants = registry.calls.related(call), registry.conferences.other_participants(call)
    sids = list(dict.fromkeys(one.call_sid for one in [*legs, call, *participants]))
    parties = {sid: one.as_json() for sid, one in by_sid(services, sids).items()}
    leg_sids = sorted((one.call_sid for one in [*legs, call]), key=lambda sid: parties[sid]["started_at"])
    disconnected = left_alone_without(services, call) if call.live else []
    return {
        "parties": parties,
        "legs": leg_sids if legs else [],
        "participants": [one.call_sid for one in participants if one.call_sid not in leg_sids],
        "disconnected": {one.call_sid: one.party_number or "unknown" for one in disconnected},
    }


def _parameters(call: Call, place: str) -> list[LabeledValue]:
    """The parameters of the scene, if the caller hears it now: not in a conference or in another document."""
    scene = services().scenes.get(call.scene or "")
    return place_parameters(services(), call) if scene and scene.title == place else []


def _twilio_record(call_sid: str) -> list[LabeledValue]:
    return flatten(as_json(current_app.extensions["lookups"].call(operator().name, call_sid)))


def _ask_twilio(name: str, ask: Callable[[], Any]) -> TwilioAnswer | None:
    """Twilio's answer if `name` is in the query. An error is shown in the page's section, not instead of the page."""
    if name not in request.args:
        return None
    try:
        return TwilioAnswer(ask())
    except MidcallError as error:
        return TwilioAnswer(problem=error.message)
