"""Idempotent operations (https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from functools import wraps

from midcall_emulator.rest.operation import Perform, Request
from midcall_emulator.rest.response import Response


def idempotent(perform: Perform) -> Perform:
    """Execute a request with an IdempotencyKey once; an identical request gets the same response.

    Requests with the same key and other parameters are different requests.
    """

    @wraps(perform)
    def perform_once(request: Request) -> Response:
        if not request.get("IdempotencyKey"):
            return perform(request)
        responses = request.world.rest.responses
        key = (request.path, tuple(sorted(request.params.items())))
        if key not in responses:
            responses[key] = perform(request)
        return responses[key]

    return perform_once
