"""The console in Chromium, with web, worker and emulator as in production, and operators who sign in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from midcall_emulator.client import Phone
from tests.support.clients import TESTER
from tests.support.console_page import Cookies, call_in, open_call, sign_in
from tests.support.console_visitor import PASSWORD
from tests.support.fixtures import *  # noqa: F403 (fixtures)
from tests.support.stack import Stack
from voice.operators.passwords import hash_password
from voice.operators.roles import ROLES
from voice.registry import Registry

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="session")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web with two workers, worker and emulator; one operator for each role, with the role as name."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_template, folder / "midcall.db")
    registry, password_hash = Registry(f"sqlite:///{folder}/midcall.db"), hash_password(PASSWORD)
    for role in ROLES:
        registry.operators.add(role, role, TESTER)
        registry.operators.set_password_hash(role, password_hash, TESTER)
    registry.close()
    with Stack(folder, f"sqlite:///{folder}/midcall.db", ALLOWED_REDIRECT_HOSTS="127.0.0.1") as stack:
        yield stack


@pytest.fixture
def console(served: Stack) -> Stack:
    """The processes without a live call; the emulator's clock advances only when a test moves it."""
    served.end_all_calls()
    served.twilio.clock(mode="manual")
    return served


@pytest.fixture(scope="session")
def cookies(served: Stack) -> Cookies:
    """The session cookies by operator: sign-in is rate-limited, so each operator signs in once for all tests."""
    return {}


@pytest.fixture
def signed_in(page: Page, console: Stack, cookies: Cookies) -> Page:
    """A page with a signed-in operator, at the live calls."""
    return sign_in(page, console.url, "operator", cookies)


@pytest.fixture
def admin(page: Page, console: Stack, cookies: Cookies) -> Page:
    """A page with a signed-in admin, at the live calls."""
    return sign_in(page, console.url, "admin", cookies)


@pytest.fixture
def phone(signed_in: Page, console: Stack) -> Phone:
    """A caller in the menu; the page shows their call."""
    phone = call_in(console, "+14155550001")
    open_call(signed_in, console, phone)
    return phone
