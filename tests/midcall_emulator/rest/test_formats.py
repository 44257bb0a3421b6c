"""Formats of the 2010 API: XML for a path without suffix, CSV for ``.csv``."""

from __future__ import annotations

import csv
import io
import urllib.request

import pytest

from midcall_emulator.client import Emulator
from tests.support.rest_requests import BASE, authorization, xml_request
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def test_calls_are_listed_fetched_and_updated_as_xml(
    twilio: Emulator, app: ScriptedApp, emulator_url: str
) -> None:
    app.on("/start", "<Say>Hi</Say><Pause length='60'/>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    call = xml_request(emulator_url, f"Calls/{phone.sid}")
    assert (call.tag, call.findtext("Call/Sid"), call.findtext("Call/Status")) == (
        "TwilioResponse", phone.sid, "in-progress",
    )  # fmt: skip
    assert call.findtext("Call/SubresourceUris/Recordings", "").endswith("Recordings.json")
    calls = xml_request(emulator_url, "Calls?PageSize=5")
    assert calls.findtext("Calls/Call/Sid") == phone.sid
    assert calls.find("Calls").attrib["pagesize"] == "5"
    assert (
        xml_request(emulator_url, f"Calls/{phone.sid}/Recordings", "").findtext("Recording/Channels") == "1"
    )
    assert (
        xml_request(emulator_url, f"Calls/{phone.sid}", "Status=completed").findtext("Call/Status")
        == "completed"
    )


@pytest.mark.parametrize(("path", "code"), [("Calls/CA0", "20404"), ("Nothing", "20404")])
def test_errors_are_xml(twilio: Emulator, emulator_url: str, path: str, code: str) -> None:
    error = xml_request(emulator_url, path)
    assert (error.findtext("RestException/Code"), error.findtext("RestException/Status")) == (code, "404")


def test_lists_and_resources_are_available_as_csv(
    twilio: Emulator, app: ScriptedApp, emulator_url: str
) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phones = [twilio.dial(NUMBER), twilio.dial(NUMBER)]
    twilio.settle()

    def rows(path: str) -> list[dict[str, str]]:
        request = urllib.request.Request(emulator_url + BASE + path, headers=authorization())
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
            return list(csv.DictReader(io.StringIO(answer.read().decode())))

    listed = rows("/Calls.csv")
    assert [row["sid"] for row in listed] == [phone.sid for phone in reversed(phones)]
    assert (listed[0]["to"], listed[0]["parent_call_sid"]) == (NUMBER, "")
    assert rows(f"/Calls/{phones[0].sid}.csv")[0]["status"] == "in-progress"
    assert rows("/Conferences.csv") == []
