"""Changes of a participant, and what happens when Twilio answers that the call is not in the conference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from voice.calls import ENDED
from voice.conferences.membership import Membership
from voice.control.call_services import CallServices
from voice.control.clock import wait_for
from voice.control.live_update import CALL_ENDED, CATCH_UP_DELAYS, look_up
from voice.errors import CallNotFound, WrongState
from voice.twilio.conferences import NOT_BRIDGED, UNEXPECTED_STATUS
from voice.twilio.failures import NOT_FOUND
from voice.twilio.resources import Resource

Result = TypeVar("Result")
ABSENT = (NOT_FOUND, NOT_BRIDGED, UNEXPECTED_STATUS)
LEAVE_SECONDS = 3.0  # for the callback about a participant who was removed
STILL_LISTED = "Twilio accepted the request, but still lists the participant in the conference."


def change_participant(services: CallServices, member: Membership, **attributes: Any) -> Resource:
    """Change the participant; the participant as Twilio then shows it. Raises as `when_present`."""
    conferences, sids = services.twilio.conferences, (member.conference_sid, member.call_sid)
    return when_present(services, member, lambda: conferences.update_participant(*sids, **attributes))


def when_present(services: CallServices, member: Membership, send: Callable[[], Result]) -> Result:
    """Twilio's answer to a change of a conference. A participant who has just joined can be unknown to its API.

    Then the request is repeated for a short time, as long as the call lives and no callback reports that it left.
    Raises WrongState, else as TwilioConferences. Source: https://www.twilio.com/docs/api/errors/16099
    """
    for delay in CATCH_UP_DELAYS:
        try:
            return send()
        except WrongState as error:
            if error.twilio_code not in ABSENT or not _is_present(services, member):
                raise
        services.clock.sleep(delay)
    return send()


def remove_participant(services: CallServices, member: Membership) -> str | None:
    """Remove the participant; why that is in doubt, or None. Raises as `when_present`.

    The callback that they left shows it. If none comes, Twilio's API is asked.
    """
    conferences, sids = services.twilio.conferences, (member.conference_sid, member.call_sid)
    when_present(services, member, lambda: conferences.remove_participant(*sids))
    has_left = wait_for(
        services.clock, lambda: None if _is_in_room(services, member) else True, LEAVE_SECONDS
    )
    return None if has_left or conferences.participant(*sids) is None else STILL_LISTED


def require_live(services: CallServices, member: Membership) -> None:
    """Raises WrongState if Twilio shows that the call has ended, although no webhook has reported it."""
    _is_present(services, member)


def _is_present(services: CallServices, member: Membership) -> bool:
    """False for a participant who has left, as the callbacks say. Raises WrongState for a call that has ended."""
    try:
        status = look_up(services, member.call_sid).status
    except CallNotFound:
        status = "completed"
    if status in ENDED:
        raise WrongState(CALL_ENDED)
    return _is_in_room(services, member)


def _is_in_room(services: CallServices, member: Membership) -> bool:
    known = services.registry.calls.get(member.call_sid)
    return bool(known and known.live and known.in_room and known.conference_sid == member.conference_sid)
