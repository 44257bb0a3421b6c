"""Fields that scenes and commands share: how text is spoken, and tones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.validation import Pattern

VoiceName = Annotated[
    str | None, Pattern(r"[\w.-]{1,64}", "Enter a voice like Polly.Joanna-Neural."), Field(title="Voice")
]
LANGUAGE = Pattern(r"[A-Za-z]{2,3}(-\w{1,8}){0,2}", "Enter a language like en-US.")
Language = Annotated[str | None, LANGUAGE, Field(title="Language")]
TONES = Pattern(r"[0-9A-D#*wW]{1,64}", "Enter up to 64 tones of 0-9, *, #, and A-D; w and W are pauses.")
