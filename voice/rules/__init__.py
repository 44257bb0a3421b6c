"""Rules: automatic actions on calls. Each module defines one that is ready to be enabled.

To add a rule, write a module here with one function under `@rule(...)`.
"""

from __future__ import annotations

import sys

from voice.catalogue import Catalogue, read
from voice.rules.engine.condition import MAX_SECONDS, When
from voice.rules.engine.rule import ReadyMade, RuleParams, Step, Then, rule

__all__ = ["MAX_SECONDS", "ReadyMade", "RuleParams", "Step", "Then", "When", "all_rules", "rule"]


def all_rules() -> Catalogue[ReadyMade]:
    """The catalogue of ready-made rules, by name."""
    return read(sys.modules[__name__], lambda thing: isinstance(thing, ReadyMade))
