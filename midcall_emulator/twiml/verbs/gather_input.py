"""The input of a Gather: keys and speech collected so far, and the rules for what completes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from midcall_emulator.core.inputs import Input, Key, Speech


@dataclass(frozen=True, slots=True)
class InputRules:
    """What a Gather accepts, and what completes it. Times are virtual seconds."""

    dtmf: bool
    speech: bool
    timeout: float
    speech_timeout: float
    max_speech_time: float
    finish_key: str
    number_of_digits: int
    barge_in: bool
    action_on_empty: bool
    on_speech: Callable[[Speech], None]


@dataclass(slots=True)
class CollectedInput:
    """The input so far; it is complete at the virtual moment ``until`` at the latest."""

    digits: str = ""
    speech: str = ""
    finished_on: str = ""
    complete: bool = False
    until: float | None = None
    talks_until: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there is no input yet."""
        return not self.digits and not self.speech

    def add(self, item: Input, rules: InputRules, now: float) -> bool:
        """Add an input; return whether the rules accept it."""
        if isinstance(item, Key):
            return rules.dtmf and self._add_key(item.digit, rules, now)
        accepted = rules.speech and self._add_speech(item, rules, now)
        if accepted:
            rules.on_speech(item)
        return accepted

    def _add_key(self, digit: str, rules: InputRules, now: float) -> bool:
        """Add a key: it replaces speech that has not ended. Ended speech wins, and wins over the finish key too."""
        if self.speech and (now >= self.talks_until or digit == rules.finish_key):
            return False
        self.speech = ""
        if digit == rules.finish_key:
            self.finished_on, self.complete = digit, True
            return True
        self.digits += digit
        self.complete = len(self.digits) >= rules.number_of_digits
        self.until = now + rules.timeout
        return True

    def _add_speech(self, item: Speech, rules: InputRules, now: float) -> bool:
        if self.digits or not item.text.strip():
            return False
        self.speech = f"{self.speech} {item.text}".strip()
        self.talks_until = now + min(item.seconds, rules.max_speech_time)
        self.until = self.talks_until + rules.speech_timeout
        return True
