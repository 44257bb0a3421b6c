"""Twilio's spelling stops here: what a webhook says, read once from its form into our words.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from voice.calls import RANKS, CallFacts, is_call_sid, is_conference_sid
from voice.conferences.labels import command_of, is_supervisor
from voice.errors import Malformed
from voice.events import NewEvent, now
from voice.scenes.place import INPUTS

MAX_FIELDS = 1000
KNOWN_OTHERWISE = frozenset(
    {"CallSid", "AccountSid", "ApiVersion", "From", "To", "Direction", "ParentCallSid", "msg"}
)
TYPED = ("Digits", "SpeechResult", "UnstableSpeechResult", "StableSpeechResult")
SECRET = "(secret)"
ROOM_STATE = {"muted": "Muted", "hold": "Hold", "coaching": "Coaching", "ends_room": "EndConferenceOnExit"}
LEGACY = ("Caller", "Called")  # CallerCity repeats FromCity, and so on; CallerName is not one of them


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """The names and values in their order, blanks kept. Raises Malformed above 1,000 fields."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Malformed(f"a webhook with more than {MAX_FIELDS} fields") from None


@dataclass(frozen=True)
class Webhook:
    """One webhook of Twilio: the first value of each field, NUL characters taken out."""

    fields: Mapping[str, str]
    token: str | None = None

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]], token: str | None) -> Webhook:
        """Raises Malformed if there is no CallSid that could be one; what tells of a conference needs none."""
        fields: dict[str, str] = {}
        for name, value in pairs:
            fields.setdefault(name, value.replace("\0", ""))
        told = fields.get("CallSid", "")
        if not is_call_sid(told) and (told or not is_conference_sid(fields.get("ConferenceSid", ""))):
            raise Malformed("CallSid is missing, or is not CA and 32 hexadecimal digits")
        return cls(fields, token)

    def text(self, name: str, longest: int = 4096) -> str:
        """A field, cut to what we keep; empty if it is not there."""
        return self.fields.get(name, "")[:longest]

    def number(self, name: str) -> int:
        """A field as a whole number, 0 if it is not one."""
        text = self.text(name, 9)
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def call_sid(self) -> str | None:
        return self.fields.get("CallSid")

    @property
    def fork_event(self) -> str:
        """What became of a stream, a transcription or a SIPREC session: `stream-started`, and so on."""
        return self.text("StreamEvent") or self.text("TranscriptionEvent") or self.text("SiprecEvent")

    @property
    def fork_error(self) -> str | None:
        """Why it failed, None if it did not."""
        if not self.fork_event.endswith("-error"):
            return None
        told = (self.text(name) for name in ("StreamError", "TranscriptionError", "SiprecError"))
        return next(filter(None, told), self.fork_event)

    @property
    def inputs(self) -> dict[str, str] | None:
        """What the caller keyed or said, and how a dial or a recording went: what a scene goes by."""
        return {name: self.text(name) for name in INPUTS if self.fields.get(name)} or None

    def facts(self, **place: Any) -> CallFacts | None:
        """What the webhook says of its call, None if it has none; a status that nobody knows is none."""
        if self.call_sid is None:
            return None
        status, parent = self.text("CallStatus"), self.text("ParentCallSid")
        return CallFacts(
            call_sid=self.call_sid,
            status=status if status in RANKS else None,
            from_=self.text("From", 255) or None,
            to=self.text("To", 255) or None,
            direction=self.text("Direction", 32) or None,
            parent_call_sid=parent if is_call_sid(parent) else None,
            ended_at=_moment(self.text("Timestamp", 64)),
            duration_seconds=self.number("CallDuration") if self.fields.get("CallDuration") else None,
            **place,
        )

    def room_facts(self) -> CallFacts | None:
        """What a conference says of one participant; None where it speaks of the conference alone."""
        happened = self.text("StatusCallbackEvent")
        if self.call_sid is None or not happened.startswith("participant-"):
            return None
        return CallFacts(
            call_sid=self.call_sid,
            status="in-progress" if happened == "participant-join" else None,
            conference_sid=self.fields["ConferenceSid"],
            room=self.text("FriendlyName", 255),
            room_sequence=self.number("SequenceNumber"),
            in_room=happened != "participant-leave",
            room_state={
                **{name: self.text(field) == "true" for name, field in ROOM_STATE.items()},
                "supervisor": is_supervisor(self.text("ParticipantLabel")),
            },
        )

    @property
    def room_command(self) -> int | None:
        """The command whose announcement was heard, or which dialled whoever has joined the room."""
        happened = self.text("StatusCallbackEvent")
        if happened == "participant-join":
            return command_of(self.text("ParticipantLabel"))
        if not happened.startswith("announcement-"):
            return None
        told = parse_qs(urlsplit(self.text("AnnounceUrl")).query).get("command", [""])[0]
        return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None

    def event(self, kind: str, command_id: int | None = None, secret: bool = False, **more: Any) -> NewEvent:
        """The event to record: all that Twilio said beyond the call's own facts, and `more`.

        Of what is `secret` only that it came.
        """
        said = {
            name: SECRET if secret and name in TYPED else value[:4096]
            for name, value in self.fields.items()
            if value and not _known_otherwise(name)
        }
        details = {**{name: value for name, value in more.items() if value is not None}, "twilio": said}
        return NewEvent(kind, "twilio", self.call_sid, details, self._dedupe_key(kind), command_id, now())

    def _dedupe_key(self, kind: str) -> str | None:
        """What is the same in a repeat and in nothing else; None when nothing tells a repeat."""
        key = self._natural_key(kind) or (f"token:{self.token}" if self.token else None)
        if key and len(key) > 100:
            return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
        return key

    def _natural_key(self, kind: str) -> str | None:
        if kind == "webhook.status":
            return f"status:{self.call_sid}:{self.text('CallStatus')}:{self.text('SequenceNumber')}"
        if kind == "webhook.conference" and self.fields.get("SequenceNumber"):
            return f"conference:{self.text('ConferenceSid')}:{self.text('SequenceNumber')}"
        if kind == "webhook.recording" and self.text("RecordingSid"):
            return f"recording:{self.text('RecordingSid')}:{self.text('RecordingStatus')}"
        if kind == "webhook.incoming" and self.text("CallStatus") == "ringing" and not self.token:
            return f"incoming:{self.call_sid}"
        return None


def _known_otherwise(name: str) -> bool:
    return name in KNOWN_OTHERWISE or (name.startswith(LEGACY) and name != "CallerName")


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None
