"""The webhooks: Twilio asks, we write down that it did, and answer with TwiML. No outgoing request here."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, g, request

from voice.scenes import Scene, Visit
from voice.scenes.apology import apology
from voice.scenes.scene import is_ours
from voice.web.guards import raw_target, services
from voice.web.twilio_form import Webhook

log = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/voice")


@blueprint.post("/incoming")
def incoming() -> Response:
    """A call comes in: the scene that its number starts in."""
    config = services().config
    name = config["NUMBERS"].get(g.webhook.fields.get("To", ""), config["START_SCENE"])
    return _perform(services().scenes[name], "webhook.incoming")


@blueprint.post("/scenes/<scene>")
def scene(scene: str) -> Response:
    """A scene, with its parameters in the query. One that does not exist (any more) leads back to the start."""
    found = services().scenes.get(scene)
    if found is None:
        log.error("Twilio asked for the scene %r, which does not exist", scene)
        return _apologise("webhook.scene", f"{services().config['PUBLIC_URL']}/voice/incoming", missing=scene)
    return _perform(found, "webhook.scene")


@blueprint.post("/fallback")
def fallback() -> Response:
    """Twilio could not use our answer: a word of apology, then what failed once more, or the start."""
    public_url, failed = services().config["PUBLIC_URL"], g.webhook.text("ErrorUrl")
    again = failed if is_ours(services().config, failed) else f"{public_url}/voice/incoming"
    return _apologise("webhook.fallback", again, retry=_retries(again))


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


def _perform(found: Scene, kind: str) -> Response:
    webhook: Webhook = g.webhook
    try:
        twiml = found.twiml(_visit(webhook))
    except Exception as error:  # whatever it is, the caller gets TwiML
        log.exception("the scene %s cannot be built", found.name)
        return _apologise(kind, _url_asked_for(), retry=_number("retry") or 0, error=type(error).__name__)
    _record(kind, found.name)
    return _twiml(twiml)


def _apologise(kind: str, again: str, retry: int = 0, **why: str) -> Response:
    _record(kind, **why)
    return _twiml(apology(again, retry))


def _record(kind: str, scene: str | None = None, **more: str) -> None:
    webhook: Webhook = g.webhook
    url = _url_asked_for() if scene else None
    event = webhook.event(kind, _number("command"), scene=scene, **more)
    services().recorder.record(event, webhook.facts(scene, url))


def _visit(webhook: Webhook) -> Visit:
    return Visit(
        config=services().config,
        call_sid=webhook.call_sid,
        from_=webhook.text("From"),
        to=webhook.text("To"),
        digits=webhook.text("Digits"),
        speech=webhook.text("SpeechResult"),
        dial_status=webhook.text("DialCallStatus"),
        recording_seconds=webhook.number("RecordingDuration"),
        retry=_number("retry") or 0,
        command_id=_number("command"),
        query=request.args.to_dict(),
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
