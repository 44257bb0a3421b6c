"""URLs in attributes: resolved against the running document, and the request for an ``action``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.urls import is_http_url


def resolve(run: Run, url: str) -> str | Problem:
    """Return ``url`` as an absolute URL; "" is the URL of the running document.

    A document that came over REST has no URL: 15004 for a relative URL in it, 11100 for ""
    (https://www.twilio.com/docs/api/errors/15004).
    """
    base = run.document.url
    try:
        if urlsplit(url).scheme:
            return url
        if base is not None:
            return _join(base, url) if url else base
    except ValueError:
        return Problem(11100, f"Invalid URL format: {url!r}", url)
    if url:
        return Problem(15004, f"Relative URL {url!r} in TwiML that was given over REST", url)
    return Problem(11100, "Invalid URL format: TwiML that was given over REST has no URL to go back to")


@lru_cache(1024)
def _join(base: str, url: str) -> str:
    return urljoin(base, url)


def optional_url(run: Run, verb: Verb, name: str) -> str:
    """Return the absolute URL of an attribute; "" if it is missing or, with a warning, cannot be resolved."""
    text = verb.get(name).strip()
    url = resolve(run, text) if text else ""
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return ""
    return url


def optional_fetch(run: Run, verb: Verb, name: str, method_name: str) -> Fetch | None:
    """Return the request for the URL of an attribute, None if there is no URL."""
    url = optional_url(run, verb, name)
    return Fetch(url, http_method(run, verb, method_name)) if url else None


def absolute_callback(run: Run, noun: Verb, name: str) -> str:
    """Return the URL of a callback that must be absolute; "" for a relative one, which is an error (11200)."""
    url = noun.get(name).strip()
    if url and not is_http_url(url):
        run.world.log.error(run.call, 11200, f"{noun.name}: {name} {url!r} must be absolute", url)
        return ""
    return url


def action_request(run: Run, verb: Verb, params: Mapping[str, str]) -> Fetch | Problem:
    """Return the request for the verb's ``action``; without one, it goes to the URL of the running document."""
    url = resolve(run, verb.get("action").strip())
    return url if isinstance(url, Problem) else Fetch(url, http_method(run, verb), params)


def optional_action(run: Run, verb: Verb, params: Mapping[str, str]) -> Fetch | Problem | None:
    """Return the request for the verb's ``action``, None if it has none: the next verb runs."""
    return action_request(run, verb, params) if verb.get("action").strip() else None
