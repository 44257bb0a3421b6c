"""The phone page: its files, their rules, and the routes that only the page uses."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from midcall_emulator.client import Emulator, EmulatorError
from midcall_emulator.control.actions.page import FOLDER
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
NAMES = sorted(path.name for path in FOLDER.iterdir())
CONTENTS = {path.name: path.read_text() for path in FOLDER.iterdir()}
CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


def fetch(url: str) -> tuple[str, Message]:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode(), answer.headers


def assert_security_headers(headers: Message) -> None:
    policy = {
        name: values
        for name, *values in (part.split() for part in headers["Content-Security-Policy"].split(";"))
    }
    assert policy["default-src"] == ["'none'"]
    for kind in ("script-src", "style-src", "connect-src", "img-src", "media-src"):
        assert policy[kind] == ["'self'"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_root_serves_the_page(emulator_url: str) -> None:
    body, headers = fetch(emulator_url + "/")
    assert body == CONTENTS["index.html"]
    assert headers["Content-Type"] == CONTENT_TYPES["html"]
    assert_security_headers(headers)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_has_its_content_type(emulator_url: str, name: str) -> None:
    body, headers = fetch(f"{emulator_url}/_emulator/page/{name}")
    assert body == CONTENTS[name]
    assert headers["Content-Type"] == CONTENT_TYPES[name.rpartition(".")[2]]
    assert_security_headers(headers)


@pytest.mark.parametrize("name", ["none.js", "..%2Fserver.py", "%2e%2e%2fserver.py", "page.css%00"])
def test_no_file_outside_the_folder_is_served(emulator_url: str, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{emulator_url}/_emulator/page/{name}")
    assert error.value.code == 404
    error.value.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_file_refers_to_another_host(name: str) -> None:
    loaded = r"""(?:src|href|from|import|url|fetch|action)\s*[=(]?\s*["'(`]\s*(?:https?:)?//"""
    assert not re.search(loaded, CONTENTS[name]), name
    assert "@import" not in CONTENTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_imported_file_exists(name: str) -> None:
    for other in re.findall(
        r"""(?:from |import )["']\./([^"']+)["']|_emulator/page/([\w.-]+)""", CONTENTS[name]
    ):
        assert "".join(other) in NAMES


def test_the_page_has_no_inline_script_or_style() -> None:
    page = CONTENTS["index.html"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_no_module_inserts_html(name: str) -> None:
    unsafe = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\("
    )
    assert not re.search(unsafe, CONTENTS[name])


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_modules_have_at_most_170_lines(name: str) -> None:
    assert len(CONTENTS[name].splitlines()) <= 170


def test_the_overview_has_account_numbers_clock_and_calls(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hello</Say><Gather/>")
    phone = twilio.dial(NUMBER, "+15005550001").hears("Hello")
    found = twilio.request("GET", "/overview")
    assert found["account"] == twilio.account
    assert found["numbers"][0]["phone_number"] == NUMBER
    assert found["numbers"][0]["voice_url"] == app.url("/start")
    assert found["clock"]["mode"] == "manual"
    assert found["calls_in_all"] == 1
    [call] = found["calls"]
    assert (call["sid"], call["status"], call["from"]) == (phone.sid, "in-progress", "+15005550001")
    assert found["last_event"] > 0


def test_the_overview_lists_the_newest_200_calls_first(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Reject/>")
    phones = [twilio.dial(NUMBER) for _ in range(203)]
    found = twilio.request("GET", "/overview")
    assert [call["sid"] for call in found["calls"]] == [phone.sid for phone in reversed(phones)][:200]
    assert found["calls_in_all"] == 203


def test_a_number_gets_a_voice_url(twilio: Emulator) -> None:
    number = twilio.request("PUT", "/numbers/%2B14155550100", {"voice_url": "http://127.0.0.1:9/voice"})
    assert number["voice_url"] == "http://127.0.0.1:9/voice"
    [owned] = twilio.rest("GET", "/IncomingPhoneNumbers.json")["incoming_phone_numbers"]
    assert owned["voice_url"] == "http://127.0.0.1:9/voice"


@pytest.mark.parametrize(
    ("number", "body", "status"),
    [
        ("%2B14155550100", {"voice_url": "localhost:8000"}, 400),
        ("%2B14155550100", {"voice_url": "javascript:alert(1)"}, 400),
        ("%2B14155550100", {}, 400),
        ("%2B19995550000", {"voice_url": ""}, 404),
    ],
)
def test_an_invalid_voice_url_or_number_is_refused(
    twilio: Emulator, number: str, body: dict[str, Any], status: int
) -> None:
    with pytest.raises(EmulatorError) as error:
        twilio.request("PUT", f"/numbers/{number}", body)
    assert error.value.status == status
