"""A call as text, for people who want to know why a test failed."""

from __future__ import annotations

from typing import Any

_STANDARD = frozenset({"CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction"})


def transcript(call: dict[str, Any]) -> str:
    """Return a call as text: what was heard, what was requested, what there was to complain about."""
    lines = [f"call {call['sid']} from {call['from']} to {call['to']}: {call['status']}, verb {call['verb']}"]
    lines += ["heard:"] + [f"  {item['at']:8.2f}  {_heard(item)}" for item in call["heard"]]
    lines += ["requests:"] + [line for item in call["requests"] for line in _request(item)]
    lines += ["warnings:"] + [
        f"  {item['at']:8.2f}  {item['code']} {item['message']}" for item in call["warnings"]
    ]
    return "\n".join(lines)


def _heard(item: dict[str, Any]) -> str:
    more = ", ".join(f"{name}={value!r}" for name, value in item.items() if name not in ("at", "kind"))
    return f"{item['kind']}({more})"


def _request(item: dict[str, Any]) -> list[str]:
    own = {name: value for name, value in item["params"].items() if value and name not in _STANDARD}
    head = f"  {item['at']:8.2f}  {item['kind']} {item['method']} {item['url']} -> {item['status'] or item['error']}"
    return [head, f"            {own}"] + [
        f"            | {line}" for line in (item["response"] or "").splitlines()[:20]
    ]
