"""The vocabulary of TwiML: the verbs and nouns that the emulator performs, found in ``verbs/`` and ``nouns/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from midcall_emulator.core.discovery import instances_of
from midcall_emulator.twiml import nouns, verbs
from midcall_emulator.twiml.execution import SCHEMA_WARNING
from midcall_emulator.twiml.performers import Element
from midcall_emulator.twiml.verb_world import Kind


class Vocabulary:
    """Declared verbs and nouns, by kind and name."""

    def __init__(self, elements: Sequence[Element]) -> None:
        self.elements = elements
        self._by_kind: dict[type[Any], dict[str, Any]] = {}
        self._codes = {
            (element.name, attribute): code
            for element in elements
            for attribute, code in (element.attributes or {}).items()
        }

    def of(self, kind: type[Kind]) -> Mapping[str, Kind]:
        """Return the elements of a kind by name."""
        if kind not in self._by_kind:
            self._by_kind[kind] = {one.name: one for one in self.elements if isinstance(one, kind)}
        return self._by_kind[kind]

    def error_code(self, element: str, attribute: str) -> int:
        """Return Twilio's code for an invalid value of an attribute; 12200 if it has none of its own."""
        return self._codes.get((element, attribute), SCHEMA_WARNING)


@cache
def read_vocabulary() -> Vocabulary:
    """Read the vocabulary; a new module in ``verbs/`` or ``nouns/`` adds to it."""
    return Vocabulary([*instances_of(Element, verbs), *instances_of(Element, nouns)])
