"""The longest duration of a call that Midcall dials, where a rule sets one."""

from __future__ import annotations

from voice.control.call_services import CallServices


def call_limit_seconds(services: CallServices) -> int | None:
    """The lowest limit of the enabled ready-made rules that declare one (`call_limit`); None if there is none."""
    limits = []
    for stored in services.registry.rules.all():
        kind = services.rules.get(stored.ready_made or "")
        if stored.enabled and kind and kind.call_limit:
            limits.append(kind.call_limit(kind.params.model_validate(stored.params)))
    return min(limits, default=None)
