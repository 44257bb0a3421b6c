"""The shapes of the API's answers, as JSON schemas for its document."""

from __future__ import annotations

from typing import Any


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


_TEXT, _MAYBE = {"type": "string"}, {"type": ["string", "null"]}
_NUMBER = {"type": ["integer", "null"]}
_ERROR = _object({"error": _object({"code": _TEXT, "message": _TEXT, "twilio_code": _NUMBER})})
_CALL = _object(
    {
        "call_sid": _TEXT, "parent_call_sid": _MAYBE, "direction": _MAYBE, "from": _MAYBE, "to": _MAYBE,
        "status": _TEXT, "scene": _MAYBE, "started_at": _TEXT, "answered_at": _MAYBE, "ended_at": _MAYBE,
        "duration_seconds": _NUMBER, "live": {"type": "boolean"},
    }
)  # fmt: skip
_COMMAND = _object(
    {
        "id": {"type": "integer"}, "call_sid": _MAYBE, "command": _TEXT, "arguments": {"type": "object"},
        "operator": _TEXT, "state": {"enum": ["requested", "accepted", "confirmed", "refused", "unconfirmed"]},
        "twilio_code": _NUMBER, "message": _MAYBE, "requested_at": _TEXT, "finished_at": _MAYBE,
    }
)  # fmt: skip
_EVENT = _object(
    {
        "id": {"type": "integer"}, "call_sid": _MAYBE, "kind": _TEXT, "at": _TEXT, "source": _TEXT,
        "details": {"type": "object"}, "command_id": _NUMBER,
    }
)  # fmt: skip
_PLAN = _object(
    {
        "id": {"type": "integer"}, "call_sid": _MAYBE, "command": _TEXT, "arguments": {"type": "object"},
        "operator": _TEXT, "due_at": _TEXT, "command_id": _NUMBER, "message": _MAYBE, "created_at": _TEXT,
        "state": {"enum": ["planned", "running", "run", "refused", "missed", "cancelled"]},
    }
)  # fmt: skip
_OUTCOMES = ("done", "refused", "already_ended", "unconfirmed", "cancelled", "left")
_PROGRESS = _object({name: {"type": "integer"} for name in _OUTCOMES})
_NEW = _object({"count": {"type": "integer"}, "call_sids": {"type": "array", "items": _TEXT}})
_BULK_RUN = _object(
    {
        "id": _TEXT, "command": _TEXT, "arguments": {"type": "object"}, "filters": {"type": ["object", "null"]},
        "operator": _TEXT, "state": {"enum": ["previewed", "queued", "running", "done", "cancelled"]},
        "count": {"type": "integer"}, "new_since_preview": _NEW, "created_at": _TEXT, "due_at": _MAYBE,
        "started_at": _MAYBE, "finished_at": _MAYBE,
    }
)  # fmt: skip
_BULK_RUN["properties"]["progress"] = _PROGRESS
_BULK_CALL = _object(
    {
        "call_sid": _TEXT, "from": _MAYBE, "to": _MAYBE, "outcome": {"enum": _OUTCOMES}, "state": _MAYBE,
        "error_code": _MAYBE, "twilio_code": _NUMBER, "message": _MAYBE, "command_id": _NUMBER,
    }
)  # fmt: skip
_STEP = _object(
    {"when": {"type": "object"}, "then": _object({"command": _TEXT, "arguments": {"type": "object"}})}
)
_RULE = _object(
    {
        "id": _NUMBER, "name": _TEXT, "title": _TEXT, "help": _TEXT, "enabled": {"type": "boolean"},
        "ready_made": _MAYBE, "params": {"type": "object"}, "schema": {"type": ["object", "null"]},
        "steps": {"type": "array", "items": _STEP}, "hits": {"type": "integer"}, "changed_by": _MAYBE,
        "changed_at": _MAYBE,
    }
)  # fmt: skip
COMPONENTS = {
    "Rule": _RULE,
    "BulkRun": _BULK_RUN,
    "BulkCall": _BULK_CALL,
    "Error": _ERROR,
    "Call": _CALL,
    "Command": _COMMAND,
    "Event": _EVENT,
    "Plan": _PLAN,
}
_TWILIO_CALL = {"type": "object", "description": "Twilio's Call resource", "required": ["sid", "status"]}
CALL, COMMAND, EVENT, PLAN = (
    {"$ref": f"#/components/schemas/{name}"} for name in ("Call", "Command", "Event", "Plan")
)
PLANNED = _object({"plan": PLAN})
RULE = {"$ref": "#/components/schemas/Rule"}
BULK_RUN, BULK_CALL = ({"$ref": f"#/components/schemas/{name}"} for name in ("BulkRun", "BulkCall"))
A_BULK_RUN = _object({"run": BULK_RUN})


