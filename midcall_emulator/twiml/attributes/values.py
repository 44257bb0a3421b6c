"""Values of attributes: an invalid value is a warning on the call, and the default is used instead.

The warning has the code that the element declares for the attribute (https://www.twilio.com/docs/api/errors).
"""

from __future__ import annotations

import re

from midcall_emulator.core.digits import number_in
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

UNLIMITED = 10**9


def warn_invalid(run: Run, verb: Verb, name: str, used: object) -> None:
    """Warn about the value of an attribute, and name the value that is used instead."""
    code = run.world.vocabulary.error_code(verb.name, name)
    run.warn(code, f"{verb.name}: Invalid {name} value {verb.get(name)!r}; {used} is used")


def whole_number(run: Run, verb: Verb, name: str, default: int, low: int = 0, high: int = UNLIMITED) -> int:
    """Return a whole number from ``low`` to ``high``, or the default."""
    number = number_in(verb.get(name, str(default)).strip(), low, high)
    if number is None:
        warn_invalid(run, verb, name, default)
    return default if number is None else number


def boolean(run: Run, verb: Verb, name: str, default: bool = False) -> bool:
    """Return ``true`` or ``false`` in any case of letters, or the default."""
    if verb.get(name, "true").strip().lower() not in ("true", "false"):
        warn_invalid(run, verb, name, str(default).lower())
        return default
    return verb.is_true(name, default)


def choice(run: Run, verb: Verb, name: str, default: str, *others: str) -> str:
    """Return one of the values, which are case-sensitive, or the default."""
    text = verb.get(name, default).strip()
    if text in (default, *others):
        return text
    warn_invalid(run, verb, name, default)
    return default


def matching(run: Run, verb: Verb, name: str, default: str, pattern: str) -> str:
    """Return a value that matches the regular expression, or the default."""
    text = verb.get(name, default)
    if re.fullmatch(pattern, text):
        return text
    warn_invalid(run, verb, name, repr(default))
    return default


def http_method(run: Run, verb: Verb, name: str = "method") -> str:
    """Return GET or POST; the default is POST."""
    text = verb.get(name, "POST").strip().upper()
    if text in ("GET", "POST"):
        return text
    warn_invalid(run, verb, name, "POST")
    return "POST"
