"""Updates of a call that Twilio says is not in progress: it has ended, or Twilio's API does not know its answer yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clients import ACCOUNT, new_call_sid, settings
from tests.support.recorded_calls import record_call
from tests.support.scripted_app import Answer, ScriptedApp
from voice import build_services
from voice.config import load
from voice.control.live_update import CATCH_UP_DELAYS, look_up, update_live
from voice.errors import CallNotFound, TwilioFailed, TwilioRefused, WrongState
from voice.services import Services

CALL = new_call_sid()
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"


@pytest.fixture
def server() -> Iterator[ScriptedApp]:
    """Twilio's API, with answers in turn."""
    with ScriptedApp("token") as server:
        yield server


@pytest.fixture
def services(sqlite_url, tmp_path, server) -> Iterator[Services]:
    """The services of an app whose Twilio is that server. The registry knows the call as live."""
    given = settings(
        DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=server.url("")
    )
    services = build_services(load(given, dotenv=None))
    record_call(services.registry, "in-progress", call_sid=CALL)
    yield services
    services.close()


def shows(status: str) -> Answer:
    """Twilio shows the call in this status."""
    return Answer(json.dumps({"sid": CALL, "status": status}), content_type="application/json")


def refuses(status: int = 400, code: int = 21220, message: str = "Call is not in-progress.") -> Answer:
    """Twilio refuses the request."""
    body = {"code": code, "message": message, "status": status}
    return Answer(json.dumps(body), status=status, content_type="application/json")


def methods(server: ScriptedApp) -> list[str]:
    """The methods of the requests, in order."""
    return [visit.method for visit in server.visits]


def test_an_update_is_one_request(services, server):
    server.on(PATH, shows("in-progress"))
    assert update_live(services, CALL, url="https://x/").status == "in-progress"
    assert [(visit.method, visit.params) for visit in server.visits] == [("POST", {"Url": "https://x/"})]


def test_the_update_of_a_call_that_has_ended_is_refused_and_the_end_is_recorded(services, server):
    server.on(PATH, refuses(), shows("completed"))
    with pytest.raises(WrongState, match="The call has ended") as refused:
        update_live(services, CALL, status="completed")
    assert (refused.value.twilio_code, methods(server)) == (21220, ["POST", "GET"])
    assert not services.registry.calls.get(CALL).live


def test_an_update_is_repeated_while_the_api_does_not_know_the_answer(services, server):
    server.on(PATH, refuses(), shows("ringing"), refuses(), shows("ringing"), shows("in-progress"))
    assert update_live(services, CALL, url="https://x/").status == "in-progress"
    assert methods(server) == ["POST", "GET", "POST", "GET", "POST"]
    assert services.registry.calls.get(CALL).live


def test_an_update_is_given_up_with_the_status_that_twilio_shows(services, server):
    server.on(PATH, *[refuses(), shows("ringing")] * 9)
    with pytest.raises(
        WrongState, match=r"The call is ringing. Twilio refused: The call is not in progress"
    ) as refused:
        update_live(services, CALL, url="https://x/")
    assert refused.value.twilio_code == 21220
    assert methods(server) == ["POST", "GET"] * (len(CATCH_UP_DELAYS) + 1)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(refuses(400, 21205), TwilioRefused), (refuses(500), TwilioFailed), (refuses(404), CallNotFound)],
)
def test_any_other_refusal_is_final(services, server, answer, kind):
    server.on(PATH, answer)
    with pytest.raises(kind):
        update_live(services, CALL, url="https://x/")
    assert methods(server) == ["POST"]


def looked_up(services: Services, server: ScriptedApp, answer: Answer) -> Any:
    """The status of the call in the registry, after a look-up with this answer."""
    server.on(PATH, answer)
    look_up(services, CALL)
    return services.registry.calls.get(CALL).status


def test_a_look_up_records_an_end_that_is_news(services, server):
    assert looked_up(services, server, shows("ringing")) == "in-progress"
    assert looked_up(services, server, shows("completed")) == "completed"
    assert looked_up(services, server, shows("in-progress")) == "completed"
    kinds = [event.kind for event in services.registry.events.of_call(CALL)]
    assert kinds == ["webhook.status", "twilio.answer"]


def test_a_call_that_twilio_does_not_know_has_ended_unless_another_server_answers(services, server):
    server.on(PATH, refuses(404, 0, "no such page"))
    with pytest.raises(CallNotFound):
        look_up(services, CALL)
    assert services.registry.calls.get(CALL).live
    server.on(PATH, refuses(404, 20404, "The requested resource was not found"))
    with pytest.raises(CallNotFound, match="does not know this call"):
        look_up(services, CALL)
    assert not services.registry.calls.get(CALL).live
