"""Proves before the clock starts that a contender does the job, and afterwards that it lost nothing."""

import http.client
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.account import VOICE_PATH
from bench.contenders import Contender
from bench.signed import Webhook, webhook

VERBS = ("Say", "Gather", "Redirect")


def faults(contender: Contender, port: int) -> list[str]:
    """What the contender does wrong, in words; empty if it may compete."""
    genuine = webhook()
    found = _wrong_in_answer("a webhook", *_post(port, genuine))
    if contender.database is None:
        return found
    once = _stored(contender.database, genuine.call_sid)
    found += _wrong_in_answer("the same webhook again", *_post(port, genuine))
    twice = _stored(contender.database, genuine.call_sid)
    status, _ = _post(port, webhook(forged=True))
    found += [] if once == (1, 1) else ["stored {} calls and {} events, not one of each".format(*once)]
    found += [] if twice == once else ["told the same twice, it stored {} calls and {} events".format(*twice)]
    found += [] if status == 403 else [f"a wrong signature was answered with {status}, not 403"]
    return found


def lost(contender: Contender, answered: int) -> int:
    """How many answered webhooks have no call or no event in the database; 0 where nothing is stored."""
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


def _wrong_in_answer(what: str, status: int, body: bytes) -> list[str]:
    if status != 200:
        return [f"{what} was answered with {status}: {body[:200]!r}"]
    try:
        verbs = [element.tag for element in ET.fromstring(body).iter()]
    except ET.ParseError as error:
        return [f"{what} was answered with something that is not XML: {error}"]
    missing = [verb for verb in VERBS if verb not in verbs]
    return [f"{what} was answered without <{verb}>" for verb in missing]


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
