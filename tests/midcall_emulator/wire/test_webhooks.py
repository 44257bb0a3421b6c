"""Requests for a document: what is sent, what may come back, what goes wrong."""

from __future__ import annotations

import hashlib
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
STANDARD = {
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "Caller",
    "Called",
    "Direction",
    "CallStatus",
    "ApiVersion",
}


def run_call(twilio: Emulator, seconds: float = 60) -> Phone:
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(seconds)
    return phone


def configure_number(client: Client, **where: str) -> None:
    client.incoming_phone_numbers.list(phone_number=NUMBER)[0].update(**where)


def test_the_first_request_carries_the_standard_parameters(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phone = run_call(twilio)
    visit = app.visit("/start")
    assert visit.params.keys() >= STANDARD
    assert (
        visit.params
        | {
            "CallSid": phone.sid,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "From": "+15005550001",
            "Caller": "+15005550001",
            "To": NUMBER,
            "FromCity": "",
            "ApiVersion": "2010-04-01",
        }
        == visit.params
    )
    assert visit.headers["user-agent"] == "TwilioProxy/1.1"
    assert visit.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert len(visit.headers["i-twilio-idempotency-token"]) == 36
    assert (app.paths(), heard(phone), phone.status) == (["POST /start"], ["say(Hi)"], "completed")


def test_get_puts_the_parameters_into_the_query(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start?b=2&a=1"), voice_method="GET")
    run_call(twilio)
    visit = app.visit("/start")
    assert visit.method == "GET"
    assert visit.target.startswith("/start?b=2&a=1&CallSid=CA")
    assert visit.params.keys() >= STANDARD


def test_post_leaves_the_query_unchanged(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start?b=2&a=caf%C3%A9&u=https%3A%2F%2Fx"))
    run_call(twilio)
    assert app.visit("/start").target == "/start?b=2&a=caf%C3%A9&u=https%3A%2F%2Fx"
    assert "b" not in app.visit("/start").params


@pytest.mark.parametrize(
    "body", ["<Response/>", "<?xml version='1.0'?><Response></Response>", "\n <Response/>"]
)
def test_an_empty_document_answers_and_ends_the_call(twilio: Emulator, app: ScriptedApp, body: str) -> None:
    app.on("/start", Answer(body))
    phone = run_call(twilio, 0)
    call = phone.call
    assert (call["status"], call["heard"], call["warnings"]) == ("completed", [], [])
    assert call["answered_at"] is not None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("\n<?xml version='1.0'?><Response/>"), 12100),
        (Answer("Foobar"), 12100),
        (Answer(""), 12100),
        (Answer("<!DOCTYPE Response []><Response/>"), 12100),
        (Answer("<Response><Say>unclosed</Response>"), 12100),
        (Answer("<Reply><Say>no</Say></Reply>"), 12102),
        (Answer("{}", content_type="application/json"), 12300),
        (Answer("<Response/>", content_type=None), 11200),
        (Answer("<Response/>", status=500), 11200),
        (Answer("<Response/>", status=404), 11200),
        (Answer(drop=True), 11206),
        (Answer("<Response>" + " " * 65536 + "</Response>"), 11750),
    ],
)
def test_an_invalid_document_is_an_error_and_an_apology(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert warning_codes(phone) == [code]
    assert (heard(phone), phone.status, phone.call["duration_seconds"]) == (["apology"], "completed", 4)


def test_the_fallback_receives_error_code_and_url(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", "Foobar")
    app.on("/start", Answer("Foobar"))
    app.on("/fb", "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert app.paths() == ["POST /start", "POST /fb"]
    assert app.visit("/fb").params.keys() >= STANDARD
    assert app.visit("/fb").params["ErrorCode"] == "12100"
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/start")
    assert (heard(phone), phone.status) == (["say(Sorry)"], "completed")


def test_a_failing_fallback_ends_in_an_apology(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", Answer(status=500))
    app.on("/fb", Answer(status=500))
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start", "POST /fb"], ["apology"])


def test_a_failing_action_leads_to_the_fallback(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", Answer(status=500))
    app.on("/fb", "<Say>Sorry</Say>")
    phone = twilio.dial(NUMBER).press("1").hears("Sorry")
    assert app.paths() == ["POST /start", "POST /a", "POST /fb"]
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/a")
    assert heard(phone) == ["say(Sorry)"]


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


def test_an_error_status_is_not_retried_by_default(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer(status=503))
    run_call(twilio)
    assert app.paths() == ["POST /start"]


def test_the_fragment_controls_retries_and_is_never_sent(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url=app.url("/start#rc=2&rp=5xx&rt=2000"))
    app.on("/start", Answer(status=503), Answer(status=503), "<Say>Third</Say>")
    phone = run_call(twilio)
    assert heard(phone) == ["say(Third)"]
    assert [visit.target for visit in app.visits if visit.path == "/start"] == ["/start"] * 3
    assert (
        len({visit.headers["i-twilio-idempotency-token"] for visit in app.visits if visit.path == "/start"})
        == 1
    )


def test_a_read_timeout_is_an_error(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start#rt=100"))
    app.on("/start", Answer(wait=True))
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone), app.paths()) == ([11200], ["apology"], ["POST /start"])


def test_a_refused_connection_is_tried_twice(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url="http://127.0.0.1:9/dead", status_callback="")
    phone = run_call(twilio)
    assert warning_codes(phone) == [11205]
    assert [request["url"] for request in phone.requests] == ["http://127.0.0.1:9/dead"] * 2


@pytest.mark.parametrize("url", ["http://[nonsense/", "http://h:99999/", "mailto:a@b", "http:///x"])
def test_an_invalid_url_is_an_error(twilio: Emulator, app: ScriptedApp, url: str) -> None:
    app.on("/start", f"<Redirect>{url}</Redirect>")
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone), phone.status) == ([11100], ["apology"], "completed")


def test_a_redirect_becomes_a_get_without_the_form(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a/old" numDigits="1"/>')
    app.on("/a/old", Answer("", status=302, headers={"Location": "/b/new"}))
    app.on("/b/new", "<Redirect>next</Redirect>")
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert app.paths() == ["POST /start", "POST /a/old", "GET /b/new", "POST /b/next"]
    assert "Digits" in app.visit("/a/old").params
    assert "Digits" not in app.visit("/b/new").params
    assert app.visit("/b/new").params.keys() >= STANDARD


def test_too_many_redirects_are_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer("", status=301, headers={"Location": "/start"}))
    phone = run_call(twilio)
    assert warning_codes(phone) == [11215]
    assert len(app.paths()) == 11


def test_plain_text_is_said_unless_it_is_twiml(twilio: Emulator, app: ScriptedApp) -> None:
    app.on(
        "/start",
        Answer("hello", content_type="text/plain"),
        Answer("<Response><Say>A</Say></Response>", 200, "text/plain"),
    )
    assert heard(run_call(twilio)) == ["say(hello)"]
    assert heard(run_call(twilio)) == ["say(A)"]


def test_an_audio_response_is_played(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer(b"ID3", content_type="audio/mpeg"))
    assert heard(run_call(twilio)) == ["play(/start)"]


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


def test_unknown_elements_and_attributes_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<say>no</say><Sya>no</Sya><!-- c --><Say tone="x">yes</Say><Sms>q</Sms>')
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone)) == (["say(yes)"], [12200] * 4)


