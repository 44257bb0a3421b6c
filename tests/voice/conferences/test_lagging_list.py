"""Twilio's list of participants lags: what the callbacks have reported counts as well."""

from __future__ import annotations

import pytest

from voice.conferences.participants import Participant, _with_callbacks

RINGING, JOINED, HELD = (
    Participant("CA1", has_joined=False),
    Participant("CA1", has_joined=True),
    Participant("CA1", has_joined=True, on_hold=True),
)


@pytest.mark.parametrize(
    ("listed", "known", "both"),
    [(RINGING, None, RINGING), (RINGING, JOINED, JOINED), (JOINED, HELD, HELD), (HELD, JOINED, HELD)],
)
def test_a_participant_has_joined_or_is_on_hold_if_either_source_says_so(listed, known, both):
    assert _with_callbacks(listed, known) == both
