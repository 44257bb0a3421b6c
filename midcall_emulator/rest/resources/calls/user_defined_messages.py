"""UserDefinedMessages of a call, and the subscriptions to them
(https://www.twilio.com/docs/voice/api/userdefinedmessagesubscription-resource)."""

from __future__ import annotations

import json

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import listeners
from midcall_emulator.media.user_defined_messages import Subscription
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.idempotency import idempotent
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import values
from midcall_emulator.rest.response import Response

_LONGEST_CONTENT = 10_000
_SUBSCRIPTIONS = f"/Calls/{{call_sid}}/{Subscription.resource}"


@operation("POST", "/Calls/{call_sid}/UserDefinedMessages.json")
@idempotent
def send(request: Request) -> Response:
    """Send a message in JSON to the software of the person on the phone; RestError 32703 if it is too long
    (https://www.twilio.com/docs/api/errors/32703)."""
    call, content = _find_live_call(request), request.get("Content")
    _check_receiver(request, call)
    if len(content) > _LONGEST_CONTENT:
        raise RestError(32703)
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        raise RestError(20001, f"Content={content}") from None
    request.world.audio.play(call, "message", content=content)
    now = date(request.world, request.world.clock.now())
    owner = {"account_sid": request.world.account, "call_sid": call.sid}
    return Response(201, owner | {"sid": new_sid("KX"), "date_created": now})


@operation("POST", f"{_SUBSCRIPTIONS}.json")
@idempotent
def subscribe(request: Request) -> Response:
    """Send the messages from the person's software to ``Callback``."""
    call, url = _find_live_call(request), values.callback_url(request, "Callback")
    if not url:
        raise RestError(21609, "")
    subscription = Subscription(request.world, call, url, values.method(request, "Method"))
    subscription.start()
    fields = {
        "account_sid": request.world.account,
        "call_sid": call.sid,
        "sid": subscription.sid,
        "date_created": date(request.world, subscription.created),
        "uri": path(request.world, f"Calls/{call.sid}/{Subscription.resource}/{subscription.sid}.json"),
    }
    return Response(201, fields)


@operation("DELETE", f"{_SUBSCRIPTIONS}/{{subscription_sid}}.json")
def unsubscribe(request: Request) -> Response:
    """Delete a subscription."""
    subscription = listeners.find(find_call(request), Subscription.resource, request.ids["subscription_sid"])
    if subscription is None:
        raise RestError(20404, request.path)
    subscription.stop()
    return Response(204)


def _check_receiver(request: Request, call: Call) -> None:
    """RestError 20001 for a telephone: only the Voice SDK takes messages; Twilio's code is not documented."""
    is_client = any(address.startswith("client:") for address in (call.from_, call.to))
    if request.world.switches.user_messages_to == "clients" and not is_client:
        raise RestError(20001, f"{call.sid} is not a call of the Voice SDK")


def _find_live_call(request: Request) -> Call:
    call = find_call(request)
    if call.is_over:
        raise RestError(21220)
    return call
