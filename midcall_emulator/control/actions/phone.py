"""What people on the phone do: press keys, talk, answer, refuse, hang up."""

from __future__ import annotations

import re
from typing import Protocol

from aiohttp import web

from midcall_emulator.calls.ringing import ANSWERED, settle
from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.control import Wish, action, bad, number_of, reply, representation, text_of, wrong_state
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.inputs import Key, Speech
from midcall_emulator.media import forks


class InputWorld(HasAudio, HasConferences, Protocol):
    """The parts of the world that keys and speech use."""


_KEYS = re.compile(r"[0-9*#A-D]+")
_REASONS = ("busy", "no-answer", "failed")
_CHARACTERS_PER_SECOND = 15
_LONGEST_TARGET = 256  # of a Refer-To (https://www.twilio.com/docs/voice/api/refer-to-twilio)


@action("POST", "/calls/{sid}/press")
async def press(wish: Wish) -> web.StreamResponse:
    """Press keys, one after the other at the same moment. The other side of a bridge hears them."""
    call, digits = wish.call(), text_of(await wish.body(), "digits")
    if not _KEYS.fullmatch(digits):
        raise bad(f"{digits!r} are not keys of a phone (0-9, *, #, A-D)")
    await _attend(wish, call)
    wish.world.log.publish("pressed", call, {"digits": digits})
    _press(wish.world, call, digits)
    return _shown(wish, call)


def _press(world: InputWorld, call: Call, digits: str) -> None:
    """Do what keys do; a TwiML app on the other side has this person for its caller."""
    if call.partner:
        world.audio.play(call.partner, "dtmf", digits=digits)
    if seat := world.conferences.seat_of(call):
        sounds.press(seat, digits)
    forks.pressed(call, digits)
    if "*" in digits and call.run.on_star:
        call.run.on_star()
    for digit in digits:
        call.run.inputs.put(Key(digit))
    if call.app_leg:
        _press(world, call.app_leg, digits)


@action("POST", "/calls/{sid}/speak")
async def speak(wish: Wish) -> web.StreamResponse:
    """Start talking; ``seconds`` is how long it takes, by default as long as the text."""
    call, body = wish.call(), await wish.body()
    text = text_of(body, "text", "")
    seconds = number_of(body, "seconds", max(0.5, len(text) / _CHARACTERS_PER_SECOND))
    await _attend(wish, call)
    wish.world.log.publish("spoke", call, {"text": text, "seconds": seconds})
    _speak(wish.world, call, Speech(text, seconds))
    return _shown(wish, call)


def _speak(world: InputWorld, call: Call, speech: Speech) -> None:
    forks.spoke(call, speech.text, speech.seconds)
    if seat := world.conferences.seat_of(call):
        sounds.speak(seat, speech.text, speech.seconds)
    call.run.inputs.put(speech)
    if call.app_leg:
        _speak(world, call.app_leg, speech)


@action("POST", "/calls/{sid}/answer")
async def answer(wish: Wish) -> web.StreamResponse:
    """Take a ringing phone."""
    call = wish.call()
    await _settle_manual(wish)
    if not settle(call, ANSWERED):
        raise wrong_state(f"the phone of {call.sid} does not ring; the call is {call.status}")
    return _shown(wish, call)


@action("POST", "/calls/{sid}/reject")
async def reject(wish: Wish) -> web.StreamResponse:
    """Refuse a ringing phone: ``busy`` (default), ``no-answer`` or ``failed``."""
    call, reason = wish.call(), text_of(await wish.body(), "reason", "busy")
    if reason not in _REASONS:
        raise bad(f"reason must be one of {', '.join(_REASONS)}")
    await _settle_manual(wish)
    if not settle(call, reason):
        raise wrong_state(f"the phone of {call.sid} does not ring; the call is {call.status}")
    return _shown(wish, call)


@action("POST", "/calls/{sid}/refer")
async def refer(wish: Wish) -> web.StreamResponse:
    """A SIP phone that was dialled, and talks, refers the other side ``to`` somebody else (256 characters at most)."""
    call, to = wish.call(), text_of(await wish.body(), "to")
    if not 0 < len(to) <= _LONGEST_TARGET:
        raise bad(f"'to' must have 1 to {_LONGEST_TARGET} characters")
    await _attend(wish, call)
    if not call.run.on_refer or not call.to.startswith(("sip:", "sips:")):
        raise wrong_state(f"{call.sid} is no SIP phone that was dialled and talks to somebody")
    wish.world.log.publish("referred", call, {"to": to})
    call.run.on_refer(to)
    return _shown(wish, call)


@action("POST", "/calls/{sid}/hangup")
async def hangup(wish: Wish) -> web.StreamResponse:
    """Hang up. A caller who gives up before the answer leaves a ``no-answer`` (inbound) or refuses (dialled)."""
    call = wish.call()
    if call.is_over:
        raise wrong_state(f"{call.sid} has ended already: {call.status}")
    wish.world.lifecycle.end(call, "completed" if call.answered is not None else "no-answer")
    return _shown(wish, call)


async def _attend(wish: Wish, call: Call) -> None:
    """Make sure that somebody is on the phone who can be heard."""
    await _settle_manual(wish)
    if call.is_over or call.answered is None:
        raise wrong_state(f"nobody can hear {call.sid}: it is {call.status}")


async def _settle_manual(wish: Wish) -> None:
    """With a clock that stands still, what is under way comes first: it takes no time."""
    if wish.world.clock.mode == "manual":
        await wish.world.clock.settled()


def _shown(wish: Wish, call: Call) -> web.StreamResponse:
    return reply(representation.call(wish.world, call))
