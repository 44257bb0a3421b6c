"""Voice settings as parameters and as fields, the same for phone numbers and TwiML apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters.values import method, url

_url = partial(url, code=21502)
_PARAMETERS: dict[str, tuple[str, Callable[[Request, str], str]]] = {
    "VoiceUrl": ("url", _url),
    "VoiceMethod": ("method", method),
    "VoiceFallbackUrl": ("fallback_url", _url),
    "VoiceFallbackMethod": ("fallback_method", method),
    "StatusCallback": ("status_callback", _url),
    "StatusCallbackMethod": ("status_callback_method", method),
}


def changed(request: Request, voice: VoiceSettings) -> VoiceSettings:
    """Return the settings with the request's parameters. An empty value removes a URL."""
    values = {
        field: read(request, name) for name, (field, read) in _PARAMETERS.items() if name in request.params
    }
    return replace(voice, **values)


def fields(voice: VoiceSettings) -> dict[str, Any]:
    """Return the fields. An unset URL is null, as in the examples of Twilio's API description."""
    return {
        "voice_url": voice.url or None,
        "voice_method": voice.method,
        "voice_fallback_url": voice.fallback_url or None,
        "voice_fallback_method": voice.fallback_method,
        "status_callback": voice.status_callback or None,
        "status_callback_method": voice.status_callback_method,
    }
