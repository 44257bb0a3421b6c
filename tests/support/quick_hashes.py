"""Passwords of the tests are hashed with the least memory and time: a real hash takes 50 ms and 64 MiB by design."""

from __future__ import annotations

from argon2 import PasswordHasher

from voice.operators import passwords

passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
