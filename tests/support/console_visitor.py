"""A visitor of the console with a browser without JavaScript: it keeps cookies and sends forms with their token."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.clients import PUBLIC_URL

HOST = PUBLIC_URL.removeprefix("https://")
PASSWORD = "correct horse battery"


class Browser:
    """One browser. It sends every request over HTTPS from the app's own origin."""

    def __init__(self, app: Flask, address: str = "127.0.0.1"):
        self.app, self.client, self._address = app, app.test_client(), address

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page, or with `/admin/…` an API route."""
        return self.send("GET", path, **more)

    def post(
        self, path: str, form: dict[str, str] | None = None, token: str | None = "", **more: Any
    ) -> TestResponse:
        """Send a form with the session's CSRF token, with `token` instead, or with None without a token."""
        fields = dict(form or {})
        if token is not None:
            fields["csrf_token"] = token or self.token()
        return self.send("POST", path, data=fields, **more)

    def token(self) -> str:
        """The CSRF token in the pages of this session."""
        page = self.get("/console/sign-in").text
        return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        """Send the sign-in form."""
        return self.post("/console/sign-in", {"name": name, "password": password}, **more)

    def is_signed_in(self) -> bool:
        """Whether the account page opens."""
        return self.get("/console/account").status_code == 200

    def cookie(self) -> str:
        """The session cookie."""
        return self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], HOST).value

    def use_cookie(self, cookie: str) -> Browser:
        """Use the session cookie of another browser."""
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie, domain=HOST, secure=True)
        return self

    def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """Send any request."""
        return self.client.open(
            path, method=method, base_url=PUBLIC_URL, headers=headers or {},
            environ_overrides={"REMOTE_ADDR": self._address}, **more,
        )  # fmt: skip


def text_of(page: str) -> str:
    """The visible text of a page, white space collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
