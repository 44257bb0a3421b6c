"""Actions of a person on the phone: press keys, speak, answer, reject, refer, hang up."""

from __future__ import annotations

import re

from aiohttp import web

from midcall_emulator.calls.ringing import ANSWERED, finish_ringing
from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import number_of, text_of
from midcall_emulator.control.errors import bad_request, wrong_state
from midcall_emulator.control.representation import call_fields
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.inputs import Speech

_KEYS = re.compile(r"[0-9*#A-D]+")
_REASONS = ("busy", "no-answer", "failed")
_CHARACTERS_PER_SECOND = 15
_SHORTEST_SPEECH_SECONDS = 0.5
_LONGEST_REFER_TARGET = 256  # https://www.twilio.com/docs/voice/api/refer-to-twilio


@action("POST", "/calls/{sid}/press")
async def press(request: Request) -> web.StreamResponse:
    """Press keys, one after the other in the same moment. A connected party hears them."""
    call, digits = request.call(), text_of(await request.body(), "digits")
    if not _KEYS.fullmatch(digits):
        raise bad_request(f"{digits!r} is not a sequence of phone keys (0-9, *, #, A-D)")
    await _require_answered(request, call)
    request.world.log.publish("pressed", call, {"digits": digits})
    request.world.handset.press(call, digits)
    return _response(request, call)


@action("POST", "/calls/{sid}/speak")
async def speak(request: Request) -> web.StreamResponse:
    """Start speaking, for ``seconds`` or as long as the text takes."""
    call, body = request.call(), await request.body()
    text = text_of(body, "text", "")
    usual = max(_SHORTEST_SPEECH_SECONDS, len(text) / _CHARACTERS_PER_SECOND)
    seconds = number_of(body, "seconds", usual)
    await _require_answered(request, call)
    request.world.log.publish("spoke", call, {"text": text, "seconds": seconds})
    request.world.handset.speak(call, Speech(text, seconds))
    return _response(request, call)


@action("POST", "/calls/{sid}/answer")
async def answer(request: Request) -> web.StreamResponse:
    """Answer a ringing phone."""
    call = request.call()
    await _settle_manual_clock(request)
    return _stop_ringing(request, call, ANSWERED)


@action("POST", "/calls/{sid}/reject")
async def reject(request: Request) -> web.StreamResponse:
    """Reject the call on a ringing phone: ``busy`` (default), ``no-answer`` or ``failed``."""
    call, reason = request.call(), text_of(await request.body(), "reason", "busy")
    if reason not in _REASONS:
        raise bad_request(f"reason must be one of {', '.join(_REASONS)}")
    await _settle_manual_clock(request)
    return _stop_ringing(request, call, reason)


@action("POST", "/calls/{sid}/refer")
async def refer(request: Request) -> web.StreamResponse:
    """Refer the caller ``to`` another address, as a dialed SIP phone can while it is connected."""
    call, to = request.call(), text_of(await request.body(), "to")
    if not 0 < len(to) <= _LONGEST_REFER_TARGET:
        raise bad_request(f"'to' must have 1 to {_LONGEST_REFER_TARGET} characters")
    await _require_answered(request, call)
    if not call.run.on_refer or not call.to.startswith(("sip:", "sips:")):
        raise wrong_state(f"{call.sid} is not a connected SIP phone that the app dialed")
    request.world.log.publish("referred", call, {"to": to})
    call.run.on_refer(to)
    return _response(request, call)


@action("POST", "/calls/{sid}/hangup")
async def hangup(request: Request) -> web.StreamResponse:
    """Hang up. Before the answer, the call's final status is ``no-answer``."""
    call = request.call()
    if call.is_over:
        raise wrong_state(f"{call.sid} has already ended: {call.status}")
    request.world.lifecycle.end(call, "completed" if call.answered is not None else "no-answer")
    return _response(request, call)


def _stop_ringing(request: Request, call: Call, outcome: str) -> web.StreamResponse:
    if not finish_ringing(call, outcome):
        raise wrong_state(f"the phone of {call.sid} is not ringing; the call is {call.status}")
    return _response(request, call)


async def _require_answered(request: Request, call: Call) -> None:
    await _settle_manual_clock(request)
    if call.is_over or call.answered is None:
        raise wrong_state(f"{call.sid} is not connected; the call is {call.status}")


async def _settle_manual_clock(request: Request) -> None:
    """On a manual clock, wait for the requests in progress: they take no virtual time, so they come first."""
    if request.world.clock.mode == "manual":
        await request.world.clock.settle()


def _response(request: Request, call: Call) -> web.StreamResponse:
    return json_response(call_fields(request.world, call))
