"""Answers with TwiML: a scene, a conference, or an apology for a scene that cannot be built. Each is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from voice.conferences.membership import name_for
from voice.errors import RegistryUnavailable
from voice.event_kinds import KindName
from voice.scenes import Scene, Visit
from voice.scenes.apology import apology, wait
from voice.scenes.place import url_of_place
from voice.scenes.room import room
from voice.scenes.visit import scene_url
from voice.web.guards import services
from voice.web.webhooks.event import webhook_event
from voice.web.webhooks.failures import log_failure
from voice.web.webhooks.form import Webhook
from voice.web.webhooks.visit import command_id, number_of_visit, requested_place, requested_url, retry, visit


def perform(scene: Scene, kind: KindName, instead_of: str | None = None, **params: str | None) -> Response:
    """Answer with the scene, and record the visit as an event of this kind. `instead_of`: the scene it replaces."""
    try:
        document = scene.twiml(visit(g.webhook, params))
    except Exception as error:  # noqa: BLE001  # whatever fails, the caller gets TwiML and the log a traceback
        log_failure(f"The scene {scene.name} cannot be built", error, scene.secret)
        return apologize(kind, requested_url(), retry(), scene.secret, error=type(error).__name__)
    moved = _document_of_move(kind, scene) if scene.after_dial and not scene.secret else None
    if moved is None:
        record(kind, scene, instead_of=instead_of)
    return _twiml(moved or document)


def apologize(kind: KindName, url: str, retries: int = 0, secret: bool = False, **details: str) -> Response:
    """Answer with an apology that requests `url` afterwards."""
    record(kind, None, secret, **details)
    return _twiml(apology(url, retries))


def record(kind: KindName, scene: Scene | None = None, secret: bool = False, **details: str | None) -> None:
    """Record the webhook as an event of this kind, with the scene that answers it."""
    secret = scene.secret if scene else secret
    inputs = None if secret else g.webhook.inputs
    _record(
        kind, scene, secret, command_id(), {"scene_url": requested_url(), "scene_inputs": inputs}, details
    )


def _record(
    kind: KindName,
    scene: Scene | None,
    secret: bool,
    command: int | None,
    place: dict[str, Any],
    details: Mapping[str, str | None],
) -> None:
    webhook: Webhook = g.webhook
    event = webhook_event(webhook, kind, command, secret, scene=scene.name if scene else None, **details)
    facts = webhook.facts(scene=scene.name, **place) if scene and scene.is_place else webhook.facts()
    services().recorder.record(event, facts)


def _document_of_move(kind: KindName, scene: Scene) -> str | None:
    """What follows a Dial whose parties an operator moves, in place of the scene; None if no operator does.

    A caller waits while an operator moves them elsewhere, and as long as the registry cannot tell.
    """
    webhook: Webhook = g.webhook
    leg, has_left = webhook.text("DialCallSid"), not webhook.text("DialCallDuration")
    commands = services().registry.commands
    try:
        promotion = commands.promotion_of(webhook.call_sid or "", leg, has_left) if leg else None
        if promotion is not None:
            return _join(kind, promotion)
        is_moving = commands.is_moving(webhook.call_sid or "")
    except RegistryUnavailable:
        is_moving = has_left and webhook.text("DialCallStatus") == "completed"
    return _wait(kind, scene) if is_moving else None


def _wait(kind: KindName, scene: Scene) -> str:
    """Wait, and let Twilio request the scene again."""
    record(kind, None, waits_for=scene.name)
    place = requested_place(g.webhook) or "incoming"
    return wait(url_of_place(services().config, place, command_id(), number_of_visit() + 1))


def _join(kind: KindName, promotion: int) -> str:
    """The conference that the leg of the Dial has left for: the caller joins it as well.

    Twilio leaves out DialCallDuration if the leg was redirected.
    Source: https://www.twilio.com/docs/voice/twiml/dial#attributes-action
    """
    webhook: Webhook = g.webhook
    query = {"name": name_for(webhook.call_sid or ""), "wait": "silence"}
    joining = Visit(services().config, command_id=promotion, number=number_of_visit(), query=query)
    url = scene_url(services().config, room.name, query, promotion)
    _record(kind, room, False, promotion, {"scene_url": url}, {})
    return room.twiml(joining)


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")
