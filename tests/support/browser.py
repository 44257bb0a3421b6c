"""A page in a real Chromium, the system's own: what it complains about, or asks of another host, fails the test."""

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
_PATIENCE = 10_000  # milliseconds until an awaited element counts as missing
_EXPECTED_WITHIN = 20_000  # milliseconds; the machine may have other things to do
_LOCAL = {"127.0.0.1", "localhost", "::1"}


def find_chromium() -> str | None:
    """The path of the system's Chromium; None if there is none. Playwright's own is a download, so it is not used."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of the module's own: while Playwright runs, nothing else can run an event loop in this thread."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        left_out("Playwright: it is not installed (pip install -r requirements-dev.txt)")
    chromium = find_chromium()
    if chromium is None:
        left_out("Chromium: it is not installed")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to start otherwise
    expect.set_options(timeout=_EXPECTED_WITHIN)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*_OFFLINE, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained about; a test that expects a complaint takes it out."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """An empty page without cookies, as wide as a desktop; `set_viewport_size` makes it a phone's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend(_elsewhere(request.url)))
    yield page
    context.close()


def _elsewhere(url: str) -> Iterator[str]:
    where = urlsplit(url)
    if where.scheme in {"http", "https"} and where.hostname not in _LOCAL:
        yield f"asked another host: {url}"
