"""The command ``verify`` against the shared emulator as if it were Twilio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN
from midcall_emulator.verify.command import main
from tests.support.ports import free_port

OTHER = "+14155550101"
QUICK = "dial_action_on_hangup"
Verify = Callable[..., int]


@pytest.fixture
def numbers(twilio: Emulator, client: Client) -> None:
    """Two numbers of the account; the second one is new."""
    client.incoming_phone_numbers.create(phone_number=OTHER)


@pytest.fixture
def arguments(emulator_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options of a run with one scenario, which is the last option, and the account in the environment."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    monkeypatch.delenv("TWILIO_API_KEY", raising=False)
    monkeypatch.delenv("TWILIO_API_SECRET", raising=False)
    port = free_port()
    options = {
        "--from": NUMBER,
        "--to": OTHER,
        "--public-url": f"http://127.0.0.1:{port}",
        "--port": str(port),
        "--api-url": emulator_url,
        "--saved": str(tmp_path / "saved.json"),
        "--json": str(tmp_path / "result.json"),
        "--only": QUICK,
    }
    return [text for option in options.items() for text in option]


@pytest.fixture
def verify(numbers: None, arguments: list[str]) -> Verify:
    """Run the command; later options replace earlier ones."""
    return lambda *options: main([*arguments, *options])
