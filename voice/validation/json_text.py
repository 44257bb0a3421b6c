"""Strict JSON, and the values that both databases can store and every answer can show.

Python's own reader accepts `NaN`, `Infinity` and half of a surrogate pair. Each makes an answer that contains it
unreadable for its clients, and PostgreSQL refuses NUL in text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from voice.errors import Malformed

MOST_LEVELS = 32  # of arrays and objects in one another
MOST_CHARACTERS = 512 * 1024
_NOT_TEXT = re.compile(r"[\ud800-\udfff\0]")


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text. Raises Malformed, with a message that says what to send instead."""
    if len(text) > MOST_CHARACTERS:
        raise Malformed(f"Send at most {MOST_CHARACTERS:,} characters of JSON.")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise Malformed("Send a flatter JSON value; this one is nested too deeply.") from None
    except ValueError:
        raise Malformed("Send valid JSON.") from None
    problem = storage_problem(value)
    if problem:
        raise Malformed(problem)
    return value


def storage_problem(value: Any, levels: int = MOST_LEVELS) -> str | None:
    """Why a value cannot be stored and shown, as a sentence that says what to do; None if it can be."""
    if isinstance(value, str):
        return _text_problem(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "Enter a number; NaN and Infinity are not JSON."
    if not isinstance(value, dict | list | tuple):
        return None
    if not levels:
        return f"Use at most {MOST_LEVELS} levels of arrays and objects."
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((found for part in parts if (found := storage_problem(part, levels - 1))), None)


def _text_problem(text: str) -> str | None:
    found = _NOT_TEXT.search(text)
    if found is None:
        return None
    return (
        "Remove the NUL character." if found[0] == "\0" else "Remove half of a surrogate pair from the text."
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
