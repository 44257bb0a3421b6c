"""Promotion: two parties who talk through a <Dial> are moved into a conference, and neither is disconnected.

The dialed leg goes first. Once it has left the Dial, Twilio requests the Dial's action for the parent, and the answer
is the conference itself (`voice/web/webhooks/answers.py`). If the parent is redirected while the leg is still in the
Dial, Twilio hangs up on the leg. So the parent is redirected only if the leg has requested its new document and no
action has come. A call that is not in the conference some seconds later is redirected once more.
Source: https://www.twilio.com/docs/voice/twiml/dial#attributes-action; how long a leg stays is not documented.
"""

from __future__ import annotations

from collections import Counter

from voice.calls import Call
from voice.conferences.arrival import Arrivals
from voice.conferences.membership import Membership, name_for
from voice.control.call_services import CallServices
from voice.control.clock import POLL_SECONDS, wait_for
from voice.control.documents import runs_own_document
from voice.control.live_update import update_live
from voice.control.places import current_place
from voice.control.scene_urls import url_of_scene
from voice.errors import OutcomeUnknown

ACTION_SECONDS = 1.5  # after the request of the leg, for the action of the Dial
REPEAT_SECONDS = 3.0  # before a call that has not joined is redirected again
JOIN_SECONDS = 9.0  # for all calls to join
MOST_REDIRECTS = 2
NOT_JOINED = "The parties did not join the conference in time. Check the call before you try again."


def promote_talk(services: CallServices, call: Call, command_id: int) -> Membership | None:
    """Move the call and every party it talks to into a conference; None for a call that talks to no party.

    Raises OutcomeUnknown if a party does not join in time, else as `update_live`.
    """
    others = services.registry.calls.talking_to(call)
    if not others:
        return None
    services.registry.commands.expect_legs(command_id, [other.call_sid for other in others])
    return Promotion(services, call, others, command_id).run()


def promote_alone(services: CallServices, call: Call, command_id: int) -> str:
    """Move a caller who is alone into a conference, from which they return to their place; its name.

    Raises OutcomeUnknown if they do not request its document in time, else as `update_live`.
    """
    params = {"name": name_for(call.call_sid), "back": current_place(services, call)}
    update_live(services, call.call_sid, url=url_of_scene(services, "room", params, command_id))
    arrivals = Arrivals(services, params["name"] or "", command_id, [call])

    def has_requested() -> bool | None:
        arrivals.look()
        return arrivals.has_requested(call) or None

    if not wait_for(services.clock, has_requested, JOIN_SECONDS):
        raise OutcomeUnknown(NOT_JOINED)
    return arrivals.name


class Promotion:
    """The move of one talk. The command of `command_id` waits for it."""

    def __init__(self, services: CallServices, call: Call, others: list[Call], command_id: int):
        self._services, self._clock, self._call = services, services.clock, call
        self._parent, self._legs = _parent_and_legs([call, *others])
        name = name_for(self._parent.call_sid)
        self._arrivals = Arrivals(services, name, command_id, [call, *others])
        self._url = url_of_scene(services, "room", {"name": name, "wait": "silence"}, command_id)
        self._redirects: Counter[str] = Counter()
        self._moved_at: dict[str, float] = {}  # the redirect of a call, or its request of the conference
        self._left_at: float | None = None  # the moment since which no leg is in the Dial
        own_action = runs_own_document(services, self._parent)
        self._action_seconds = ACTION_SECONDS if own_action else 0.0

    def run(self) -> Membership:
        """Redirect the legs, then wait until all calls are in the conference, and mend what is missing."""
        for leg in self._legs:
            self._redirect(leg)
        until = self._clock.now() + JOIN_SECONDS
        while self._clock.now() < until:
            self._arrivals.look()
            if self._arrivals.have_all_joined:
                return self._arrivals.membership(self._call)
            self._mend()
            self._clock.sleep(POLL_SECONDS)
        raise OutcomeUnknown(NOT_JOINED)

    def _mend(self) -> None:
        """Redirect the parent if no action comes for it, and calls that do not join again."""
        now = self._clock.now()
        for call in (self._parent, *self._legs):
            if self._arrivals.has_requested(call):
                self._moved_at.setdefault(call.call_sid, now)
        if self._left_at is None and all(map(self._arrivals.has_requested, self._legs)):
            self._left_at = now
        for call in self._arrivals.missing:
            if self._is_due(call, now):
                self._redirect(call)

    def _is_due(self, call: Call, now: float) -> bool:
        if self._redirects[call.call_sid] >= MOST_REDIRECTS:
            return False
        if call is self._parent and self._left_at is None:
            return False
        moved_at = self._moved_at.get(call.call_sid)
        if moved_at is None:
            return now >= (self._left_at or now) + self._action_seconds
        return now >= moved_at + REPEAT_SECONDS

    def _redirect(self, call: Call) -> None:
        update_live(self._services, call.call_sid, url=self._url)
        self._redirects[call.call_sid] += 1
        self._moved_at[call.call_sid] = self._clock.now()


def _parent_and_legs(calls: list[Call]) -> tuple[Call, list[Call]]:
    """The call that dialed, and the calls that it dialed."""
    parents = {call.parent_call_sid for call in calls}
    parent = next(call for call in calls if call.call_sid in parents)
    return parent, [call for call in calls if call is not parent]
