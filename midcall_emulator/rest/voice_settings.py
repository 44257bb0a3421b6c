"""Voice settings as parameters and as fields, the same for numbers and TwiML apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.rest import Ask, parameters

_url = partial(parameters.url, code=21502)
_PARAMETERS: dict[str, tuple[str, Callable[[Ask, str], str]]] = {
    "VoiceUrl": ("url", _url),
    "VoiceMethod": ("method", parameters.method),
    "VoiceFallbackUrl": ("fallback_url", _url),
    "VoiceFallbackMethod": ("fallback_method", parameters.method),
    "StatusCallback": ("status_callback", _url),
    "StatusCallbackMethod": ("status_callback_method", parameters.method),
}


def changed(ask: Ask, voice: VoiceSettings) -> VoiceSettings:
    """Return the settings with what the request gives; an empty value takes a URL away."""
    given = {field: check(ask, name) for name, (field, check) in _PARAMETERS.items() if name in ask.params}
    return replace(voice, **given)


def shown(voice: VoiceSettings) -> dict[str, Any]:
    """Return the fields; null for an unset URL, as in the examples of Twilio's API description."""
    return {
        "voice_url": voice.url or None,
        "voice_method": voice.method,
        "voice_fallback_url": voice.fallback_url or None,
        "voice_fallback_method": voice.fallback_method,
        "status_callback": voice.status_callback or None,
        "status_callback_method": voice.status_callback_method,
    }
