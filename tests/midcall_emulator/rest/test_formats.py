"""The 2010 API answers XML where the path has no suffix, and CSV where it is .csv."""

from __future__ import annotations

import csv
import io
import urllib.error
import urllib.request
from base64 import b64encode
from xml.etree import ElementTree

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, TOKEN
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def ask(emulator_url: str, path: str, form: str | None = None) -> ElementTree.Element:
    """Return the XML of an answer, errors too."""
    url = f"{emulator_url}/2010-04-01/Accounts/{ACCOUNT}/{path}"
    headers = {"Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()}
    request = urllib.request.Request(url, form.encode() if form is not None else None, headers)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        assert answer.headers["Content-Type"].startswith("application/xml")
        return ElementTree.fromstring(answer.read())


def test_a_call_a_list_and_a_change(twilio: Emulator, app: ScriptedApp, emulator_url: str) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='60'/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    call = ask(emulator_url, f"Calls/{phone.sid}")
    assert (call.tag, call.findtext("Call/Sid"), call.findtext("Call/Status")) == (
        "TwilioResponse", phone.sid, "in-progress",
    )  # fmt: skip
    assert call.findtext("Call/SubresourceUris/Recordings", "").endswith("Recordings.json")
    calls = ask(emulator_url, "Calls?PageSize=5")
    assert calls.findtext("Calls/Call/Sid") == phone.sid
    assert calls.find("Calls").attrib["pagesize"] == "5"
    assert ask(emulator_url, f"Calls/{phone.sid}/Recordings", "").findtext("Recording/Channels") == "1"
    assert ask(emulator_url, f"Calls/{phone.sid}", "Status=completed").findtext("Call/Status") == "completed"


@pytest.mark.parametrize(("path", "code"), [("Calls/CA0", "20404"), ("Nothing", "20404")])
def test_an_error(twilio: Emulator, emulator_url: str, path: str, code: str) -> None:
    error = ask(emulator_url, path)
    assert (error.findtext("RestException/Code"), error.findtext("RestException/Status")) == (code, "404")


def test_a_table(twilio: Emulator, app: ScriptedApp, emulator_url: str) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phones = [twilio.dial(NUMBER), twilio.dial(NUMBER)]
    twilio.settle()
    base = f"{emulator_url}/2010-04-01/Accounts/{ACCOUNT}"
    token = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    def rows(path: str) -> list[dict[str, str]]:
        request = urllib.request.Request(base + path, headers={"Authorization": f"Basic {token}"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
            return list(csv.DictReader(io.StringIO(answer.read().decode())))

    listed = rows("/Calls.csv")
    assert [row["sid"] for row in listed] == [phone.sid for phone in reversed(phones)]
    assert (listed[0]["to"], listed[0]["parent_call_sid"]) == (NUMBER, "")
    assert rows(f"/Calls/{phones[0].sid}.csv")[0]["status"] == "in-progress"
    assert rows("/Conferences.csv") == []
