"""What an operator's request asks for: its body, its key, and the command, at once or later."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from voice.control.base import CallCommand
from voice.control.runner import Runner
from voice.errors import Malformed, NotFound
from voice.plans.planner import Planner
from voice.plans.schedule import split
from voice.registry import CommandRecord, Plan
from voice.web.guards import operator, services

_NOT_TEXT = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")


def run(
    name: str, call_sid: str | None, given: dict[str, Any] | None = None, key: str | None = None
) -> CommandRecord | Plan:
    """Run the command with what is given, else the body's arguments; with `at` or `after_seconds` there, plan it.

    Raises NotFound, NotAllowed if the role does not reach that far, else as Runner and Planner do.
    """
    kind = services().commands.get(name)
    if kind is None or issubclass(kind, CallCommand) != (call_sid is not None):
        raise NotFound(f"there is no command {name[:64]!r}")
    operator().must_be(kind.role)
    arguments, when = split(body() if given is None else given)
    who, key = operator().name, key or idempotency_key()
    if when is None:
        return Runner(services()).run(name, arguments, who, call_sid, key)
    return Planner(services()).make(name, arguments, when, who, call_sid, key)


def shown(asked: CommandRecord | Plan) -> ResponseReturnValue:
    """The command; or the plan, with 202."""
    return ({"plan": asked.as_json()}, 202) if isinstance(asked, Plan) else asked.as_json()


def body() -> dict[str, Any]:
    """The JSON object of the request, empty if there is none. Raises Malformed."""
    if not request.get_data():
        return {}
    try:
        given = request.get_json(silent=True, force=True)
        text = json.dumps(given, ensure_ascii=False)
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    if not isinstance(given, dict):
        raise Malformed("the body should be a JSON object")
    if _NOT_TEXT.search(text):
        raise Malformed("the body holds NUL or half a surrogate pair, which is no text")
    return given


def idempotency_key() -> str | None:
    """The header, or None. Raises Malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise Malformed("Idempotency-Key should be 1 to 200 printable ASCII characters")
    return key
