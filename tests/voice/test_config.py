"""The settings: an invalid one is named in one line, which shows no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import voice
from tests.support.clients import Twilio, form, new_call_sid, settings
from voice import create_app
from voice.config import SETTINGS, load
from voice.errors import SettingInvalid
from voice.setting_values import AllowedHost, OpeningHours

ROOT = Path(voice.__file__).resolve().parent.parent
REQUIRED = [setting.name for setting in SETTINGS if setting.default is None]
MALFORMED = [
    ("TWILIO_ACCOUNT_SID", "AC123"),
    ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
    ("TWILIO_AUTH_TOKEN", " , ,"),
    ("TWILIO_API_URL", "127.0.0.1:8001"),
    ("TWILIO_API_URL", "ftp://127.0.0.1"),
    ("PUBLIC_URL", "calls.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://calls.example.com/?a=b"),
    ("PUBLIC_URL", "https://calls.example.com:99999"),
    ("PUBLIC_URL", "https://[::1"),
    ("DATABASE_URL", "mysql://midcall:hunter2-secret@db/midcall"),
    ("DATABASE_URL", "postgresql://midcall@db/midcall"),
    ("DATABASE_URL", "postgresql+psycopg://midcall:hunter2-secret@db:port/midcall"),
    ("LISTEN_ADDRESS", "localhost"),
    ("LISTEN_ADDRESS", "127.0.0.1:8000"),
    ("PORT", "http"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("WEB_CONCURRENCY", "-1"),
    ("LOG_LEVEL", "loud"),
    ("EMULATOR_PORT", "8001.5"),
    ("START_SCENE", "nowhere"),
    ("NUMBERS", "+14155550100"),
    ("NUMBERS", "4155550100=greeting"),
    ("NUMBERS", "+14155550100=nowhere"),
    ("OPENING_HOURS", "always"),
    ("OPENING_HOURS", "mon-fri 17:00-09:00"),
    ("OPENING_HOURS", "mon-fri 09:00-24:01"),
    ("OPENING_HOURS", "fri-mon 09:00-17:00"),
    ("OPENING_HOURS", "mon-fri 09-17"),
    ("TIMEZONE", "Berlin"),
    ("TIMEZONE", "Europe"),
    ("TIMEZONE", "../../etc/passwd"),
    ("SWEEP_AFTER_SECONDS", "nan"),
    ("SWEEP_AFTER_SECONDS", "-1"),
    ("MAX_EVENT_STREAMS", "many"),
]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """Remove all settings from the environment of the tests."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)


def error_of(given: dict[str, str]) -> str:
    """The one line for the first invalid setting."""
    with pytest.raises(SettingInvalid) as raised:
        create_app(given, dotenv=None)
    assert "\n" not in raised.value.message
    return raised.value.message


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("absent", ["left out", "empty"])
def test_a_missing_setting_is_named(name, absent):
    given = settings(**{name: ""})
    if absent == "left out":
        del given[name]
    assert error_of(given).startswith(f"{name} is not set: ")


@pytest.mark.parametrize(("name", "text"), MALFORMED)
def test_a_malformed_setting_is_named_without_its_secret(name, text):
    message = error_of(settings(**{name: text}))
    assert message.startswith(f"{name} ")
    assert "hunter2-secret" not in message


def test_an_api_key_without_its_secret_is_refused(monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "the SDK would take this one")
    assert error_of(settings(TWILIO_API_KEY="SK" + "0" * 32)).startswith("TWILIO_API_SECRET ")


SAFE = {
    "SECRET_KEY": "0123456789abcdef",
    "ADMIN_TOKEN": "0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "0123456789abcdef",
}


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize("weak", ["x", "0123456789abcde", "x" * 32, "abcabcabcabcabcabc"])
def test_a_secret_that_can_be_guessed_stops_the_start_unless_twilio_is_an_emulator_on_this_machine(
    name, weak
):
    for url in ("", "https://api.twilio.com", "http://emulator:8001", "http://127.0.0.1.example.com"):
        message = error_of(settings(**SAFE | {name: weak}, TWILIO_API_URL=url))
        assert message.startswith(f"{name} can be guessed"), url
        assert weak not in message.replace("characters", "") or weak == "x"
    for url in ("http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:8001"):
        assert load(settings(**SAFE | {name: weak}, TWILIO_API_URL=url), dotenv=None)


def test_each_auth_token_of_a_rotation_and_the_secret_of_an_api_key_are_hard_to_guess():
    both = SAFE | {"TWILIO_AUTH_TOKEN": "0123456789abcdef,x", "TWILIO_API_URL": ""}
    assert error_of(settings(**both)).startswith("TWILIO_AUTH_TOKEN can be guessed")
    key = SAFE | {"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": "x", "TWILIO_API_URL": ""}
    assert error_of(settings(**key)).startswith("TWILIO_API_SECRET can be guessed")
    assert load(settings(**SAFE, TWILIO_API_URL=""), dotenv=None)["TWILIO_API_URL"] == ""


def test_an_unset_admin_token_is_fine():
    assert load(settings(**SAFE | {"ADMIN_TOKEN": ""}, TWILIO_API_URL=""), dotenv=None)["ADMIN_TOKEN"] == ""


