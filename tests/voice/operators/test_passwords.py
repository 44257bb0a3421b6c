"""Password hashes: what matches, and what does not although the hash of a decoy does."""

from __future__ import annotations

import pytest

from voice.errors import Malformed
from voice.operators import passwords

PASSWORD = "correct horse battery"
STRONG = "x7Kq9pLm2w-velvet moraine quarry"


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


@pytest.mark.parametrize("password", [STRONG[:9], (STRONG * 50)[:1001]])
def test_a_password_of_a_bad_length_is_refused(password):
    with pytest.raises(Malformed, match="10 to 1,000 characters"):
        passwords.hash_password(password)


@pytest.mark.parametrize("password", [STRONG[:10], (STRONG * 50)[:1000]])
def test_the_shortest_and_the_longest_password_are_accepted(password):
    assert passwords.matches(password, passwords.hash_password(password))


@pytest.mark.parametrize("length", [72, 200, 1000])
def test_no_password_is_cut(length):
    password = (STRONG * 50)[:length]
    known = passwords.hash_password(password)
    assert not passwords.matches(f"{password}x", known)
    assert not passwords.matches(password[:-1], known)


@pytest.mark.parametrize(
    "password",
    [
        "1234567890", "qwertyuiop", "password12", "Passw0rd2024!", "iloveyou123", "welcome2026!", "aaaaaaaaaaaa",
        "passwordpassword", "midcall2026", "abcdefghijkl", "1990-01-01", "angelina123",
    ],
)  # fmt: skip
def test_a_common_password_is_refused(password):
    with pytest.raises(Malformed, match="common passwords"):
        passwords.hash_password(password)


def test_words_about_the_operator_are_as_easy_to_guess_as_a_common_password():
    assert passwords.hash_password("zbigniew.x99")
    with pytest.raises(Malformed, match="easy to guess"):
        passwords.hash_password("zbigniew.x99", "zbigniew.x")


@pytest.mark.parametrize("password", [PASSWORD, STRONG[:12], "another battery"])
def test_an_uncommon_password_needs_no_mixture_of_characters(password):
    assert passwords.hash_password(password)


def test_the_same_characters_from_another_keyboard_match():
    composed, decomposed = "gr\u00fcne zebras tanzen", "gru\u0308ne zebras tanzen"
    assert passwords.matches(decomposed, passwords.hash_password(composed))
    assert passwords.matches(composed, passwords.hash_password(decomposed))


def test_a_password_that_an_older_release_hashed_as_typed_still_matches():
    decomposed = "gru\u0308ne zebras tanzen"
    assert passwords.matches(decomposed, passwords._HASHER.hash(decomposed))


def test_a_hash_costs_as_much_as_rfc_9106_recommends():
    assert (passwords.PROFILE.memory_cost, passwords.PROFILE.time_cost) == (64 * 1024, 3)
