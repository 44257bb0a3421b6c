"""The phone page: its files, its rules, the routes it uses."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from midcall_emulator.client import Emulator, EmulatorError
from midcall_emulator.control.page import FOLDER
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
NAMES = sorted(path.name for path in FOLDER.iterdir())
TEXTS = {path.name: path.read_text() for path in FOLDER.iterdir()}
KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


def fetched(url: str) -> tuple[str, Message]:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode(), answer.headers


def assert_guarded(headers: Message) -> None:
    policy = {
        name: rest for name, *rest in (part.split() for part in headers["Content-Security-Policy"].split(";"))
    }
    assert policy["default-src"] == ["'none'"]
    for kind in ("script-src", "style-src", "connect-src", "img-src", "media-src"):
        assert policy[kind] == ["'self'"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_is_at_the_root(emulator_url: str) -> None:
    body, headers = fetched(emulator_url + "/")
    assert body == TEXTS["index.html"]
    assert headers["Content-Type"] == KINDS["html"]
    assert_guarded(headers)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_served_as_what_it_is(emulator_url: str, name: str) -> None:
    body, headers = fetched(f"{emulator_url}/_emulator/page/{name}")
    assert body == TEXTS[name]
    assert headers["Content-Type"] == KINDS[name.rpartition(".")[2]]
    assert_guarded(headers)


@pytest.mark.parametrize("name", ["none.js", "..%2Fserver.py", "%2e%2e%2fclient.py", "page.css%00"])
def test_nothing_but_its_files_is_served(emulator_url: str, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{emulator_url}/_emulator/page/{name}")
    assert error.value.code == 404
    error.value.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_file_from_another_host(name: str) -> None:
    loaded = r"""(?:src|href|from|import|url|fetch|action)\s*[=(]?\s*["'(`]\s*(?:https?:)?//"""
    assert not re.search(loaded, TEXTS[name]), name
    assert "@import" not in TEXTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_named_is_there(name: str) -> None:
    for other in re.findall(
        r"""(?:from |import )["']\./([^"']+)["']|_emulator/page/([\w.-]+)""", TEXTS[name]
    ):
        assert "".join(other) in NAMES


def test_no_script_and_no_style_in_the_page() -> None:
    page = TEXTS["index.html"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_nothing_is_put_in_as_html(name: str) -> None:
    wrong = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\("
    )
    assert not re.search(wrong, TEXTS[name])


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_modules_are_small(name: str) -> None:
    assert len(TEXTS[name].splitlines()) <= 170


def test_the_overview(twilio: Emulator, app: ScriptedApp) -> None:
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


def test_the_overview_has_the_newest_calls_first(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Reject/>")
    phones = [twilio.dial(NUMBER) for _ in range(203)]
    found = twilio.request("GET", "/overview")
    assert [call["sid"] for call in found["calls"]] == [phone.sid for phone in reversed(phones)][:200]
    assert found["calls_in_all"] == 203


def test_a_number_is_pointed_at_an_app(twilio: Emulator) -> None:
    set_to = twilio.request("PUT", "/numbers/%2B14155550100", {"voice_url": "http://127.0.0.1:9/voice"})
    assert set_to["voice_url"] == "http://127.0.0.1:9/voice"
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
def test_a_number_is_not_pointed_anywhere(
    twilio: Emulator, number: str, body: dict[str, Any], status: int
) -> None:
    with pytest.raises(EmulatorError) as error:
        twilio.request("PUT", f"/numbers/{number}", body)
    assert error.value.status == status