def test_misplaced_elements_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    app.on(
        "/start", "<Pause><Say>no</Say></Pause><Say>Yes<break/></Say><Gather timeout='1'><Hangup/></Gather>"
    )
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone)) == (["silence(1)", "say(Yes)"], [12200, 13320])


def test_a_number_without_voice_url_fails_the_call_without_requests(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url="")
    phone = run_call(twilio)
    assert (phone.status, app.paths(status=True)) == ("failed", [])


def test_a_redirect_loop_without_delay_is_stopped(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(max_documents_at_once=10)
    app.on("/start", "<Redirect>/start</Redirect>")
    phone = run_call(twilio)
    assert len(app.paths()) == 10
    assert (heard(phone), phone.status) == (["apology"], "completed")


@pytest.mark.parametrize(
    ("fragment", "first", "tries", "warnings"),
    [  # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
        ("#rp=5xx", 500, 2, []),
        ("#rp=4xx", 404, 2, []),
        ("#rp=4xx", 500, 1, []),
        ("#rp=all&rc=3", 500, 4, []),
        ("#rp=ct,5xx&rc=1", 500, 2, []),
        ("#rp=5xx&rc=0", 500, 1, []),
        ("#rp=rt", 500, 1, []),
        ("#rp=5xx&rc=6", 500, 2, [11243]),
        ("#rp=often", 500, 1, [11243]),
        ("#e=dublin,ashburn&sni=y", 500, 1, []),
        ("#e=mars", 500, 1, [11240]),
        ("#tt=" + "9" * 5000, 500, 1, [11240]),
        ("#ct=99&rt=x&tt=15001", 500, 1, [11240] * 3),
        ("#top", 500, 1, []),
    ],
)
def test_connection_overrides_control_retries(
    twilio: Emulator,
    app: ScriptedApp,
    client: Client,
    fragment: str,
    first: int,
    tries: int,
    warnings: list[int],
) -> None:
    configure_number(client, voice_url=app.url("/start" + fragment))
    app.on("/start", Answer(status=first))
    phone = run_call(twilio)
    assert app.paths() == ["POST /start"] * tries
    assert warning_codes(phone) == [*warnings, 11200]
    assert len({item["idempotency_token"] for item in phone.requests if "/start" in item["url"]}) == 1


def test_retry_count_zero_disables_the_second_try(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url="http://127.0.0.1:9/dead#rc=0", status_callback="")
    assert len(run_call(twilio).requests) == 1


def test_the_fallback_url_has_its_own_overrides(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(
        client, voice_url=app.url("/start#rc=2&rp=5xx"), voice_fallback_url=app.url("/fb#rc=1&rp=5xx")
    )
    app.on("/start", Answer(status=500))
    app.on("/fb", Answer(status=500), "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start"] * 3 + ["POST /fb"] * 2, ["say(Sorry)"])
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/start")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("<?xml version='1.1'?><Response/>"), 12101),
        (Answer("", headers={"Transfer-Encoding": "chunked"}), 11770),
        (Answer("<response/>"), 12102),
        (Answer("<Response>" + "<Say>" * 5000 + "</Say>" * 5000 + "</Response>"), 12100),
        (Answer("<Response/><Response/>"), 12100),
        (Answer("<Response><Say>a & b</Say></Response>"), 12100),
        (Answer("<Response/>", content_type="text/xml; charset=nonsense"), 12100),
        (Answer("<Response/>", content_type="image/png"), 12300),
        (Answer("<Response/>", content_type="application/x-www-form-urlencoded"), 12300),
        (Answer("<Response/>", status=410), 11200),
        (Answer("<Response>" + " " * (65536 - 20) + "</Response>"), 11750),
    ],
)
def test_a_malformed_response_is_an_error_and_an_apology(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone)) == ([code], ["apology"])
    assert phone.call["warnings"][0]["level"] == "error"


