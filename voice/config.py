"""The one table of settings, and the only reader of the environment.

The environment wins over `.env`; `.env` may refer to it as `${PORT:-8000}`. A setting that is missing or
malformed stops the start with one line that names it and shows an example. `flask docs` writes docs/settings.md from
this table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv.main import DotEnv

from voice.errors import SettingInvalid
from voice.setting_values import (
    LOOPBACK,
    SAFE_LENGTH,
    account_sid,
    allowed_hosts,
    caller_id,
    database_url,
    hosts,
    hours,
    http_url,
    is_weak,
    listen_address,
    numbers,
    one_of,
    tokens,
    within,
)  # fmt: skip

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = None
HOLD_MUSIC = (
    "http://com.twilio.sounds.music.s3.amazonaws.com/ClockworkWaltz.mp3"  # from Twilio's own playlist
)
SECONDS, SESSION_HOURS = within(float, 0.001, 86_400), within(float, 0.01, 720)
SECRETS = ("TOKEN", "KEY", "SECRET", "DATABASE_URL")  # parts of names whose values no message shows


@dataclass(frozen=True)
class Setting:
    """One row of the table. `default` is text, as in the environment; None means required."""

    name: str
    default: str | None
    parse: Callable[[str], Any]
    example: str
    meaning: str


SECTIONS: Mapping[str, tuple[Setting, ...]] = {
    "Twilio": (
        Setting("TWILIO_ACCOUNT_SID", REQUIRED, account_sid, "AC and 32 more characters", "Twilio account"),
        Setting("TWILIO_AUTH_TOKEN", REQUIRED, tokens, "one token, or several separated by commas",
                "Auth token. The first one signs in to REST; any of them validates a webhook, for rotation"),
        Setting("TWILIO_API_KEY", "", str, "SK and 32 more characters", "API key for REST, instead of the auth token"),
        Setting("TWILIO_API_SECRET", "", str, "the secret that Twilio showed with the key", "Secret of the API key"),
        Setting("TWILIO_API_URL", "", lambda text: text and http_url(text), "http://127.0.0.1:8001",
                "Base address of the REST API. Empty means Twilio; in development it is the emulator"),
    ),
    "Web": (
        Setting("PUBLIC_URL", REQUIRED, http_url, "https://calls.example.com or https://example.com/calls",
                "Address at which Twilio reaches the app, path prefix included"),
        Setting("SECRET_KEY", REQUIRED, str, "16 random characters or more", "Key that signs sessions"),
        Setting("ADMIN_TOKEN", "", str, "16 random characters or more",
                "Bearer token with the admin role, for scripts and the first start"),
        Setting("SESSION_IDLE_HOURS", "8", SESSION_HOURS, "a number of hours",
                "Hours without activity after which the console signs a person out"),
        Setting("SESSION_HOURS", "24", SESSION_HOURS, "a number of hours",
                "Hours after which a person signs in to the console again"),
        Setting("LISTEN_ADDRESS", "127.0.0.1", listen_address, "127.0.0.1 or 0.0.0.0",
                "Address that the web server listens on. 0.0.0.0 accepts connections from other machines"),
        Setting("ALLOWED_HOSTS", "", hosts, "calls.internal,10.0.0.5",
                "Hosts, beside the host of PUBLIC_URL and this machine, by which the console and the API are reached"),
        Setting("PORT", "8000", within(int, 1, 65_535), "a port number", "Port of the web server"),
        Setting("WEB_CONCURRENCY", "2", within(int, 1), "a number", "Number of web workers"),
        Setting("MAX_EVENT_STREAMS", "100", within(int, 1), "a number",
                "Open event streams per web worker; the web workers of a host share them, so two have twice as many"),
        Setting("LOG_LEVEL", "info", one_of("debug", "info", "warning", "error"), "debug, info, warning or error",
                "Level of the logs"),
        Setting("EMULATOR_PORT", "8001", within(int, 1, 65_535), "a port number", "Port of the emulator"),
    ),
    "Calls": (
        Setting("START_SCENE", "greeting", str, "the name of a scene", "Scene in which an incoming call starts"),
        Setting("NUMBERS", "", numbers, "+14155550100=greeting,+14155550101=voicemail",
                "Numbers that start in another scene"),
        Setting("COMPANY_NAME", "Midcall", str, "text", "Company name that callers hear"),
        Setting("OPENING_HOURS", "mon-sun 00:00-24:00", hours, "mon-fri 09:00-17:30",
                "Hours in which calls are connected"),
        Setting("TIMEZONE", "UTC", ZoneInfo, "Europe/Berlin", "Time zone of OPENING_HOURS"),
        Setting("TRANSFER_TO", "+14155550199", str, "+14155550199", "Number that the scene transfer dials by default"),
        Setting("HOLD_MUSIC", HOLD_MUSIC, http_url, "https://example.com/music.mp3",
                "Music on hold, and for a caller who waits in a conference"),
        Setting("CALLER_ID", "", caller_id, "+14155550100",
                "Number of the account that a transfer shows for callers without a number of their own: clients, "
                "SIP callers and withheld numbers. Empty means the number that was called"),
        Setting("MAX_CALL_SECONDS", "14400", within(int, 60, 86_400), "14400 or 86400",
                "Longest time limit of a call. More than four hours only if Twilio allows it for the account"),
        Setting("ALLOWED_REDIRECT_HOSTS", "", allowed_hosts, "flows.example.com,backup.example.com:8443,http://10.0.0.5:*",
                "Hosts, beside the host of PUBLIC_URL, for redirects, streams and URLs in TwiML: https on 443 unless "
                "an entry names a scheme or a port (* is any)"),
    ),
    "Storage and worker": (
        Setting("DATABASE_URL", f"sqlite:///{ROOT}/instance/midcall.db", database_url,
                "sqlite:///path/to/file.db or postgresql+psycopg://user:password@host/name",
                "Database of calls and events"),
        Setting("SPOOL_DIR", f"{ROOT}/instance/spool", Path, "a folder on a local disk",
                "Folder in which events wait while the database is unavailable"),
        Setting("SWEEP_AFTER_SECONDS", "45", SECONDS, "a number of seconds",
                "Seconds without a webhook after which the worker looks up a live call at Twilio"),
        Setting("BULK_AT_ONCE", "20", within(int, 1, 200), "a number up to 200",
                "Concurrent requests to Twilio for bulk runs. The worker reduces the number when Twilio returns 429"),
        Setting("BULK_PER_SECOND", "0", within(float, 0, 10_000), "a number",
                "Calls that a worker starts per second for bulk runs; 0 means no limit"),
        Setting("MISSED_PLANS", "report", one_of("run", "report"), "run or report",
                "What happens to a plan that did not run in time: it runs late, or it is only reported"),
        Setting("MISSED_AFTER_SECONDS", "300", SECONDS, "a number of seconds",
                "Delay after which a plan counts as missed"),
    ),
}  # fmt: skip
SETTINGS = tuple(setting for section in SECTIONS.values() for setting in section)


class Config(Mapping[str, Any]):
    """The settings of a process, read as `config["PUBLIC_URL"]`."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    __hash__ = object.__hash__  # hashable: a process has one configuration, and caches use it as a key
    __eq__ = object.__eq__


