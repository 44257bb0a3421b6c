"""Interruptions: a caller hears a message, a sound or tones, and then continues where they were."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences.changes import change_participant
from voice.conferences.membership import Membership, find_membership
from voice.conferences.promotion import promote_talk
from voice.control.base import CallCommand
from voice.control.live_update import update_live
from voice.control.places import current_place, waits_in_queue
from voice.control.scene_urls import url_of_scene
from voice.registry.command_legs import ANNOUNCEMENT_LEG
from voice.scenes import Visit
from voice.twiml import TwimlRefused, check
from voice.validation import invalid


class Interruption(CallCommand):
    """A command that interrupts a caller. A subclass says what they hear."""

    group = "talk"
    cuts_connection = True
    involves_talk = True
    needs = ("calls", "conferences", "participants")

    def content(self) -> dict[str, Any]:
        """The parameters of the scene `interlude`."""
        raise NotImplementedError

    def check(self) -> None:
        """Refuse content for which Twilio would not run the document.

        Twilio reports `announcement-fail` for its own failures only. A bad document plays an application error.
        Sources: https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent,
        https://www.twilio.com/docs/api/errors/13520
        """
        text = self.content().get("text")
        if text is not None and not any(letter.isalnum() for letter in text):
            raise invalid([{"field": "text", "message": "Enter a message with words."}])
        query = {name: str(value) for name, value in self.content().items()}
        document = self.services.scenes["interlude"].twiml(Visit(self.services.config, query=query))
        try:
            check(document, f"{self.services.config['PUBLIC_URL']}/")
        except TwimlRefused as error:
            field = next(iter(query), "")
            raise invalid([{"field": field, "message": one.message} for one in error.findings]) from None

    def drops(self, call: Call) -> list[Call]:
        """None: the parties who talk to the call move into a conference with it."""
        return []

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Announce to this participant, after a promotion if the call talks to a party; else play it in their place."""
        member = self.find_audience(call, command_id)
        return self._play_in_place(call, command_id) if member is None else self.announce(member, command_id)

    def find_audience(self, call: Call, command_id: int) -> Membership | None:
        """The membership of the call in a conference; None for a caller who is alone.

        In a conference, the end of the announcement confirms the command.
        """
        member = find_membership(self.services, call)
        if member or self.services.registry.calls.talking_to(call):
            self.services.registry.commands.expect_legs(command_id, [ANNOUNCEMENT_LEG])
        return member or promote_talk(self.services, call, command_id)

    def announce(self, member: Membership, command_id: int) -> CallFacts:
        """Play it to one participant."""
        self.note = "Played to this participant only."
        url = self.url_of_content(command_id)
        change_participant(self.services, member, announce_url=url, announce_method="POST")
        return CallFacts(member.call_sid, None)

    def url_of_content(self, command_id: int, **more: str) -> str:
        """The URL of the scene that plays it."""
        return url_of_scene(self.services, "interlude", {**self.content(), **more}, command_id)

    def _play_in_place(self, call: Call, command_id: int) -> CallFacts:
        if waits_in_queue(self.services, call):
            self.note = "Afterwards the caller is at the end of the queue."
        place = current_place(self.services, call) or "incoming"
        return update_live(self.services, call.call_sid, url=self.url_of_content(command_id, back=place))
