"""Password hashes: what matches, and what does not although the hash of a decoy does."""

from __future__ import annotations

import pytest

from voice.errors import Malformed
from voice.operators import passwords

PASSWORD = "correct horse battery"


class AcceptsAll:
    """A hasher for which every password belongs to every hash, as the decoy's own password belongs to its hash."""

    def hash(self, password: str) -> str:
        """A hash of any form."""
        return f"hash of {password}"

    def verify(self, _known: str, _password: str) -> bool:
        """Accept it."""
        return True


def test_a_password_matches_only_its_own_hash():
    known = passwords.hash_password(PASSWORD)
    assert passwords.matches(PASSWORD, known)
    for other in ("", PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper()):
        assert not passwords.matches(other, known), other


def test_no_password_matches_an_operator_without_one(monkeypatch):
    passwords._decoy_hash.cache_clear()
    monkeypatch.setattr(passwords, "_HASHER", AcceptsAll())
    assert passwords.matches("any password", "its hash")
    assert not passwords.matches("any password", None)
    monkeypatch.undo()
    passwords._decoy_hash.cache_clear()


@pytest.mark.parametrize("damaged", ["", "x", "$argon2id$v=19$m=65536,t=3,p=4$", PASSWORD])
def test_a_damaged_hash_matches_nothing(damaged):
    assert not passwords.matches(PASSWORD, damaged)


@pytest.mark.parametrize("length", [9, 201])
def test_a_password_of_a_bad_length_is_refused(length):
    with pytest.raises(Malformed, match="10 to 200 characters"):
        passwords.hash_password("x" * length)


@pytest.mark.parametrize("length", [10, 200])
def test_the_shortest_and_the_longest_password_are_accepted(length):
    assert passwords.matches("x" * length, passwords.hash_password("x" * length))
