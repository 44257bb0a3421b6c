"""Fixtures of the app, for all tests of `voice`."""

from tests.support.fixtures import *  # noqa: F403 (fixtures)