def load(overrides: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env") -> Config:
    """The settings from `overrides`, then the environment, then `.env`, then the defaults.

    Raises SettingInvalid with one line for the first setting that is missing or malformed.
    """
    from_file = DotEnv(dotenv, override=False).dict() if dotenv else {}
    given = {**from_file, **os.environ, **(overrides or {})}
    values = {setting.name: _value(setting, given.get(setting.name)) for setting in SETTINGS}
    _refuse_weak_secrets(values)
    if values["TWILIO_API_KEY"] and not values["TWILIO_API_SECRET"]:
        raise SettingInvalid("TWILIO_API_SECRET is not set. Set it to the secret of TWILIO_API_KEY.")
    return Config(values)


def _refuse_weak_secrets(values: Mapping[str, Any]) -> None:
    """Raise SettingInvalid for a secret that can be guessed. With an emulator on this machine, any secret will do."""
    if urlsplit(values["TWILIO_API_URL"]).hostname in LOOPBACK:
        return
    for name in ("SECRET_KEY", "ADMIN_TOKEN", "TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET"):
        given = values[name] if isinstance(values[name], tuple) else (values[name],)
        if any(secret and is_weak(secret) for secret in given):
            raise SettingInvalid(
                f"{name} can be guessed. Set it to {SAFE_LENGTH} random characters or more, "
                "or TWILIO_API_URL to an emulator on this machine."
            )


def load_or_exit() -> Config:
    """Like `load`, for an entry point: an invalid setting ends the process with its one line."""
    try:
        return load()
    except SettingInvalid as error:
        raise SystemExit(error.message) from None


def _value(setting: Setting, given: str | None) -> Any:
    text = given if given not in (None, "") else setting.default
    if text is None:
        raise SettingInvalid(f"{setting.name} is not set: {setting.meaning}. Example: {setting.example}")
    try:
        return setting.parse(text)
    except (ValueError, KeyError, OSError):
        secret = any(word in setting.name for word in SECRETS)
        shown = "the value is not shown" if secret else repr(text)
        raise SettingInvalid(f"{setting.name} is malformed: {shown}. Example: {setting.example}") from None
