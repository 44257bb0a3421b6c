"""Random actions of callers, operators and the clock: every call ends once, and nothing is left over."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, EmulatorError, transcript
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
PEOPLE = ["+15005550006", "+15005550007"]
LIVE = ("queued", "ringing", "in-progress")
VERBS = [
    '<Say loop="2">Hi</Say>',
    '<Pause length="3"/>',
    '<Play loop="2">/m.mp3</Play>',
    '<Gather input="dtmf speech" action="/{n}" numDigits="2"><Say>Press</Say></Gather>',
    '<Record action="/{n}" maxLength="10" recordingStatusCallback="/recorded"/>',
    "<Redirect>/{n}</Redirect>",
    "<Reject/>",
    f'<Dial action="/{{n}}" timeLimit="20">{PEOPLE[0]}</Dial>',
    f'<Dial hangupOnStar="true"><Number url="/w">{PEOPLE[1]}</Number><Number>{PEOPLE[0]}</Number></Dial>',
    '<Dial action="/{n}" timeLimit="30"><Conference endConferenceOnExit="true" record="true">a</Conference></Dial>',
    '<Enqueue action="/{n}" waitUrl="/q">line</Enqueue>',
    '<Dial action="/{n}" timeout="8" timeLimit="10" hangupOnStar="true"><Queue url="/w">line</Queue></Dial>',
    '<Dial hangupOnStar="true"><Conference waitUrl="/w" startConferenceOnEnter="false">a</Conference></Dial>',
    f'<Dial sequential="true" answerOnBridge="true"><Number>{PEOPLE[0]}</Number><Number>{PEOPLE[1]}</Number></Dial>',
]


def random_document(chance: random.Random) -> str:
    verbs = chance.choices(VERBS, k=chance.randint(0, 3))
    return "".join(verbs).replace("{n}", str(chance.randint(0, 5)))


def do_random_action(chance: random.Random, twilio: Emulator, client: Client, app: ScriptedApp) -> None:
    """Act on a live call, or on the emulator."""
    live = [call["sid"] for call in twilio.calls() if call["status"] in LIVE]
    phone, call = twilio.phone(chance.choice(live or [""])), client.calls(chance.choice(live or [""]))
    url, twiml = app.url(f"/{chance.randint(0, 5)}"), f"<Response>{random_document(chance)}</Response>"
    call_actions = [
        lambda: phone.press(chance.choice(["1", "12", "*", "#"])),
        lambda: phone.speak("some words", chance.choice([0, 1, 4])),
        phone.answer,
        phone.reject,
        phone.hangup,
        lambda: call.update(url=url),
        lambda: call.update(twiml=twiml),
        lambda: call.update(status=chance.choice(["canceled", "completed"])),
    ]
    emulator_actions = [
        lambda: twilio.dial(NUMBER),
        lambda: client.calls.create(to=PEOPLE[0], from_=NUMBER, url=url),
        lambda: client.conferences("a").participants.create(to=PEOPLE[1], from_=NUMBER),
        lambda: do_random_conference_action(chance, client, url),
        lambda: [queue.members("Front").update(url=url) for queue in client.queues.list()],
        lambda: twilio.advance(chance.choice([0, 1, 2, 10])),
        lambda: twilio.people(
            chance.choice(PEOPLE), chance.choice(["answer", "busy", "no-answer", "manual"])
        ),
    ]
    chance.choice(call_actions + emulator_actions if live else emulator_actions[:2])()


def do_random_conference_action(chance: random.Random, client: Client, url: str) -> None:
    """Act on a conference that is not completed, or on one of its participants."""
    conferences = [item for item in client.conferences.list() if item.status != "completed"]
    participants = [participant for item in conferences for participant in item.participants.list()]
    if not participants:
        return
    participant = client.conferences(str(conferences[0].sid)).participants(
        str(chance.choice(participants).call_sid)
    )
    actions = [
        lambda: participant.update(hold=chance.choice([True, False]), hold_url=url),
        lambda: participant.update(muted=True, announce_url=url),
        participant.delete,
        lambda: conferences[0].update(announce_url=url),
        lambda: conferences[0].update(status="completed"),
    ]
    chance.choice(actions)()


@pytest.mark.parametrize("seed", range(4))
def test_every_call_ends_once_whatever_happens(
    twilio: Emulator, app: ScriptedApp, client: Client, seed: int
) -> None:
    chance = random.Random(seed)
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/0"))
    twilio.switches(max_documents_at_once=20)
    for number in range(6):
        app.on(
            f"/{number}",
            *[f"<Response>{random_document(chance)}</Response>" for _ in range(30)],
            Answer(status=500),
        )
    app.on("/q", '<Gather timeout="3"/>', '<Pause length="9"/>', "<Leave/>", '<Pause length="5"/>')
    app.on("/w", "<Response><Say>For you</Say></Response>", "<Response><Hangup/></Response>")
    refused = set()
    for _ in range(80):
        try:
            do_random_action(chance, twilio, client, app)
        except (EmulatorError, TwilioRestException) as refusal:
            refused.add(refusal.status)
    assert refused <= {400, 404, 409}
    for sid in [call.sid for call in client.calls.list() if call.status in LIVE]:
        with suppress(TwilioRestException):  # the call ended together with a call before it
            client.calls(sid).update(status="completed")
    twilio.advance(60)
    assert {queue.current_size for queue in client.queues.list()} <= {0}
    assert {conference.status for conference in client.conferences.list()} <= {"completed"}
    assert twilio.clock()["busy"] == 0
    assert twilio.clock()["next_due_in"] is None
    for call in twilio.calls():
        callbacks = [item for item in call["requests"] if item["url"] == app.url("/status")]
        assert call["status"] not in LIVE, transcript(call)
        assert call["bridged_to"] is None, transcript(call)
        assert "Internal" not in str(call["warnings"]), transcript(call)
        assert len(callbacks) == (call["direction"] == "inbound"), transcript(call)
