"""The path prefix of PUBLIC_URL, for a proxy that passes it on; one that strips it needs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

ROOTS = ("/voice/", "/admin/", "/console/", "/static/", "/healthz", "/readyz")


class PublicPrefix:
    """Moves the prefix from the path to SCRIPT_NAME where what remains is an address of ours."""

    def __init__(self, app: Callable[..., Iterable[bytes]], public_url: str):
        self._app = app
        self._prefix = urlsplit(public_url).path.rstrip("/")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        rest = path.removeprefix(self._prefix)
        if self._prefix and rest != path and rest.startswith(ROOTS):
            environ["SCRIPT_NAME"] = self._prefix
            environ["PATH_INFO"] = rest
        return self._app(environ, start_response)
