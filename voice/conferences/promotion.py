"""Promotion: two parties who talk through a <Dial>, or a caller who is alone, are moved into a conference."""

from __future__ import annotations

import time

from voice.calls import Call
from voice.conferences.membership import Membership, new_conference_name
from voice.control.call_services import CallServices
from voice.control.live_update import update_live
from voice.control.places import current_place
from voice.control.scene_urls import url_of_scene
from voice.errors import WrongState

JOIN_SECONDS = 5.0  # for Twilio to request the TwiML of the conference and to join
POLL_SECONDS = 0.1


def promote(services: CallServices, call: Call, others: list[Call], command_id: int) -> None:
    """Redirect the call and the calls it talks to into a conference, in an order that disconnects none of them.

    Legs go first. If a parent is redirected, Twilio hangs up its children. If a child is redirected, it ends only the
    Dial of its parent; the request that follows waits (scenes with `after_dial`) until the parent is redirected.
    After the conference, two parties are not connected again. A caller who was alone returns to their place.
    Source: https://www.twilio.com/docs/voice/twiml/dial#attributes-action
    """
    services.registry.commands.expect_legs(command_id, [other.call_sid for other in others])
    after = {} if others else {"back": current_place(services, call)}
    url = url_of_scene(services, "room", {"name": new_conference_name(call), **after}, command_id)
    for leg in sorted([call, *others], key=lambda leg: leg.parent_call_sid is None):
        update_live(services, leg.call_sid, url=url)


def promote_talk(services: CallServices, call: Call, command_id: int) -> Membership | None:
    """Move the call and every party it talks to into a conference; None for a call that talks to no party."""
    others = services.registry.calls.talking_to(call)
    if not others:
        return None
    promote(services, call, others, command_id)
    return [wait_for_join(services, leg) for leg in (*others, call)][-1]


def wait_for_join(services: CallServices, call: Call) -> Membership:
    """Wait until a redirected call is in its conference. Raises WrongState if it takes too long."""
    conferences, until = services.twilio.conferences, time.monotonic() + JOIN_SECONDS
    conference_sid = None
    while time.monotonic() < until:
        conference_sid = conference_sid or conferences.find_open(new_conference_name(call))
        if conference_sid and conferences.participant(conference_sid, call.call_sid):
            return Membership(conference_sid, call.call_sid)
        time.sleep(POLL_SECONDS)
    raise WrongState("The call did not join the conference in time. Try again.")
