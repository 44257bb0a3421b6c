"""A person at the console, as a browser without JavaScript: a cookie, forms, the token that is in them."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clients import PUBLIC_URL

HOST = PUBLIC_URL.removeprefix("https://")
PASSWORD = "correct horse battery"


class Browser:
    """One browser. Everything that it sends comes from the app's own address, over https."""

    def __init__(self, app: Flask, address: str = "127.0.0.1"):
        self.app, self.client, self._address = app, app.test_client(), address

    def get(self, path: str, **more: Any) -> TestResponse:
        """A page, or with `/admin/…` the API."""
        return self._send("GET", path, **more)

    def post(
        self, path: str, form: dict[str, str] | None = None, token: str | None = "", **more: Any
    ) -> TestResponse:
        """A form, with the CSRF token of the last page unless `token` says otherwise (None for none)."""
        sent = dict(form or {})
        if token is not None:
            sent["csrf_token"] = token or self.token()
        return self._send("POST", path, data=sent, **more)

    def token(self) -> str:
        """The CSRF token that pages of this session carry."""
        page = self.get("/console/sign-in").text
        return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        """The form, filled in."""
        return self.post("/console/sign-in", {"name": name, "password": password}, **more)

    def is_signed_in(self) -> bool:
        """Whether a page is shown."""
        return self.get("/console/account").status_code == 200

    def cookie(self) -> str:
        """The session's cookie, as it would be stolen."""
        return self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], HOST).value

    def steal(self, cookie: str) -> Browser:
        """Use somebody's cookie."""
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie, domain=HOST, secure=True)
        return self

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        return self.client.open(
            path, method=method, base_url=PUBLIC_URL, headers=headers or {},
            environ_overrides={"REMOTE_ADDR": self._address}, **more,
        )  # fmt: skip
