"""The way out of a conference: calls are redirected one by one, so that each goes on with what follows it.

Twilio may hang up on the participants of a conference that is ended with `Status=completed`: its specification said so,
and no longer says what happens. So Midcall never ends a conference in this way.
Source: https://www.twilio.com/docs/voice/api/conference-resource#update-a-conference-resource
"""

from __future__ import annotations

from contextlib import suppress

from voice.calls import NOT_ANSWERED, Call
from voice.control.call_services import CallServices
from voice.control.documents import command_in
from voice.control.live_update import update_live
from voice.control.scene_urls import url_of_scene
from voice.errors import CallNotFound, TwilioRefused
from voice.scenes.place import back_in
from voice.scenes.room import room, room_left


def lead_out(services: CallServices, call_sid: str, command_id: int | None = None) -> None:
    """Redirect a participant to what follows the conference: their place, or a goodbye. A ringing phone stops.

    Raises WrongState for a call that has ended, else as TwilioClient.request. A participant who has joined is never
    canceled: the callback about the answer may be late, and `canceled` does not affect a call in progress.
    Source: https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource
    """
    call = services.registry.calls.get(call_sid)
    if call and call.status in NOT_ANSWERED and not call.in_room:
        with suppress(TwilioRefused, CallNotFound):  # it is answered by now, or has ended
            if services.twilio.calls.update(call_sid, status="canceled")["status"] != "in-progress":
                return
    update_live(services, call_sid, url=_exit_url(services, call, command_id))


def _exit_url(services: CallServices, call: Call | None, command_id: int | None) -> str:
    """The URL of the scene after the conference. It names the newest command, or the registry ignores the visit."""
    joined = call if call and call.scene == room.name else None
    back = back_in(joined.scene_url) if joined else None
    newest = command_id or (command_in(joined.scene_url) if joined else 0)
    return url_of_scene(services, room_left.name, {"back": back} if back else {}, newest or None)