@pytest.mark.parametrize(
    ("line", "warnings"),
    [
        (Answer("<?xml version='1.0' encoding='UTF-8'?>\n<Response><Say>é</Say></Response>"), []),
        (Answer("\ufeff<?xml version='1.0'?><Response><Say>é</Say></Response>"), []),
        (
            Answer(
                "<?xml version='1.0' encoding='ISO-8859-1'?><Response><Say>é</Say></Response>".encode(
                    "latin-1"
                )
            ),
            [],
        ),
        (
            Answer(
                "<Response><Say>é</Say></Response>".encode("latin-1"), 200, "text/xml; charset=iso-8859-1"
            ),
            [],
        ),
        (Answer("  <Response><!-- one --><Say><!-- two --><![CDATA[é]]></Say><?php ?></Response>  "), []),
        (Answer("<Response><Say>&#233;</Say></Response>", content_type="application/xml"), []),
        (Answer("<Response><Say>\n  é \t</Say></Response>", content_type="text/html; charset=utf-8"), []),
        (Answer("<Response><Say>é</Say></Response>", status=201), []),
        (Answer("<Response><Say>é</Say></Response>" + " " * (65536 - 34)), []),
        (Answer("<Response><Say>é</Say> and so on</Response>"), [12200]),
        (Answer('<Response version="2"><Say>é</Say></Response>'), [12200]),
        (
            Answer(
                '<Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                'xsi:noNamespaceSchemaLocation="twiml.xsd"><Say>é</Say></Response>'
            ),
            [],
        ),
    ],
)
def test_readable_documents_run(
    twilio: Emulator, app: ScriptedApp, line: Answer, warnings: list[int]
) -> None:
    app.on("/start", line)
    phone = run_call(twilio)
    assert (heard(phone), warning_codes(phone), phone.status) == (["say(é)"], warnings, "completed")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Answer("", status=204), None),
        (Answer(""), None),
        (Answer("<Response/>"), None),
        (Answer("<Response><Say>Never heard</Say></Response>"), None),
        (Answer("ok", content_type="text/html"), 15003),
        (Answer("{}", content_type="application/json"), 15003),
        (Answer(status=404), 15003),
        (Answer(status=500), 15003),
        (Answer(drop=True), 15003),
    ],
)
def test_an_invalid_response_to_a_status_callback_is_a_warning(
    twilio: Emulator, app: ScriptedApp, line: Answer, code: int | None
) -> None:
    app.on("/start", "<Say>Hi</Say>")
    app.on("/status", line)
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone)) == ([code] if code else [], ["say(Hi)"])
    assert all(item["level"] == "warning" for item in phone.call["warnings"])


