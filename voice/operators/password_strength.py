"""Passwords that are easy to guess are refused. No other module uses zxcvbn.

NIST SP 800-63B compares a new password with commonly used ones, and demands no mixture of characters. zxcvbn has lists
of passwords, names and words, and finds variations of them, keyboard patterns, sequences and dates.
Source: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
"""

from __future__ import annotations

from collections.abc import Sequence

from voice.errors import Malformed

GUESSES_AT_LEAST = 10**8  # zxcvbn's score 3: safely unguessable behind a slow hash and limited attempts
MEASURED = 72  # zxcvbn takes no more characters; a longer password is at least as hard to guess as its start


def require_uncommon(password: str, about: Sequence[str]) -> None:
    """Raises Malformed if the password is easy to guess. `about`: words that a guesser would try, as the name."""
    from zxcvbn import zxcvbn  # its lists take 14 MB, which a process needs only when a password is set

    found = zxcvbn(password[:MEASURED], user_inputs=["midcall", *about])
    if found["guesses"] < GUESSES_AT_LEAST:
        raise Malformed(
            "Choose another password. This one is on lists of common passwords, or easy to guess. "
            "Several unrelated words are a good choice."
        )
