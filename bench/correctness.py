"""Proof that a contender does the job before the clock starts, and that it has lost nothing afterwards."""

import http.client
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.account import VOICE_PATH
from bench.contenders import Contender
from bench.signed_webhooks import Webhook, webhook

VERBS = ("Say", "Gather", "Redirect")


def faults(contender: Contender, port: int) -> list[str]:
    """What the contender does wrong, in sentences; empty if it can compete."""
    genuine = webhook()
    found = _faults_of_answer("a webhook", *_post(port, genuine))
    if contender.database is None:
        return found
    once = _stored(contender.database, genuine.call_sid)
    found += _faults_of_answer("a repeated webhook", *_post(port, genuine))
    twice = _stored(contender.database, genuine.call_sid)
    status, _ = _post(port, webhook(forged=True))
    found += [] if once == (1, 1) else ["stored {} calls and {} events instead of one each".format(*once)]
    found += (
        [] if twice == once else ["after a repeated webhook it has {} calls and {} events".format(*twice)]
    )
    found += [] if status == 403 else [f"a wrong signature was answered with {status} instead of 403"]
    return found


def lost(contender: Contender, answered: int) -> int:
    """The number of answered webhooks without a call or an event in the database; 0 if it stores nothing."""
    if contender.database is None:
        return 0
    calls = _count(contender.database, "SELECT count(*) FROM calls")
    events = _count(contender.database, "SELECT count(DISTINCT call_sid) FROM events")
    return max(0, answered - min(calls, events))


def _post(port: int, request: Webhook) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    connection.request("POST", VOICE_PATH, request.body, {"Host": "midcall.example.com", **request.headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def _faults_of_answer(request: str, status: int, body: bytes) -> list[str]:
    if status != 200:
        return [f"{request} was answered with {status}: {body[:200]!r}"]
    try:
        verbs = [element.tag for element in ET.fromstring(body).iter()]
    except ET.ParseError as error:
        return [f"the answer to {request} is not XML: {error}"]
    return [f"the answer to {request} has no <{verb}>" for verb in VERBS if verb not in verbs]


def _stored(database: Path, call_sid: str) -> tuple[int, int]:
    calls = _count(database, "SELECT count(*) FROM calls WHERE call_sid = ?", call_sid)
    events = _count(database, "SELECT count(*) FROM events WHERE call_sid = ?", call_sid)
    return calls, events


def _count(database: Path, query: str, *parameters: str) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(query, parameters).fetchone()[0])
    finally:
        connection.close()