def test_a_status_callback_timeout_is_a_warning(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, status_callback=app.url("/status#rt=100"))
    app.on("/start", "<Say>Hi</Say>")
    app.on("/status", Answer(wait=True))
    assert warning_codes(run_call(twilio)) == [15002]


def test_ten_redirects_are_followed(twilio: Emulator, app: ScriptedApp) -> None:
    for step in range(10):
        app.on(f"/r{step}", Answer("", status=302, headers={"Location": f"/r{step + 1}"}))
    app.on("/start", "<Redirect>/r0</Redirect>")
    app.on("/r10", "<Say>There</Say>")
    phone = run_call(twilio)
    assert (heard(phone), app.paths()[-1]) == (["say(There)"], "GET /r10")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_status_becomes_a_get(twilio: Emulator, app: ScriptedApp, status: int) -> None:
    app.on("/start", Answer("", status=status, headers={"Location": "moved/here?x=1"}))
    app.on("/moved/here", "<Redirect>next</Redirect>")
    run_call(twilio)
    assert app.paths() == ["POST /start", "GET /moved/here", "POST /moved/next"]
    assert app.visit("/moved/here").params["x"] == "1"
    assert app.visit("/moved/here").params.keys() >= STANDARD


def test_the_fallback_works_with_get_and_after_a_failed_verb(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb?own=1"), voice_fallback_method="GET")
    app.on("/start", "<Say>Hi</Say><Redirect/>")
    app.on("/fb", "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start", "GET /fb"], ["say(Hi)", "say(Sorry)"])
    params = app.visit("/fb").params
    assert (params["own"], params["ErrorCode"], params["ErrorUrl"]) == ("1", "11100", app.url("/start"))
    assert params["CallStatus"] == "in-progress"


def test_later_requests_carry_no_digits(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", "<Redirect>/n</Redirect>")
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert not app.visit("/n").params.keys() & {"Digits", "FinishedOnKey", "msg"}


def test_carrier_parameters_are_sent_with_every_request(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", "<Redirect>/next</Redirect>")
    carrier = {"ForwardedFrom": "+15005550009", "CallerName": "ANN", "StirVerstat": "TN-Validation-Passed-A"}
    phone = twilio.dial(NUMBER, **carrier, FromCity="PARIS", CallSid="CA0", Direction="sideways")
    twilio.advance(5)
    for path in ("/start", "/next", "/status"):
        params = app.visit(path).params
        assert {name: params[name] for name in carrier} == carrier
        assert (params["FromCity"], params["ToCity"]) == ("PARIS", "")
        assert (params["CallSid"], params["Direction"]) == (phone.sid, "inbound")
    shown = client.calls(phone.sid).fetch()
    assert (shown.forwarded_from, shown.caller_name) == ("+15005550009", "ANN")


def test_optional_parameters_are_absent_by_default(twilio: Emulator, app: ScriptedApp) -> None:
    run_call(twilio)
    absent = {
        "ForwardedFrom",
        "CallerName",
        "StirVerstat",
        "ParentCallSid",
        "ApplicationSid",
        "AnsweredBy",
        "CallToken",
    }
    assert not app.visit("/start").params.keys() & absent


@pytest.mark.parametrize(
    "verb",
    [
        '<Dial action="/start">no number</Dial>',
        '<Dial action="/start"><Queue>none</Queue></Dial>',
        '<Dial action="/start"><Conference/></Dial>',
        '<Dial action="/start"><Conference participantLabel="a/b">x</Conference></Dial>',
        '<Enqueue action="/start"/>',
        '<Connect action="/start"><Stream url="ws://127.0.0.1:9/"/></Connect>',
        "<Redirect>/start</Redirect>",
    ],
)
def test_a_verb_loop_without_delay_is_stopped(twilio: Emulator, app: ScriptedApp, verb: str) -> None:
    twilio.switches(max_documents_at_once=5)
    app.on("/start", verb)
    phone = run_call(twilio)
    assert (app.paths().count("POST /start"), warning_codes(phone)[-1], heard(phone)[-1]) == (
        5,
        12400,
        "apology",
    )
