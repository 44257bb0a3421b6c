"""Rules: what is done to calls by itself. Each file here is one that is ready to be switched on.

Write one file here with one function under `@rule(...)`, and everything else follows from the catalogue.
"""

from __future__ import annotations

import sys

from voice.catalogue import Catalogue, read
from voice.rules.engine.rule import ReadyMade, RuleParams, Step, Then, When, rule

__all__ = ["ReadyMade", "RuleParams", "Step", "Then", "When", "all_rules", "rule"]


def all_rules() -> Catalogue[ReadyMade]:
    """The catalogue of rules that are ready to be switched on, by name."""
    return read(sys.modules[__name__], lambda thing: isinstance(thing, ReadyMade))
