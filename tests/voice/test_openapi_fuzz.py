"""Random requests made from the API document: every answer is documented and matches its schema."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, Twilio, settings
from voice import create_app

TWILIO_ERRORS = {502, 503, 504}
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class EmptyTwilio(BaseHTTPRequestHandler):
    """A Twilio without calls, which answers 404."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        body = json.dumps(
            {"code": 20404, "message": "The requested resource was not found", "status": 404}
        ).encode()
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app with a live and an ended call, and a Twilio without calls."""
    folder = tmp_path_factory.mktemp("openapi")
    (folder / "midcall.db").write_bytes(sqlite_template.read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyTwilio) as server:
        threading.Thread(target=server.serve_forever).start()
        configured = settings(
            TWILIO_API_URL=f"http://127.0.0.1:{server.server_port}", SPOOL_DIR=str(folder / "spool"),
            DATABASE_URL=f"sqlite:///{folder / 'midcall.db'}",
        )  # fmt: skip
        app = create_app(configured, dotenv=None)
        twilio = Twilio(app.test_client(), PUBLIC_URL)
        twilio.calls(LIVE)
        twilio.status(twilio.calls(ENDED), "completed")
        yield app
        server.shutdown()
        app.extensions["midcall"].close()


PARTS = 12  # so that a slow operation is visible
LIVE, ENDED = "CA" + "a" * 32, "CA" + "e" * 32


@pytest.fixture(scope="module")
def document(app: Flask) -> schemathesis.BaseSchema:
    """The document of the app, with the app itself as its server."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    document = app.test_client().get("/admin/openapi.json", headers=headers).json
    loaded = schemathesis.openapi.from_dict({**document, "servers": [{"url": "/"}]})
    loaded.app = app
    return loaded.exclude(operation_id=STREAMS)


STREAMS = ["events", "live_events"]  # they never end; test_feed.py covers them
BOUNDS = bounds(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)  # fmt: skip


def assert_answers_match(operation: schemathesis.APIOperation) -> None:
    """Assert the answers to random requests for one operation, half of them for known calls."""

    @BOUNDS
    @given(case=operation.as_strategy(), call_sid=st.sampled_from([LIVE, ENDED, None, None]))
    def answers(case: schemathesis.Case, call_sid: str | None) -> None:
        if call_sid and "call_sid" in (case.path_parameters or {}):
            case.path_parameters["call_sid"] = call_sid
        response = case.call(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        assert response.status_code < 500 or response.status_code in TWILIO_ERRORS, response.text
        case.validate_response(response, checks=CHECKS)

    answers()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_answers_match_the_document(document, part):
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) >= 11
    for operation in operations[part::PARTS]:
        assert_answers_match(operation)


def test_only_event_streams_are_left_out(document):
    paths = document.raw_schema["paths"].values()
    everything = {operation["operationId"] for path in paths for operation in path.values()}
    tried = {result.ok().definition.raw["operationId"] for result in document.get_all_operations()}
    assert everything - tried == set(STREAMS)
