"""The console in a real Chromium, in front of everything else as in production; people who sign in to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.fixtures import *  # noqa: F403 (fixtures)
from tests.support.stack import Stack
from voice.operators.passwords import hash_password
from voice.operators.roles import ROLES
from voice.registry import Registry

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web with two workers, worker and emulator; a person for each role, named by it."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_template, folder / "midcall.db")
    registry, password_hash = Registry(f"sqlite:///{folder}/midcall.db"), hash_password(PASSWORD)
    for role in ROLES:
        registry.operators.add(role, role)
        registry.operators.set_password_hash(role, password_hash)
    registry.close()
    with Stack(folder, f"sqlite:///{folder}/midcall.db", ALLOWED_REDIRECT_HOSTS="127.0.0.1") as stack:
        yield stack


@pytest.fixture
def console(served: Stack) -> Stack:
    """The processes, with nobody on the phone; the emulator's time stands still until a test moves it."""
    served.end_all_calls()
    served.twilio.clock(mode="manual")
    return served


@pytest.fixture(scope="session")
def cookies(served: Stack) -> dict[str, list]:
    """The cookies of those who have signed in once: passwords are not tried as often as tests run."""
    return {}


@pytest.fixture
def signed_in(page: Page, console: Stack, cookies: dict[str, list]) -> Page:
    """A page on which an operator has signed in, at the live calls."""
    return sign_in(page, console.url, "operator", cookies)


def sign_in(page: Page, url: str, name: str, cookies: dict[str, list] | None = None) -> Page:
    """Fill in the form, or use the cookies of an earlier time."""
    known = cookies if cookies is not None else {}
    if name in known:
        page.context.add_cookies(known[name])
        page.goto(f"{url}/console/")
        return page
    page.goto(f"{url}/console/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/")
    known[name] = page.context.cookies()
    return page
