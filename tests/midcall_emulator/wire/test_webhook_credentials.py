"""Cookies and HTTP authentication of requests for a document, and TLS."""

from __future__ import annotations

import hashlib
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import configure_number, run_call
from tests.support.scripted_app import Answer, ScriptedApp


class _Ok(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("secure", "code"), [(True, 11237), (False, 11220)])
def test_an_untrusted_certificate_and_plain_http_on_tls_are_errors(
    twilio: Emulator, app: ScriptedApp, client: Client, secure: bool, code: int
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Ok)
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    configure_number(client, voice_url=f"https://127.0.0.1:{server.server_address[1]}/", status_callback="")
    assert warning_codes(run_call(twilio)) == [code]
    server.shutdown()
    server.server_close()
    thread.join()


def test_cookies_last_for_the_call(twilio: Emulator, app: ScriptedApp) -> None:
    app.on(
        "/start",
        Answer("<Response><Redirect>/next</Redirect></Response>", headers={"Set-Cookie": "seen=1; Path=/"}),
    )
    run_call(twilio)
    assert app.visit("/next").headers["cookie"] == "seen=1"
    run_call(twilio)
    assert "cookie" not in app.visit("/start").headers


def test_credentials_in_the_url_answer_a_challenge_and_are_not_signed(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url=app.url("/start").replace("http://", "http://user:pass@"))
    challenge = Answer("", status=401, headers={"WWW-Authenticate": 'Basic realm="app"'})
    app.on("/start", challenge, "<Say>In</Say>")
    assert heard(run_call(twilio)) == ["say(In)"]
    assert app.visit("/start").headers["authorization"] == "Basic dXNlcjpwYXNz"


def test_credentials_are_kept_for_the_call(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start").replace("http://", "http://user:p%40ss@"))
    challenge = Answer("", status=401, headers={"WWW-Authenticate": 'Basic realm="app"'})
    app.on("/start", challenge, "<Redirect>/next</Redirect>")
    app.on("/next", "<Say>In</Say>")
    assert heard(run_call(twilio)) == ["say(In)"]
    assert app.paths() == ["POST /start", "POST /start", "POST /next"]
    assert app.visit("/next").headers["authorization"] == "Basic dXNlcjpwQHNz"


def test_digest_credentials_are_computed_and_counted(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url=app.url("/start").replace("http://", "http://user:pass@"))
    asks = 'Digest realm="app", qop="auth", algorithm=MD5, nonce="5ccc069c403ebaf9f0171e9517f40e41"'
    app.on("/start", Answer("", status=401, headers={"WWW-Authenticate": asks}), "<Redirect>/next</Redirect>")
    app.on("/next", "<Say>In</Say>")
    assert heard(run_call(twilio)) == ["say(In)"]
    assert app.paths() == ["POST /start", "POST /start", "POST /next"]
    first, second = (dict(_fields(visit.headers["authorization"])) for visit in app.visits[1:3])
    assert (first["uri"], first["nc"], second["uri"], second["nc"]) == (
        "/start",
        "00000001",
        "/next",
        "00000002",
    )
    secret = md5("user:app:pass")
    expected = md5(f"{secret}:{first['nonce']}:00000001:{first['cnonce']}:auth:{md5('POST:/start')}")
    assert first["response"] == expected


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _fields(header: str) -> list[tuple[str, str]]:
    return re.findall(r'(\w+)="?([^",]+)"?', header.removeprefix("Digest "))


def test_wrong_credentials_are_an_error(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start").replace("http://", "http://user:wrong@"))
    app.on("/start", Answer("", status=401, headers={"WWW-Authenticate": 'Basic realm="app"'}))
    phone = run_call(twilio)
    assert (warning_codes(phone), app.paths()) == ([11200], ["POST /start"] * 2)
