"""Password hashes (argon2). No other module uses argon2.

One hash takes 50 ms and 64 MiB by design. Hashing runs in one thread beside the event loop, one password at a time,
so no webhook waits for it and a flood of attempts cannot fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import monkey
from gevent.threadpool import ThreadPool

from voice.errors import Malformed

Result = TypeVar("Result")

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()  # RFC 9106, the low-memory profile


def hash_password(password: str) -> str:
    """The hash to store. Raises Malformed if the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed(f"Choose a password of {SHORTEST} to {LONGEST} characters.")
    return _beside_the_loop(lambda: _HASHER.hash(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Return whether the password belongs to the hash. Without a hash this takes as long and returns False."""
    return _beside_the_loop(lambda: _matches(password[:LONGEST], password_hash))


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        return _HASHER.verify(password_hash or _decoy_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy_hash() -> str:
    return _HASHER.hash("no operator has this password")


def _beside_the_loop(work: Callable[[], Result]) -> Result:
    return _thread().apply(work) if monkey.is_module_patched("threading") else work()


@cache
def _thread() -> ThreadPool:
    return ThreadPool(1)
