"""Scenes whose callers key or say a secret: their URLs, as webhooks name them."""

from __future__ import annotations

from urllib.parse import urlsplit

from voice.web.guards import services


def keeps_secrets(url: str) -> bool:
    """True for the URL of a scene that is secret or unknown, and of the debugger, which repeats other webhooks."""
    if urlsplit(url).path.endswith("/voice/debugger"):
        return True
    name = urlsplit(url).path.partition("/voice/scenes/")[2]
    found = services().scenes.get(name)
    return bool(name) and (found is None or found.secret)
