"""Pages in the system's Chromium. A console message, a script error, or a request to another host fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.skips import left_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OFFLINE = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_ACTION_TIMEOUT = 10_000  # milliseconds until a missing element fails an action
_EXPECT_TIMEOUT = 20_000  # milliseconds; the machine may be busy
_LOCAL = {"127.0.0.1", "localhost", "::1"}


def find_chromium() -> str | None:
    """The path of the system's Chromium, or None. Playwright's own browser is a download, so it is not used."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: while Playwright runs, no other event loop can run in this thread."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        left_out("Playwright: it is not installed (pip install -r requirements-dev.txt)")
    chromium = find_chromium()
    if chromium is None:
        left_out("Chromium: it is not installed")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to start otherwise
    expect.set_options(timeout=_EXPECT_TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*_OFFLINE, *as_root])
        yield browser
        browser.close()


class Complaints(list[str]):
    """The texts of the browser's complaints. They may arrive after the action that causes them."""

    def __init__(self) -> None:
        self._expected: list[str] = []

    def expect(self, part: str) -> None:
        """Expect complaints with this text in them, at any time of the test."""
        self._expected.append(part)

    @property
    def unexpected(self) -> list[str]:
        """The complaints that no test expects."""
        return [text for text in self if not any(part in text for part in self._expected)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """The browser's complaints, for a test that expects some."""
    complaints = Complaints()
    yield complaints
    assert not complaints.unexpected, complaints.unexpected


@pytest.fixture
def page(browser: Browser, complaints: Complaints) -> Iterator[Page]:
    """An empty page without cookies, as wide as a desktop; `set_viewport_size` makes it as narrow as a phone."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    context.set_default_timeout(_ACTION_TIMEOUT)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend(_other_host(request.url)))
    yield page
    context.close()


def _other_host(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname not in _LOCAL:
        yield f"request to another host: {url}"
