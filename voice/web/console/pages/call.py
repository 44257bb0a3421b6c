"""One call: who and where, what can be done, what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from flask import render_template, request

from voice.calls import Call
from voice.control.base import GROUPS, CallCommand, call_commands, left_alone_without
from voice.control.places import is_on_hold
from voice.errors import CallNotFound, MidcallError
from voice.events import now
from voice.services import Services
from voice.twilio.resources import as_json
from voice.web.console.blueprint import blueprint
from voice.web.console.labels import arguments as outcomes
from voice.web.console.timeline import story
from voice.web.guards import operator, services
from voice.web.live_calls import by_sid

SHOWN = 100  # of a story, unless all of it is asked for
FOLLOWED = timedelta(minutes=10)  # after its end; what Twilio tells late of a recording is then told


class Asked(NamedTuple):
    """What Twilio was asked for and told, or why it told nothing."""

    found: Any = None
    problem: str = ""


@blueprint.get("/calls/<call_sid>")
def call(call_sid: str) -> str:
    """The call with its story; with `twilio` or `recordings` in the query Twilio is asked as well."""
    registry = services().registry
    after, found = registry.events.last_id(), _known(call_sid)
    entries = story(services(), registry.events.of_call(call_sid), registry.commands.of_call(call_sid))
    around = _around(services(), found)
    return render_template(
        "console/call.html",
        call=found,
        after=after if _goes_on(found) else "",
        **around,
        on_hold=is_on_hold(services(), found),
        parameters=_parameters(found, around["shown"][call_sid]["place"]),
        offered=_offered(found),
        scenes=[scene for scene in services().scenes.values() if scene.is_place],
        entries=entries if "all" in request.args else entries[:SHOWN],
        left_out=0 if "all" in request.args else max(0, len(entries) - SHOWN),
        of_twilio=_ask("twilio", lambda: outcomes.flat(as_json(services().twilio.calls.fetch(call_sid)))),
        recordings=_ask("recordings", lambda: services().twilio.recordings.of_call(call_sid)),
    )


def _goes_on(call: Call) -> bool:
    """Something may still happen to it that its page should show."""
    return call.ended_at is None or now() - call.ended_at < FOLLOWED


def _known(call_sid: str) -> Call:
    found = services().registry.calls.get(call_sid)
    if found is None:
        raise CallNotFound(f"the registry has no call {call_sid[:64]!r}")
    return found


def _around(services: Services, call: Call) -> dict[str, Any]:
    """The legs that belong to the call, who is in a room with it, and who hangs on it."""
    registry = services.registry
    legs, room = registry.calls.related(call), registry.conferences.other_participants(call)
    sids = list(dict.fromkeys(one.call_sid for one in [*legs, call, *room]))
    shown = {sid: one.as_json() for sid, one in by_sid(services, sids).items()}
    legs_shown = sorted((one.call_sid for one in [*legs, call]), key=lambda sid: shown[sid]["started_at"])
    return {
        "shown": shown,
        "legs": legs_shown if legs else [],
        "room": [other.call_sid for other in room if other.call_sid not in legs_shown],
        "dropped": {other.call_sid for other in left_alone_without(services, call)} if call.live else set(),
    }


def _parameters(call: Call, place: str) -> list[outcomes.Said]:
    """Of the scene, where that is what the caller hears now: not in a room, or in a document of somebody's own."""
    scene = services().scenes.get(call.scene or "")
    return outcomes.place_parameters(services(), call) if scene and scene.title == place else []


def _offered(call: Call) -> dict[str, list[type[CallCommand]]]:
    """The commands that can be asked for now, by the title of their group; the common ones are in the group ""."""
    kinds = [
        kind for kind in call_commands(services().commands).values() if kind.is_available(services(), call)
    ]
    kinds = sorted((kind for kind in kinds if operator().has_role(kind.role)), key=lambda kind: kind.title)
    common = sorted((kind for kind in kinds if kind.button), key=lambda kind: kind.button)
    groups = {title: [kind for kind in kinds if kind.group == group] for group, title in GROUPS.items()}
    rest = {title: [kind for kind in some if kind not in common] for title, some in groups.items()}
    return {"": common, **{title: some for title, some in rest.items() if some}}


def _ask(name: str, ask: Any) -> Asked | None:
    """None unless it stands in the query. Twilio's refusal is a line of the page, not its end."""
    if name not in request.args:
        return None
    try:
        return Asked(ask())
    except MidcallError as error:
        return Asked(problem=error.message)
