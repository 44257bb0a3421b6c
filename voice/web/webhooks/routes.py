"""The webhooks that Twilio requests. Each is recorded and answered; none sends a request of its own."""

from __future__ import annotations

import logging
from contextlib import suppress

from flask import Blueprint, Response, g

from voice.errors import RegistryUnavailable
from voice.registry import EmergencyStop
from voice.scenes.emergency import emergency
from voice.scenes.place import url_of_place
from voice.scenes.visit import is_ours
from voice.web.guards import services
from voice.web.webhooks import failures
from voice.web.webhooks.answers import apologize, perform, record
from voice.web.webhooks.conference import causing_command, participant_facts
from voice.web.webhooks.debugger import command_of, read_report
from voice.web.webhooks.event import report_event, webhook_event
from voice.web.webhooks.fork import fork_error, fork_event
from voice.web.webhooks.form import Webhook
from voice.web.webhooks.secrets import keeps_secrets
from voice.web.webhooks.visit import command_id, number_of_visit, retries_of

log = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/voice")
failures.register(blueprint)


@blueprint.post("/incoming")
def incoming() -> Response:
    """An incoming call: answer with the first scene of its number, or with the message of an emergency stop."""
    stop = _emergency_stop()
    if stop is not None:
        return perform(emergency, "webhook.incoming", message=stop.message)
    config = services().config
    name = config["NUMBERS"].get(g.webhook.fields.get("To", ""), config["START_SCENE"])
    return perform(services().scenes[name], "webhook.incoming")


@blueprint.post("/scenes/<scene>")
def scene(scene: str) -> Response:
    """A scene with its parameters in the query. An unknown scene leads back to the start."""
    found = services().scenes.get(scene)
    if found is None:
        log.error("Twilio requested the scene %r, which does not exist.", scene)
        return apologize("webhook.scene", _start_url(), secret=True, missing=scene)  # it may have been secret
    stop = _emergency_stop() if found.dials_out else None
    if stop is not None:
        return perform(emergency, "webhook.scene", instead_of=found.name, message=stop.message)
    return perform(found, "webhook.scene")


@blueprint.post("/fallback")
def fallback() -> Response:
    """An answer that Twilio could not use: apologize, then let Twilio request the failed URL again, or the start."""
    failed = g.webhook.text("ErrorUrl")
    url = failed if is_ours(services().config, failed) else _start_url()
    return apologize("webhook.fallback", url, retries_of(url), keeps_secrets(failed))


@blueprint.post("/status")
def status() -> Response:
    """A new status of a call. Twilio ignores the answer.

    Source: https://www.twilio.com/docs/voice/api/call-resource#statuscallback
    """
    g.webhook.require_call()
    record("webhook.status")
    return Response(status=204)


@blueprint.post("/recording")
def recording() -> Response:
    """A recording that is available or has failed."""
    g.webhook.require_call()
    record("webhook.recording")
    return Response(status=204)


@blueprint.post("/fork")
def fork() -> Response:
    """A stream, transcription or SIPREC session: its start confirms the command; also its end, errors and content."""
    webhook: Webhook = g.webhook
    webhook.require_call()
    name = fork_event(webhook)
    event = webhook_event(
        webhook, "webhook.fork", command_id(), happened=name or None, failed=fork_error(webhook)
    )
    services().recorder.record(event, webhook.facts() if name.endswith("-started") else None)
    return Response(status=204)


@blueprint.post("/conference")
def conference() -> Response:
    """The start or end of a conference, or a change of a participant."""
    webhook: Webhook = g.webhook
    webhook.require_conference()
    failed = webhook.text("ReasonAnnouncementFailed") or None
    event = webhook_event(webhook, "webhook.conference", causing_command(webhook), failed=failed)
    services().recorder.record(event, participant_facts(webhook))
    return Response(status=204)


@blueprint.post("/debugger")
def debugger() -> Response:
    """An error or a warning of the Twilio account, shown at the call and the command that it belongs to."""
    report = read_report(g.webhook)
    log.warning("Twilio's debugger: %s %s of call %s", report.level, report.code, report.call_sid or "none")
    command_id = None
    with suppress(RegistryUnavailable):
        command_id = command_of(services(), report)
    services().recorder.record(report_event(g.webhook, report, command_id), None)
    return Response(status=204)


def _start_url() -> str:
    return url_of_place(services().config, "incoming", number=number_of_visit())


def _emergency_stop() -> EmergencyStop | None:
    """The active stop, read for each new call. While the database is unavailable, the last state that was read."""
    stops = services().registry.emergency
    return stops.last_known if services().recorder.spool.waiting else stops.current_or_last_known()
