"""The checks of a set-up, for `flask doctor` and the console."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from voice.config import ROOT
from voice.errors import MidcallError, TwilioRefused
from voice.events import now
from voice.registry.engine.private_files import open_to_others
from voice.services import Services
from voice.setting_values import SAFE_LENGTH, is_weak
from voice.setup.account_limits import account_limits
from voice.setup.finding import Finding
from voice.setup.numbers import check_numbers
from voice.setup.permissions import permissions

EXPIRES_SOON = timedelta(days=14)


def findings(services: Services, phone_numbers: tuple[str, ...]) -> Iterator[Finding]:
    """The results of all checks: settings, files, database, public URL, credentials, permissions, limits, numbers."""
    yield Finding("settings", _secrets(services))  # a missing or malformed setting has stopped the start
    yield Finding("files", _files(services))
    yield Finding("database", services.registry.problem())
    yield Finding("tokens", _expiring_tokens(services))
    yield Finding("public URL", _public_url(services))
    credentials = Finding("Twilio credentials", _credentials(services))
    yield credentials
    if credentials.to_do is None:
        yield from permissions(services)
        yield from account_limits(services.config)
    yield from check_numbers(services, phone_numbers)


def _secrets(services: Services) -> str | None:
    given = {name: services.config[name] for name in ("SECRET_KEY", "ADMIN_TOKEN")}
    short = [name for name, secret in given.items() if secret and is_weak(secret)]
    if not short:
        return None
    return f"{' and '.join(short)} can be guessed. Use at least {SAFE_LENGTH} random characters."


def _expiring_tokens(services: Services) -> str | None:
    try:
        tokens = services.registry.tokens.all()
    except MidcallError:
        return None  # the check of the database says why
    soon = now() + EXPIRES_SOON
    names = [one.name for one in tokens if one.state == "valid" and one.expires_at and one.expires_at < soon]
    if not names:
        return None
    return f"Expires within {EXPIRES_SOON.days} days: {', '.join(names)}. Make another one with `flask tokens make`."


def _files(services: Services) -> str | None:
    """Other users of the machine must not read calls, events and secrets."""
    found = open_to_others(
        [ROOT / ".env", *services.registry.database.files(), *_spool(services.config["SPOOL_DIR"])]
    )
    if not found:
        return None
    commands = "; ".join(f"chmod {mode} {shlex.quote(str(path))}" for mode, path in found)
    return f"Other users of this machine can read calls and secrets. Run: {commands}"


def _spool(folder: Path) -> list[Path]:
    return [folder, *(sorted(folder.iterdir()) if folder.is_dir() else ())]


def _public_url(services: Services) -> str | None:
    """Source of the rule for underscores: https://www.twilio.com/docs/voice/api/call-resource#create-a-call"""
    parts = urlsplit(services.config["PUBLIC_URL"])
    if services.config["TWILIO_API_URL"]:
        return None  # an emulator can reach every address of this machine
    if parts.scheme != "https":
        return "Twilio's requests are not encrypted. Set PUBLIC_URL to an https address."
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return "Twilio cannot reach this machine. Start a tunnel, and set PUBLIC_URL to its address."
    if "_" in (parts.hostname or ""):
        return "Twilio sends no callbacks to a host name with an underscore. Set PUBLIC_URL to another name."
    return None


def _credentials(services: Services) -> str | None:
    try:
        services.twilio.check_credentials()
    except TwilioRefused as error:
        return error.message
    except MidcallError as error:
        return f"{error.message} If it fails again, check TWILIO_ACCOUNT_SID and TWILIO_API_URL."
    return None