def test_the_first_invalid_setting_is_reported():
    assert error_of({}).startswith("TWILIO_ACCOUNT_SID ")


def test_ports_database_and_opening_hours_have_defaults():
    config = load(settings(), dotenv=None)
    assert (config["PORT"], config["EMULATOR_PORT"]) == (8000, 8001)
    assert config["DATABASE_URL"].startswith("sqlite:///")
    assert config["OPENING_HOURS"] == OpeningHours(range(7), 0, 24 * 60)


def test_overrides_win_over_the_environment_and_the_environment_over_the_file(tmp_path, monkeypatch):
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=1001\nEMULATOR_PORT=1002\nCOMPANY_NAME=From the file\n")
    monkeypatch.setenv("PORT", "2001")
    monkeypatch.setenv("EMULATOR_PORT", "2002")
    config = load(settings(PORT="3001"), dotenv=dotenv)
    assert (config["PORT"], config["EMULATOR_PORT"], config["COMPANY_NAME"]) == (3001, 2002, "From the file")


def test_the_file_can_refer_to_the_environment(tmp_path, monkeypatch):
    dotenv = tmp_path / ".env"
    dotenv.write_text("PUBLIC_URL=http://127.0.0.1:${PORT:-8000}\n")
    given = settings()
    del given["PUBLIC_URL"]
    assert load(given, dotenv=dotenv)["PUBLIC_URL"] == "http://127.0.0.1:8000"
    monkeypatch.setenv("PORT", "9000")
    assert load(given, dotenv=dotenv)["PUBLIC_URL"] == "http://127.0.0.1:9000"


def test_a_missing_file_is_ignored(tmp_path):
    assert load(settings(), dotenv=tmp_path / "nowhere")["PORT"] == 8000


def test_the_last_slash_of_a_url_is_removed():
    config = load(
        settings(PUBLIC_URL="https://example.com/calls/", TWILIO_API_URL="http://127.0.0.1:1/"), None
    )
    assert (config["PUBLIC_URL"], config["TWILIO_API_URL"]) == (
        "https://example.com/calls",
        "http://127.0.0.1:1",
    )


def test_values_are_parsed():
    config = load(
        settings(
            OPENING_HOURS="Mon-Fri 09:00-17:30", TIMEZONE="Europe/Berlin", ALLOWED_REDIRECT_HOSTS="A.example,b.example",
            NUMBERS=" +14155550100=menu , +14155550101 = voicemail,", TWILIO_AUTH_TOKEN="new, old", LOG_LEVEL="WARNING",
        ),
        dotenv=None,
    )  # fmt: skip
    assert config["OPENING_HOURS"] == OpeningHours(range(5), 9 * 60, 17 * 60 + 30)
    assert config["TIMEZONE"].key == "Europe/Berlin"
    assert config["ALLOWED_REDIRECT_HOSTS"] == {AllowedHost("a.example"), AllowedHost("b.example")}
    assert config["NUMBERS"] == {"+14155550100": "menu", "+14155550101": "voicemail"}
    assert (config["TWILIO_AUTH_TOKEN"], config["LOG_LEVEL"]) == (("new", "old"), "warning")


@pytest.mark.parametrize(
    ("tokens", "status"), [("emulator-token,old", 204), ("new,emulator-token", 204), ("new", 403)]
)
def test_each_token_of_a_rotation_validates_a_webhook(tmp_path, tokens, status):
    database = f"sqlite:///{tmp_path / 'midcall.db'}"
    given = settings(TWILIO_AUTH_TOKEN=tokens, DATABASE_URL=database, SPOOL_DIR=str(tmp_path / "spool"))
    app = create_app(given, dotenv=None)
    answer = Twilio(app.test_client(), given["PUBLIC_URL"]).post("/voice/status", form(new_call_sid()))
    assert answer.status_code == status
    app.extensions["midcall"].close()


@pytest.mark.parametrize(
    ("wrong", "line"), [({"PUBLIC_URL": "nowhere"}, "PUBLIC_URL is malformed"), ({"PORT": "0"}, "PORT is malformed")]
)  # fmt: skip
@pytest.mark.parametrize("entry", [["-c", "import app"], ["-m", "flask", "--app", "app", "routes"]])
def test_an_entry_point_stops_with_one_line_for_an_invalid_setting(wrong, line, entry):
    environment = {**os.environ, **settings(**wrong)}
    done = subprocess.run(
        [sys.executable, *entry], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(("given", "bind"), [({}, "127.0.0.1:8000"), ({"LISTEN_ADDRESS": "::"}, "[::]:8000")])
def test_gunicorn_listens_on_this_machine_unless_the_setting_names_an_address(given, bind):
    code = "import runpy; print(runpy.run_path('gunicorn.conf.py')['bind'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, **settings(**given)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == bind


def test_gunicorn_does_not_start_with_an_invalid_setting():
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:app"],
        cwd=ROOT, env={**os.environ, **settings(PORT="0")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "PORT is malformed" in done.stderr.splitlines()[-1]
