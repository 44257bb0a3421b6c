"""The conference callback: the state of a participant, and the command that caused the event.

Source: https://www.twilio.com/docs/voice/twiml/conference
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from voice.calls import CallFacts
from voice.conferences.labels import command_of, is_supervisor
from voice.web.webhooks.form import Webhook, whole_number

STATE_FIELDS = {"muted": "Muted", "hold": "Hold", "coaching": "Coaching", "ends_room": "EndConferenceOnExit"}


def participant_facts(webhook: Webhook) -> CallFacts | None:
    """What the callback states about a participant; None for an event of the whole conference."""
    event, label = webhook.text("StatusCallbackEvent"), webhook.text("ParticipantLabel")
    if webhook.call_sid is None or not event.startswith("participant-"):
        return None
    is_answered = event == "participant-join" and command_of(label) is None  # who was dialed may still ring
    return CallFacts(
        call_sid=webhook.call_sid,
        status="in-progress" if is_answered else None,
        conference_sid=webhook.fields["ConferenceSid"],
        room=webhook.text("FriendlyName", 255),
        room_sequence=webhook.number("SequenceNumber"),
        in_room=event != "participant-leave",
        room_state={
            **{name: webhook.text(field) == "true" for name, field in STATE_FIELDS.items()},
            "supervisor": is_supervisor(label),
        },
    )


def causing_command(webhook: Webhook) -> int | None:
    """The id of the command that dialed the participant who joined, or whose announcement this is."""
    event = webhook.text("StatusCallbackEvent")
    if event == "participant-join":
        return command_of(webhook.text("ParticipantLabel"))
    if not event.startswith("announcement-"):
        return None
    return whole_number(parse_qs(urlsplit(webhook.text("AnnounceUrl")).query).get("command", [""])[0])
