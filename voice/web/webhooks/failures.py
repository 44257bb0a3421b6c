"""Bugs behind webhooks: whatever breaks, the caller hears a sentence, and the log names the call and the request."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException

from voice.calls import RANKS, is_call_sid
from voice.errors import BadSignature, Malformed
from voice.event_kinds import WEBHOOK_EVENTS
from voice.scenes.apology import GOODBYE, apology
from voice.web.errors import http_error, midcall_error
from voice.web.guards import services
from voice.web.webhooks.event import webhook_event
from voice.web.webhooks.form import Webhook, parse_form
from voice.web.webhooks.secrets import keeps_secrets
from voice.web.webhooks.visit import command_id, requested_url, retry

log = logging.getLogger(__name__)


def register(blueprint: Blueprint) -> None:
    """Answer every error behind a webhook of the blueprint."""
    blueprint.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Refuse a request that is not Twilio's. Everything else is a bug of Midcall, and the caller gets TwiML."""
    if isinstance(error, BadSignature | Malformed):
        return midcall_error(error)
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        return http_error(error)
    bug = getattr(error, "original_exception", None) or error
    secret = keeps_secrets(request.path)
    log_failure("The webhook failed", bug, secret)
    _record(bug, secret)
    return Response(_document(), mimetype="text/xml")


def log_failure(what: str, error: Exception, secret: bool) -> None:
    """Log the traceback. For a secret scene leave out the message, which may hold what the caller keyed."""
    shown = traceback.format_tb(error.__traceback__) if secret else traceback.format_exception(error)
    log.error(
        "%s: %s. Call %s, %s %s, idempotency token %s.\n%s",
        what, type(error).__name__, _call_sid(), request.method, request.path, _token(), "".join(shown),
    )  # fmt: skip


def _call_sid() -> str:
    """The CallSid, also of a webhook that could not be read; `unknown` without one."""
    with suppress(Exception):
        webhook: Webhook | None = g.get("webhook")
        fields = webhook.fields if webhook else dict(parse_form(request.get_data()))
        call_sid = fields.get("CallSid", "")
        return call_sid if is_call_sid(call_sid) else "unknown"
    return "unknown"


def _token() -> str:
    """Twilio's idempotency token, in a form that cannot forge a line of the log; `none` if Twilio sent none.

    Its documentation speaks of retries (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
    """
    token = request.headers.get("I-Twilio-Idempotency-Token", "")
    return repr(token[:100]) if token else "none"


def _record(bug: Exception, secret: bool) -> None:
    """Record a webhook whose signature was valid. If it is recorded already, its dedupe key prevents a second event."""
    webhook: Webhook | None = g.get("webhook")
    if webhook is None:
        return
    try:
        kind = WEBHOOK_EVENTS[(request.endpoint or "").rpartition(".")[2]]
        event = webhook_event(webhook, kind, command_id(), secret, error=type(bug).__name__)
        facts = webhook.facts() if webhook.text("CallStatus") in RANKS else None
        services().recorder.record(event, facts)
    except Exception as error:  # noqa: BLE001  # the caller gets TwiML whatever fails
        log_failure("The webhook cannot be recorded", error, secret)


def _document() -> str:
    """An apology after which Twilio sends the request again; a goodbye if even that fails."""
    try:
        return apology(requested_url(), retry())
    except Exception as error:  # noqa: BLE001  # the caller gets TwiML whatever fails
        log_failure("The apology cannot be built", error, secret=True)
        return GOODBYE
