"""Passwords: what is kept of them (argon2), and whether one fits. The only user of argon2.

Hashing takes a twentieth of a second and 64 MiB on purpose. It runs in one thread beside the event loop, one
at a time, so that no webhook waits for it and no flood of tries fills the memory.
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
_HASHER = PasswordHasher()  # RFC 9106, the profile for less memory


def kept(password: str) -> str:
    """What may be kept of a password. Raises Malformed for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed(f"a password should have {SHORTEST} to {LONGEST} characters")
    return _beside_the_loop(lambda: _HASHER.hash(password))


def fits(password: str, password_hash: str | None) -> bool:
    """True if it is the one that was kept. None, for nobody's password, takes as long and is False."""
    return _beside_the_loop(lambda: _fits(password[:LONGEST], password_hash))


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        return _HASHER.verify(password_hash or _nobodys(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


def _beside_the_loop(work: Callable[[], Result]) -> Result:
    return _thread().apply(work) if monkey.is_module_patched("threading") else work()


@cache
def _thread() -> ThreadPool:
    return ThreadPool(1)
