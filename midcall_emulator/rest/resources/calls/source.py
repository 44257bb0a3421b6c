"""The document of a new or redirected call: ``Url`` or ``Twiml``."""

from __future__ import annotations

from midcall_emulator.core.outcomes import Fetch, Inline, Source
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters import values


def document_source(request: Request) -> Source | None:
    """Return the document, or None if the request has none. ``Url`` takes precedence over ``Twiml``."""
    twiml, url = values.twiml(request), values.url(request, "Url", 21205)
    if url:
        return Fetch(url, values.method(request, "Method"))
    return Inline(twiml) if twiml else None
