"""Requests that may be repeated safely: the same one with the same IdempotencyKey has the same answer, and no effect
(https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from functools import wraps

from midcall_emulator.rest import Answer, Ask, Operation


def once(perform: Operation) -> Operation:
    """Perform a request with a key once; other parameters make another request of it."""

    @wraps(perform)
    def answer(ask: Ask) -> Answer:
        if not ask.get("IdempotencyKey"):
            return perform(ask)
        known = ask.world.rest.answers
        request = (ask.path, tuple(sorted(ask.params.items())))
        if request not in known:
            known[request] = perform(ask)
        return known[request]

    return answer
