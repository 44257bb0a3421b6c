"""The path prefix of PUBLIC_URL: taken off the path where a proxy passes it on, put before every link of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

ROOTS = ("/voice/", "/admin/", "/console/", "/static/", "/bootstrap/", "/healthz", "/readyz")


class PublicPrefix:
    """Makes the prefix SCRIPT_NAME, and takes it off the path where what remains is an address of ours."""

    def __init__(self, app: Callable[..., Iterable[bytes]], public_url: str):
        self._app = app
        self._prefix = urlsplit(public_url).path.rstrip("/")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._prefix:
            path = environ.get("PATH_INFO", "")
            rest = path.removeprefix(self._prefix)
            environ["SCRIPT_NAME"] = self._prefix
            environ["PATH_INFO"] = rest if rest.startswith(ROOTS) else path
        return self._app(environ, start_response)
