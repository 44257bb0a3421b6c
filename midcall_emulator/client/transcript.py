"""A call as text, for the message of a failed test."""

from __future__ import annotations

from typing import Any

_COMMON_PARAMETERS = frozenset(
    {"CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction"}
)
_RESPONSE_LINES = 20


def transcript(call: dict[str, Any]) -> str:
    """Return a call as text: what it heard, its requests to the app, and its warnings."""
    lines = [f"call {call['sid']} from {call['from']} to {call['to']}: {call['status']}, verb {call['verb']}"]
    lines += ["heard:", *(f"  {item['at']:8.2f}  {_heard(item)}" for item in call["heard"])]
    lines += ["requests:", *(line for item in call["requests"] for line in _request(item))]
    warnings = (f"  {item['at']:8.2f}  {item['code']} {item['message']}" for item in call["warnings"])
    return "\n".join([*lines, "warnings:", *warnings])


def _heard(item: dict[str, Any]) -> str:
    fields = ", ".join(f"{name}={value!r}" for name, value in item.items() if name not in ("at", "kind"))
    return f"{item['kind']}({fields})"


def _request(item: dict[str, Any]) -> list[str]:
    params = {
        name: value for name, value in item["params"].items() if value and name not in _COMMON_PARAMETERS
    }
    outcome = item["status"] or item["error"]
    response = (item["response"] or "").splitlines()[:_RESPONSE_LINES]
    return [
        f"  {item['at']:8.2f}  {item['kind']} {item['method']} {item['url']} -> {outcome}",
        f"            {params}",
        *(f"            | {line}" for line in response),
    ]
