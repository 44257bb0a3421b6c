"""The token of a preview stands for exactly one run, its arguments and its calls, for ten minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from tests.support.clients import settings
from voice.bulk import tokens
from voice.config import Config, load
from voice.errors import ArgumentsRefused, PreviewExpired
from voice.registry import BulkRun

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
RUN = BulkRun("a" * 16, "end", {"b": 1, "a": 2}, None, "ada", "previewed", 2, [], START)
CALLS = ["CA1", "CA2"]


@pytest.fixture(scope="module")
def config() -> Config:
    """Settings with a secret key."""
    return load(settings(), dotenv=None)


def test_a_token_names_its_run_and_matches_it(config):
    run_id, digest = tokens.read(config, tokens.create(config, RUN, CALLS))
    assert run_id == RUN.id
    assert tokens.matches(digest, RUN, CALLS)
    assert tokens.matches(digest, replace(RUN, arguments={"a": 2, "b": 1}), CALLS)


@pytest.mark.parametrize(
    ("run", "calls"),
    [
        (replace(RUN, id="b" * 16), CALLS),
        (replace(RUN, command="redirect"), CALLS),
        (replace(RUN, arguments={"b": 1}), CALLS),
        (RUN, ["CA1"]),
        (RUN, ["CA1", "CA2", "CA3"]),
        (RUN, ["CA2", "CA1"]),
        (RUN, []),
    ],
)
def test_a_token_does_not_match_another_run_arguments_or_calls(config, run, calls):
    _, digest = tokens.read(config, tokens.create(config, RUN, CALLS))
    assert not tokens.matches(digest, run, calls)


def test_a_token_is_valid_for_ten_minutes(config):
    assert tokens.expires_at(RUN) == START + timedelta(minutes=10)
    with freeze_time(START) as clock:
        token = tokens.create(config, RUN, CALLS)
        clock.tick(600)
        assert tokens.read(config, token)[0] == RUN.id
        clock.tick(1)
        with pytest.raises(PreviewExpired, match="Preview the run again"):
            tokens.read(config, token)


def test_a_token_of_another_key_or_purpose_is_refused(config):
    other = load(settings(SECRET_KEY="another secret of the tests"), dotenv=None)
    token = tokens.create(config, RUN, CALLS)
    foreign = tokens._signer(config).dumps("text"), tokens._signer(config).dumps([1, 2, 3])
    elsewhere = [
        type(tokens._signer(config))(config["SECRET_KEY"], **salt).dumps([RUN.id, "x"])
        for salt in ({}, {"salt": None}, {"salt": "session"})
    ]
    for given in (
        tokens.create(other, RUN, CALLS),
        token[:-1],
        f"{token}x",
        "",
        "x.y.z",
        *foreign,
        *elsewhere,
    ):
        with pytest.raises(ArgumentsRefused) as refused:
            tokens.read(config, given)
        assert [one["field"] for one in refused.value.fields] == ["token"]
