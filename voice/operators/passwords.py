"""Password hashes (argon2). No other module uses argon2.

One hash takes 50 ms and 64 MiB by design. Hashing runs in one thread beside the event loop, one password at a time,
so no webhook waits for it and a flood of attempts cannot fill the memory.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import monkey
from gevent.threadpool import ThreadPool

from voice.errors import Malformed
from voice.operators.password_strength import require_uncommon

Result = TypeVar("Result")

SHORTEST, LONGEST = 10, 1000
PROFILE = profiles.RFC_9106_LOW_MEMORY
_HASHER = PasswordHasher.from_parameters(PROFILE)


def hash_password(password: str, *about: str) -> str:
    """The hash to store. `about`: words that the password must not be made of, as the operator's name.

    Raises Malformed if the password is too short, too long, or easy to guess.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed(f"Choose a password of {SHORTEST} to {LONGEST:,} characters.")

    def work() -> str:
        require_uncommon(password, about)
        return _HASHER.hash(_normalize(password))

    return _beside_the_loop(work)


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether the whole password belongs to the hash. Without a hash this takes as long and returns False."""
    if len(password) > LONGEST:
        return False  # no stored password is as long
    return _beside_the_loop(lambda: _matches(password, password_hash))


def _matches(password: str, password_hash: str | None) -> bool:
    """Older releases hashed a password as it was typed, so that form is tried as well if it is another one."""
    known = password_hash or _decoy_hash()
    forms = dict.fromkeys((_normalize(password), password))
    return any(_verify(known, form) for form in forms) and password_hash is not None


def _verify(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _normalize(password: str) -> str:
    """One form of the same characters, whatever keyboard typed them."""
    return unicodedata.normalize("NFKC", password)


@cache
def _decoy_hash() -> str:
    return _HASHER.hash("no operator has this password")


def _beside_the_loop(work: Callable[[], Result]) -> Result:
    return _thread().apply(work) if monkey.is_module_patched("threading") else work()


@cache
def _thread() -> ThreadPool:
    return ThreadPool(1)
