"""The webhooks: Twilio asks, we write down that it did, and answer with TwiML. No outgoing request here."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, g, request

from voice.errors import RegistryUnavailable
from voice.registry import EmergencyStop
from voice.scenes import Scene, Visit
from voice.scenes.apology import apology, wait
from voice.scenes.emergency import emergency
from voice.scenes.place import place_of, url_of_place
from voice.scenes.scene import is_ours
from voice.web.guards import raw_target, services
from voice.web.webhooks.form import Webhook

log = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/voice")


@blueprint.post("/incoming")
def incoming() -> Response:
    """A call comes in: the scene that its number starts in, unless everything is stopped."""
    stop = _emergency_stop()
    if stop is not None:
        return _perform(emergency, "webhook.incoming", message=stop.message)
    config = services().config
    name = config["NUMBERS"].get(g.webhook.fields.get("To", ""), config["START_SCENE"])
    return _perform(services().scenes[name], "webhook.incoming")


@blueprint.post("/scenes/<scene>")
def scene(scene: str) -> Response:
    """A scene, with its parameters in the query. One that does not exist (any more) leads back to the start."""
    found = services().scenes.get(scene)
    if found is None:
        log.error("Twilio asked for the scene %r, which does not exist", scene)
        again = f"{services().config['PUBLIC_URL']}/voice/incoming"
        return _apologise("webhook.scene", again, secret=True, missing=scene)  # nobody can tell what it kept
    return _perform(found, "webhook.scene")


@blueprint.post("/fallback")
def fallback() -> Response:
    """Twilio could not use our answer: a word of apology, then what failed once more, or the start."""
    public_url, failed = services().config["PUBLIC_URL"], g.webhook.text("ErrorUrl")
    again = failed if is_ours(services().config, failed) else f"{public_url}/voice/incoming"
    return _apologise("webhook.fallback", again, _retries(again), _keeps_secrets(failed))


@blueprint.post("/status")
def status() -> Response:
    """A call's status changed. What we answer has no effect, so that there is nothing to say."""
    _record("webhook.status")
    return Response(status=204)


@blueprint.post("/recording")
def recording() -> Response:
    """A recording is there, or has failed."""
    _record("webhook.recording")
    return Response(status=204)


@blueprint.post("/fork")
def fork() -> Response:
    """A stream, a transcription or a SIPREC session has begun, which confirms its command; or ended, failed, heard."""
    webhook: Webhook = g.webhook
    happened = webhook.fork_event
    event = webhook.event(
        "webhook.fork", _number("command"), happened=happened or None, failed=webhook.fork_error
    )
    services().recorder.record(event, webhook.facts() if happened.endswith("-started") else None)
    return Response(status=204)


@blueprint.post("/conference")
def conference() -> Response:
    """A room began or ended, or something became of a participant."""
    webhook: Webhook = g.webhook
    failed = webhook.text("ReasonAnnouncementFailed") or None
    event = webhook.event("webhook.conference", webhook.room_command, failed=failed)
    services().recorder.record(event, webhook.room_facts())
    return Response(status=204)


def _emergency_stop() -> EmergencyStop | None:
    """Asked of the database for each new call; while it is away, what was known last."""
    emergency = services().registry.emergency
    return emergency.last_known if services().recorder.spool.waiting else emergency.current_or_last_known()


def _perform(found: Scene, kind: str, **params: str | None) -> Response:
    try:
        twiml = found.twiml(_visit(g.webhook, params))
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets TwiML, and we the trace
        _log_bug(found, error)
        return _apologise(
            kind, _url_asked_for(), _number("retry") or 0, found.secret, error=type(error).__name__
        )
    if found.after_dial and not found.secret and _is_moved():
        return _wait(kind, found)
    _record(kind, found)
    return _twiml(twiml)


def _log_bug(found: Scene, error: Exception) -> None:
    """Where it was raised; of a secret scene not its words, in which what was keyed may stand."""
    if found.secret:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("the scene %s cannot be built: %s at\n%s", found.name, type(error).__name__, where)
    else:
        log.exception("the scene %s cannot be built", found.name)


def _keeps_secrets(url: str) -> bool:
    """True for the address of a scene that is secret, or that nobody knows (any more)."""
    path = urlsplit(url).path.partition("/voice/scenes/")[2]
    found = services().scenes.get(path)
    return bool(path) and (found is None or found.secret)


def _wait(kind: str, found: Scene) -> Response:
    """An operator is moving the legs of this call: nothing of the scene is true before they have arrived."""
    _record(kind, None, waits_for=found.name)
    return _twiml(wait(url_of_place(services().config, _place() or "incoming", _number("command"))))


def _is_moved() -> bool:
    try:
        return services().registry.commands.is_moving(g.webhook.call_sid)
    except RegistryUnavailable:
        return False


def _apologise(kind: str, again: str, retry: int = 0, secret: bool = False, **why: str) -> Response:
    _record(kind, None, secret, **why)
    return _twiml(apology(again, retry))


def _record(kind: str, scene: Scene | None = None, secret: bool = False, **more: str) -> None:
    webhook: Webhook = g.webhook
    secret = scene.secret if scene else secret
    event = webhook.event(kind, _number("command"), secret, scene=scene.name if scene else None, **more)
    place: dict[str, Any] = {}
    if scene and scene.is_place:
        inputs = None if secret else webhook.inputs
        place = {"scene": scene.name, "scene_url": _url_asked_for(), "scene_inputs": inputs}
    services().recorder.record(event, webhook.facts(**place))


def _place() -> str | None:
    return place_of(services().config, _url_asked_for(), g.webhook.inputs)


def _visit(webhook: Webhook, params: Mapping[str, str | None]) -> Visit:
    """What a scene goes by; a place that is gone back to has in its query what was keyed or said back then."""
    query = request.args.to_dict()
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
        recording_seconds=_whole(inputs.get("RecordingDuration", "")) or 0,
        retry=_number("retry") or 0,
        command_id=_number("command"),
        query={**query, **{name: value for name, value in params.items() if value}},
    )


def _retries(url: str) -> int:
    """How often the failed address has been tried: what its own query says."""
    return _whole(parse_qs(urlsplit(url).query).get("retry", [""])[0]) or 0


def _number(name: str) -> int | None:
    return _whole(request.args.get(name, ""))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _url_asked_for() -> str:
    """The address as Twilio was given it, still percent-encoded."""
    return services().config["PUBLIC_URL"] + raw_target().removeprefix(request.script_root)


def _twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")
