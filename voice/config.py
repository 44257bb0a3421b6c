"""The one table of settings, and the only reader of the environment.

The environment wins over `.env`; `.env` may refer to it as `${PORT:-8000}`. A setting that is missing or
malformed stops the start with one line that names it and says what it should look like.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dotenv.main import DotEnv

from voice.errors import SettingInvalid
from voice.setting_values import (
    account_sid,
    database_url,
    hosts,
    hours,
    http_url,
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
HOLD_SECRETS = ("TOKEN", "KEY", "SECRET", "DATABASE_URL")  # settings whose value no message repeats


@dataclass(frozen=True)
class Setting:
    """One row of the table; `default` is text as it would stand in the environment, None means required."""

    name: str
    default: str | None
    parse: Callable[[str], Any]
    looks_like: str
    meaning: str


SETTINGS = (
    Setting("TWILIO_ACCOUNT_SID", REQUIRED, account_sid, "AC and 32 more characters", "the Twilio account"),
    Setting("TWILIO_AUTH_TOKEN", REQUIRED, tokens, "one token, or several with commas between them",
            "the first signs in, any of them validates a webhook (rotation)"),
    Setting("TWILIO_API_KEY", "", str, "SK and 32 more characters", "signs in to REST instead of the token"),
    Setting("TWILIO_API_SECRET", "", str, "the secret that came with the key", "goes with TWILIO_API_KEY"),
    Setting("TWILIO_API_URL", "", lambda text: text and http_url(text), "http://127.0.0.1:8001",
            "base address of the REST API; empty is Twilio's own, the emulator's in development"),
    Setting("PUBLIC_URL", REQUIRED, http_url, "https://calls.example.com or https://example.com/calls",
            "the address at which Twilio reaches the app, path prefix included"),
    Setting("DATABASE_URL", f"sqlite:///{ROOT}/instance/midcall.db", database_url,
            "sqlite:///path/to/file.db or postgresql+psycopg://user:password@host/name",
            "where calls and events are kept; a SQLite file under instance/ unless told otherwise"),
    Setting("SECRET_KEY", REQUIRED, str, "16 random characters or more", "signs sessions"),
    Setting("ADMIN_TOKEN", "", str, "16 random characters or more",
            "a bearer token with the admin role: for scripts and first start"),
    Setting("SESSION_IDLE_HOURS", "8", SESSION_HOURS, "a number of hours",
            "who does nothing in the console for longer is signed out"),
    Setting("SESSION_HOURS", "24", SESSION_HOURS, "a number of hours",
            "who signed in to the console longer ago has to do so again"),
    Setting("PORT", "8000", within(int, 1, 65_535), "a port number", "the web server's port"),
    Setting("WEB_CONCURRENCY", "2", within(int, 1), "a number", "web workers"),
    Setting("LOG_LEVEL", "info", one_of("debug", "info", "warning", "error"), "debug, info, warning or error",
            "how much the processes tell"),
    Setting("EMULATOR_PORT", "8001", within(int, 1, 65_535), "a port number", "the emulator's port"),
    Setting("START_SCENE", "greeting", str, "the name of a scene", "where an incoming call starts"),
    Setting("NUMBERS", "", numbers, "+14155550100=greeting,+14155550101=voicemail",
            "numbers that start in another scene"),
    Setting("COMPANY_NAME", "Midcall", str, "what the greeting says", "the name callers hear"),
    Setting("OPENING_HOURS", "mon-sun 00:00-24:00", hours, "mon-fri 09:00-17:30", "when calls are put through"),
    Setting("TIMEZONE", "UTC", ZoneInfo, "Europe/Berlin", "the zone of OPENING_HOURS"),
    Setting("TRANSFER_TO", "+14155550199", str, "+14155550199", "the number that `transfer` dials unless told"),
    Setting("HOLD_MUSIC", HOLD_MUSIC, http_url, "https://example.com/music.mp3",
            "what is heard on hold, and by who is alone in a room"),
    Setting("ALLOWED_REDIRECT_HOSTS", "", hosts, "flows.example.com,backup.example.com",
            "hosts beside PUBLIC_URL's own to which a call may be redirected"),
    Setting("SWEEP_AFTER_SECONDS", "45", SECONDS, "a number of seconds",
            "a live call that was quiet for longer is looked up at Twilio"),
    Setting("BULK_AT_ONCE", "20", within(int, 1, 200), "a number up to 200",
            "requests to Twilio that a worker makes at once for bulk runs; fewer by itself when Twilio says 429"),
    Setting("BULK_PER_SECOND", "0", within(float, 0, 10_000), "a number; 0 is no bound",
            "calls that a worker begins in a second for bulk runs"),
    Setting("MISSED_PLANS", "report", one_of("run", "report"), "run or report",
            "what becomes of a planned command that nobody ran in time: it is run late, or only reported"),
    Setting("MISSED_AFTER_SECONDS", "300", SECONDS, "a number of seconds",
            "a planned command that is later than this was missed"),
    Setting("MAX_EVENT_STREAMS", "100", within(int, 1), "a number", "open event streams per web worker"),
    Setting("SPOOL_DIR", f"{ROOT}/instance/spool", Path, "a folder on local disk",
            "where events wait while the database cannot take them"),
)  # fmt: skip


class Config(Mapping[str, Any]):
    """The settings of one run, read as `config["PUBLIC_URL"]`."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    __hash__ = object.__hash__  # one run has one configuration, so that it can be the key of what is kept
    __eq__ = object.__eq__


def load(overrides: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env") -> Config:
    """The settings from `overrides`, then the environment, then `.env`, then the defaults.

    Raises SettingInvalid with one line for the first setting that is missing or malformed.
    """
    from_file = DotEnv(dotenv, override=False).dict() if dotenv else {}
    given = {**from_file, **os.environ, **(overrides or {})}
    values = {setting.name: _value(setting, given.get(setting.name)) for setting in SETTINGS}
    if values["TWILIO_API_KEY"] and not values["TWILIO_API_SECRET"]:
        raise SettingInvalid("TWILIO_API_SECRET is not set: it goes with TWILIO_API_KEY, which is")
    return Config(values)


def load_or_exit() -> Config:
    """`load` for an entry point: a setting that is wrong ends the process with its one line."""
    try:
        return load()
    except SettingInvalid as error:
        raise SystemExit(error.message) from None


def _value(setting: Setting, given: str | None) -> Any:
    text = given if given not in (None, "") else setting.default
    if text is None:
        raise SettingInvalid(
            f"{setting.name} is not set: {setting.meaning}. It looks like: {setting.looks_like}"
        )
    try:
        return setting.parse(text)
    except (ValueError, KeyError, OSError):
        secret = any(word in setting.name for word in HOLD_SECRETS)
        shown = "what was given" if secret else repr(text)
        raise SettingInvalid(
            f"{setting.name} is malformed: {shown} should look like: {setting.looks_like}"
        ) from None
