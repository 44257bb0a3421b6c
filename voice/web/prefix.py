"""The path prefix of PUBLIC_URL: removed from request paths if a proxy passes it on, added to every link."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ROOTS = ("/voice/", "/admin/", "/console/", "/static/", "/bootstrap/", "/healthz", "/readyz")


class PublicPrefix:
    """WSGI middleware. SCRIPT_NAME becomes the prefix, which leaves PATH_INFO if a path of this app remains."""

    def __init__(self, app: WSGIApplication, public_url: str):
        self._app = app
        self._prefix = urlsplit(public_url).path.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._prefix:
            path = environ.get("PATH_INFO", "")
            rest = path.removeprefix(self._prefix)
            environ["SCRIPT_NAME"] = self._prefix
            environ["PATH_INFO"] = rest if rest.startswith(ROOTS) else path
        return self._app(environ, start_response)
