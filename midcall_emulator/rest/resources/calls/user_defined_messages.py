"""UserDefinedMessages and UserDefinedMessageSubscriptions of a call
(https://www.twilio.com/docs/voice/api/userdefinedmessagesubscription-resource)."""

from __future__ import annotations

import json

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import forks
from midcall_emulator.media.messages import Callback, Subscription
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.idempotency import once

_RESOURCE = Subscription.resource


@operation("POST", "/Calls/{call_sid}/UserDefinedMessages.json")
@once
def send(ask: Ask) -> Answer:
    """Send a message, which is JSON, to the person's software."""
    call, content = _live(ask), ask.get("Content")
    try:
        json.loads(content)
    except ValueError:
        raise Refusal(20001, f"Content={content}") from None
    ask.world.audio.play(call, "message", content=content)
    now = representation.date(ask.world, ask.world.clock.now())
    who = {"account_sid": ask.world.account, "call_sid": call.sid}
    return Answer(201, who | {"sid": new_sid("KX"), "date_created": now})


@operation("POST", f"/Calls/{{call_sid}}/{_RESOURCE}.json")
@once
def subscribe(ask: Ask) -> Answer:
    """Have the messages of the person's software sent to ``Callback``."""
    call, url = _live(ask), parameters.callback_url(ask, "Callback")
    if not url:
        raise Refusal(21609, "")
    fork = Subscription(ask.world, call, Callback(url, parameters.method(ask, "Method")))
    fork.start()
    body = {
        "account_sid": ask.world.account,
        "call_sid": call.sid,
        "sid": fork.sid,
        "date_created": representation.date(ask.world, fork.created),
        "uri": representation.path(ask.world, f"Calls/{call.sid}/{_RESOURCE}/{fork.sid}.json"),
    }
    return Answer(201, body)


@operation("DELETE", f"/Calls/{{call_sid}}/{_RESOURCE}/{{subscription_sid}}.json")
def unsubscribe(ask: Ask) -> Answer:
    """Send no more."""
    fork = forks.named(parameters.call_of(ask), _RESOURCE, ask.ids["subscription_sid"])
    if fork is None:
        raise Refusal(20404, ask.path)
    fork.stop()
    return Answer(204)


def _live(ask: Ask) -> Call:
    call = parameters.call_of(ask)
    if call.is_over:
        raise Refusal(21220)
    return call
