"""The peer in FastAPI: check the signature, store the call and the event, answer with TwiML."""

import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

PUBLIC_URL = os.environ["PUBLIC_URL"].rstrip("/")
SCENES = f"{PUBLIC_URL}/voice/scenes"
MENU = (
    "To speak to an agent, press 1 or say agent. For our opening hours, press 2 or say hours. "
    "To leave a message, press 3 or say message."
)
SCHEMA = Path(__file__).with_name("schema.sql").read_text()

SAVE_CALL = """
    INSERT INTO calls
        (call_sid, parent_call_sid, direction, from_number, to_number, status, scene, started_at, updated_at)
    VALUES (:call_sid, :parent_call_sid, :direction, :from_number, :to_number, :status, 'menu', :now, :now)
    ON CONFLICT (call_sid)
        DO UPDATE SET status = excluded.status, scene = excluded.scene, updated_at = excluded.updated_at
"""
SAVE_EVENT = """
    INSERT INTO events (call_sid, kind, params, dedupe_key, recorded_at)
    VALUES (:call_sid, 'webhook', :params, :dedupe_key, :now)
    ON CONFLICT (dedupe_key) DO NOTHING
"""


def open_database() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["DATABASE_FILE"])
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;"
        "PRAGMA cache_size = -16000; PRAGMA foreign_keys = ON;" + SCHEMA
    )
    return connection


database = open_database()
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
app = FastAPI(openapi_url=None)


async def signed_form(request: Request) -> FormData:
    form = await request.form()
    query = f"?{request.url.query}" if request.url.query else ""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(f"{PUBLIC_URL}{request.url.path}{query}", form, signature):
        raise HTTPException(403, "bad signature")
    return form


def store(form: FormData, token: str) -> None:
    """One short transaction on the event loop. A thread pool has the same rate for more processor time."""
    row = {
        "call_sid": form["CallSid"],
        "parent_call_sid": form.get("ParentCallSid"),
        "direction": form["Direction"],
        "from_number": form["From"],
        "to_number": form["To"],
        "status": form["CallStatus"],
        "params": json.dumps(dict(form)),
        "dedupe_key": token,
        "now": datetime.now(UTC).isoformat(),
    }
    with database:
        database.execute(SAVE_CALL, row)
        database.execute(SAVE_EVENT, row)


def menu() -> str:
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf speech", action=f"{SCENES}/choice?attempt=1", timeout=5, num_digits=1
    )
    gather.say(MENU)
    response.redirect(f"{SCENES}/menu?attempt=2")
    return str(response)


@app.post("/voice/incoming")
async def incoming(request: Request, form: Annotated[FormData, Depends(signed_form)]) -> Response:
    store(form, request.headers["I-Twilio-Idempotency-Token"])
    return Response(menu(), media_type="text/xml")