def _list_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


ANSWERS: dict[str, dict[str, Any]] = {
    "calls": _object({"calls": _list_of(CALL), "next": _MAYBE}),
    "call": _object(
        {
            "call": {"anyOf": [CALL, _TWILIO_CALL]},
            "legs": _list_of(CALL),
            "would_drop": _list_of(_TEXT),
            "events": _list_of(EVENT),
            "commands": _list_of(COMMAND),
        }
    ),
    "twilio_calls": _object({"calls": _list_of(_TWILIO_CALL), "next": _MAYBE}),
    "recordings": _object(
        {"recordings": _list_of({"type": "object", "required": ["sid", "call_sid", "status", "media"]})}
    ),
    "emergency": _object({"emergency": {"type": ["object", "null"]}, "runs": _list_of({"type": "object"})}),
    "list_rules": _object({"rules": _list_of(RULE)}),
    "make_rule": _object({"rule": RULE}),
    "show_rule": _object({"rule": RULE}),
    "change_rule": _object({"rule": RULE}),
    "remove_rule": _object({"removed": _TEXT}),
    "preview_bulk": _object(
        {
            "token": _TEXT,
            "command": _TEXT,
            "arguments": {"type": "object"},
            "count": {"type": "integer"},
            "calls": _list_of(CALL),
            "unknown": _list_of(_TEXT),
            "expires_at": _TEXT,
            "would_drop": _list_of(_object({"call_sid": _TEXT, "drops": _list_of(CALL)})),
        }
    ),
    "start_bulk": A_BULK_RUN,
    "list_bulk": _object({"runs": _list_of(BULK_RUN)}),
    "show_bulk": A_BULK_RUN,
    "cancel_bulk": A_BULK_RUN,
    "report_bulk": _object({"run": BULK_RUN, "calls": _list_of(BULK_CALL), "next": _NUMBER}),
    "list_plans": _object({"plans": _list_of(PLAN), "next": _NUMBER}),
    "show_plan": PLANNED,
    "change_plan": PLANNED,
    "cancel_plan": PLANNED,
    "live_calls": _object(
        {
            "calls": _list_of(
                {"allOf": [CALL, _object({"place": _TEXT, "command": {"type": ["object", "null"]}})]}
            ),
            "next": _MAYBE,
            "after": {"type": "integer"},
        }
    ),
    "scenes": _object({"scenes": _list_of({"type": "object", "required": ["name", "title", "schema"]})}),
    "figures": _object(
        {
            "live": _list_of(_object({"at": _TEXT, "live": {"type": "integer"}})),
            "commands": _list_of(_object({"command": _TEXT, "state": _TEXT, "count": {"type": "integer"}})),
            "webhooks": _list_of(
                _object({"at": _TEXT} | {name: {"type": "integer"} for name in ("count", "p50_ms", "p99_ms")})
            ),
        }
    ),
    "commands": _object(
        {"commands": _list_of({"type": "object", "required": ["name", "title", "role", "schema"]})}
    ),
}
