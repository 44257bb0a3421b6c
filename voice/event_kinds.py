"""The kinds of events: what each one means, who reports it, and what its details hold.

The code that records events, the console's timeline and docs/events.md all use this table. A kind that is missing here
fails the type check, because `NewEvent` takes a `KindName`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

KindName = Literal[
    "webhook.incoming", "webhook.scene", "webhook.fallback", "webhook.status", "webhook.recording",
    "webhook.conference", "webhook.fork", "webhook.debugger",
    "twilio.answer", "sweep.corrected", "sweep.unknown",
    "command.requested", "command.accepted", "command.confirmed", "command.refused", "command.unconfirmed",
    "room.invited", "room.joined", "room.connected", "room.ended",
    "plan.made", "plan.changed", "plan.cancelled", "plan.run", "plan.missed",
    "rule.made", "rule.changed", "rule.removed", "rule.applied",
    "bulk.queued", "bulk.progress", "bulk.cancelled", "bulk.done",
    "emergency.stopped", "emergency.lifted",
]  # fmt: skip
Reporter = Literal["Twilio's webhook", "Twilio's API", "Midcall", "The operator"]

_FORM = {
    "twilio": "the fields of the webhook, without those that the call shows already",
    "error": "the error that kept Midcall from answering with a scene or from handling the webhook",
}
_SCENE = {
    "scene": "the scene that the caller hears",
    "waits_for": "the scene that waits until all legs of a command have arrived",
    "missing": "the name of a scene that does not exist",
    **_FORM,
}
_STATUS = {"status": "the status that Twilio's API shows"}
_ANSWER = {
    "message": "a sentence for the operator",
    "error_code": "Midcall's code of the error",
    "twilio_code": "Twilio's code of the error",
}
_CONFERENCE = {"conference_sid": "the conference", "why": "the reason"}
_PLAN = {"plan": "the plan, as `GET /admin/plans` shows it"}
_RULE = {"rule": "the rule as it is stored"}
_RUN = {
    "run": "the id of the run",
    "command": "the command",
    "count": "how many calls the run has",
    "state": "the state of the run",
}
_PROGRESS = {"done, refused, already_ended, unconfirmed, cancelled, left": "how many calls have this outcome"}


@dataclass(frozen=True)
class EventKind:
    """One row of the table. `title` is for people; `details` maps each name in the details to its meaning."""

    name: KindName
    reporter: Reporter
    title: str
    details: Mapping[str, str] = field(default_factory=dict)


_TABLE = (
    EventKind("webhook.incoming", "Twilio's webhook", "Incoming call", _SCENE),
    EventKind("webhook.scene", "Twilio's webhook", "Entered a scene", _SCENE),
    EventKind("webhook.fallback", "Twilio's webhook", "Twilio could not use the answer", _FORM),
    EventKind("webhook.status", "Twilio's webhook", "Status", _FORM),
    EventKind("webhook.recording", "Twilio's webhook", "Recording", _FORM),
    EventKind("webhook.conference", "Twilio's webhook", "Conference",
              {"failed": "why an announcement failed", **_FORM}),
    EventKind("webhook.fork", "Twilio's webhook", "Stream, transcription or SIPREC session",
              {"happened": "what happened, such as `stream-started`", "failed": "why it failed", **_FORM}),
    EventKind("webhook.debugger", "Twilio's webhook", "Twilio reported an error",
              {"level": "`error` or `warning`", "twilio_code": "Twilio's code of the error",
               "message": "a sentence about the code, or Twilio's own", "url": "the URL that failed, without its query",
               "failed": "the message, for an error: the command it belongs to is not confirmed"}),
    EventKind("twilio.answer", "Twilio's API", "Twilio reported", _STATUS),
    EventKind("sweep.corrected", "Twilio's API", "Twilio reported on request", _STATUS),
    EventKind("sweep.unknown", "Twilio's API", "Twilio does not know this call"),
    EventKind("command.requested", "The operator", "Command requested",
              {"command": "the command", "arguments": "its arguments"}),
    EventKind("command.accepted", "Twilio's API", "Command accepted by Twilio", _ANSWER),
    EventKind("command.confirmed", "Midcall", "Command confirmed", _ANSWER),
    EventKind("command.refused", "Twilio's API", "Command refused", _ANSWER),
    EventKind("command.unconfirmed", "Midcall", "Command not confirmed", _ANSWER),
    EventKind("room.invited", "Twilio's API", "Dialed for a conference",
              {"room": "the name of the conference", "conference_sid": "the conference"}),
    EventKind("room.joined", "Twilio's API", "In the conference, as Twilio lists it",
              {"room": "the name of the conference", "conference_sid": "the conference"}),
    EventKind("room.connected", "Midcall", "Taken off hold: no other participant was left", _CONFERENCE),
    EventKind("room.ended", "Midcall", "Conference ended: no other participant was left", _CONFERENCE),
    EventKind("plan.made", "The operator", "Action scheduled", _PLAN),
    EventKind("plan.changed", "The operator", "Scheduled action changed", _PLAN),
    EventKind("plan.cancelled", "The operator", "Scheduled action canceled", _PLAN),
    EventKind("plan.run", "Midcall", "Scheduled action ran", _PLAN),
    EventKind("plan.missed", "Midcall", "Scheduled action missed", _PLAN),
    EventKind("rule.made", "The operator", "Rule created", _RULE),
    EventKind("rule.changed", "The operator", "Rule changed", _RULE),
    EventKind("rule.removed", "The operator", "Rule removed", _RULE),
    EventKind("rule.applied", "Midcall", "Rule applied",
              {"rule": "the name of the rule", "step": "the number of the step, from 0",
               "message": "what the outcome of the command says; may be null"}),
    EventKind("bulk.queued", "The operator", "Bulk run started", _RUN),
    EventKind("bulk.progress", "Midcall", "Bulk run in progress", {**_RUN, **_PROGRESS}),
    EventKind("bulk.cancelled", "The operator", "Bulk run canceled", _RUN),
    EventKind("bulk.done", "Midcall", "Bulk run finished", _RUN),
    EventKind("emergency.stopped", "The operator", "Emergency stop started",
              {"message": "what callers hear", "started_by": "the operator", "started_at": "the time"}),
    EventKind("emergency.lifted", "The operator", "Emergency stop lifted"),
)  # fmt: skip
EVENT_KINDS: Mapping[str, EventKind] = {kind.name: kind for kind in _TABLE}

COMMAND_EVENTS: Mapping[str, KindName] = {
    "requested": "command.requested",
    "accepted": "command.accepted",
    "confirmed": "command.confirmed",
    "refused": "command.refused",
    "unconfirmed": "command.unconfirmed",
}
WEBHOOK_EVENTS: Mapping[str, KindName] = {
    name.partition(".")[2]: name for name in get_args(KindName) if name.startswith("webhook.")
}


def title_of(kind: str) -> str:
    """The title of a kind for people. A kind of another release is shown by its name."""
    known = EVENT_KINDS.get(kind)
    return known.title if known else kind.replace(".", " ").capitalize()
