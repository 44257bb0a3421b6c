"""Answers with TwiML: a scene, a wait, or an apology for a scene that cannot be built. Each is recorded."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from voice.errors import RegistryUnavailable
from voice.event_kinds import KindName
from voice.scenes import Scene
from voice.scenes.apology import apology, wait
from voice.scenes.place import url_of_place
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
    if scene.after_dial and not scene.secret and _is_being_moved():
        return _wait(kind, scene)
    record(kind, scene, instead_of=instead_of)
    return _twiml(document)


def apologize(kind: KindName, url: str, retries: int = 0, secret: bool = False, **details: str) -> Response:
    """Answer with an apology that requests `url` afterwards."""
    record(kind, None, secret, **details)
    return _twiml(apology(url, retries))


def record(kind: KindName, scene: Scene | None = None, secret: bool = False, **details: str | None) -> None:
    """Record the webhook as an event of this kind, with the scene that answers it."""
    webhook: Webhook = g.webhook
    secret = scene.secret if scene else secret
    event = webhook_event(webhook, kind, command_id(), secret, scene=scene.name if scene else None, **details)
    place: dict[str, Any] = {}
    if scene and scene.is_place:
        inputs = None if secret else webhook.inputs
        place = {"scene": scene.name, "scene_url": requested_url(), "scene_inputs": inputs}
    services().recorder.record(event, webhook.facts(**place))


def _wait(kind: KindName, scene: Scene) -> Response:
    """Wait while an operator moves the legs of this call: until they have arrived, the scene would be wrong."""
    record(kind, None, waits_for=scene.name)
    place = requested_place(g.webhook) or "incoming"
    return _twiml(wait(url_of_place(services().config, place, command_id(), number_of_visit() + 1)))


def _is_being_moved() -> bool:
    try:
        return services().registry.commands.is_moving(g.webhook.call_sid)
    except RegistryUnavailable:
        return False


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")
