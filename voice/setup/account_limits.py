"""What no API of Twilio tells about an account, and where a person can see it."""

from __future__ import annotations

from voice.config import Config
from voice.setup.finding import Finding

VOICE_SETTINGS = "https://console.twilio.com/us1/develop/voice/settings/general"


def account_limits(config: Config) -> list[Finding]:
    """The settings and limits of the account that decide which commands work."""
    return [Finding(what, look=look) for what, look in _LIMITS] + [
        Finding(
            "error webhook",
            look=f"In the Console's Debugger, set it to {config['PUBLIC_URL']}/voice/debugger.",
        )
    ]


_LIMITS = (
    (
        "calls at once",
        "A new account may have two or three (error 10004), and a supervisor or a guest is one more. "
        "Ask Twilio's support for the limit: https://www.twilio.com/docs/api/errors/10004",
    ),
    (
        "transcription",
        f"It needs the AI addendum (error 32655). See “Predictive and Generative AI” in {VOICE_SETTINGS}",
    ),
    (
        "forks of a call",
        "A call has four at once; a stream or a SIPREC session of both tracks counts twice: "
        "https://www.twilio.com/docs/voice/api/siprec",
    ),
    (
        "calls above four hours",
        "Twilio ends them unless it allows the account more. Then raise MAX_CALL_SECONDS: "
        "https://www.twilio.com/docs/voice/twiml/dial#timelimit",
    ),
)
