"""The Twilio account of the load, and the environment of a server under test."""

import os

ACCOUNT_SID = "AC" + "b" * 32
AUTH_TOKEN = "bench-auth-token-0123456789abcdef"
ADMIN_TOKEN = "bench-admin-token-0123456789abcdef"
PUBLIC_URL = "https://midcall.example.com"
NUMBER = "+14155550100"

VOICE_PATH = "/voice/incoming"

SETTINGS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "PUBLIC_URL": PUBLIC_URL,
    "SECRET_KEY": "bench-secret-key-0123456789abcdef",
    "ADMIN_TOKEN": ADMIN_TOKEN,
    "START_SCENE": "menu",
}

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def environment(**settings: str) -> dict[str, str]:
    """The whole environment of a server under test. Settings in the shell do not reach it."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **SETTINGS, **settings}
