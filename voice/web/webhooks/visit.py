"""The request of Twilio for a scene: its URL, its command, and the Visit that the scene is built from."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from flask import request

from voice.scenes import Visit
from voice.scenes.place import place_of
from voice.scenes.visit import STORED
from voice.web.guards import raw_target, services, this_request
from voice.web.webhooks.form import Webhook, whole_number


def visit(webhook: Webhook, params: Mapping[str, str | None]) -> Visit:
    """The visit. The query of a place that the caller returns to holds what they keyed or said the first time.

    Raises RegistryUnavailable for a URL with a stored text, while the database cannot be read.
    """
    given = this_request().args.to_dict()
    stored_id = given.get(STORED)
    stored = services().registry.scene_params.load(stored_id) if stored_id else {}
    query = {**stored, **given}
    inputs = {**query, **(webhook.inputs or {})}
    return Visit(
        config=services().config,
        call_sid=webhook.call_sid or "",
        from_=webhook.text("From"),
        to=webhook.text("To"),
        digits=inputs.get("Digits", ""),
        speech=inputs.get("SpeechResult", ""),
        dial_status=inputs.get("DialCallStatus", ""),
        queue_result=inputs.get("QueueResult", ""),
        recording_seconds=whole_number(inputs.get("RecordingDuration", "")) or 0,
        retry=retry(),
        command_id=command_id(),
        number=number_of_visit(),
        stored_id=stored_id,
        stored=stored,
        query={**query, **{name: value for name, value in params.items() if value}},
    )


def command_id() -> int | None:
    """The id of the command that led to this request."""
    return whole_number(request.args.get("command", ""))


def number_of_visit() -> int:
    """How many visits of the call, or of the command that led here, there are with this one.

    The request for a new call, whose URL has no query, is number 0; its document leads to number 1.
    """
    current = this_request()
    return whole_number(current.args.get("visit", "")) or (1 if current.args or current.view_args else 0)


def retry() -> int:
    """How often the requested URL has failed before."""
    return whole_number(request.args.get("retry", "")) or 0


def retries_of(url: str) -> int:
    """How often a URL has failed before, by its query."""
    return whole_number(parse_qs(urlsplit(url).query).get("retry", [""])[0]) or 0


def requested_url() -> str:
    """The URL as Twilio received it, still percent-encoded."""
    public_url: str = services().config["PUBLIC_URL"]
    return public_url + raw_target().removeprefix(request.script_root)


def requested_place(webhook: Webhook) -> str | None:
    """The place that the requested URL stands for."""
    return place_of(services().config, requested_url(), webhook.inputs)
