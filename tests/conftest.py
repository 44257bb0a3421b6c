"""What every test may use: a page in Chromium. The app's fixtures are in tests/support/fixtures.py."""

from tests.support.browser import browser, complaints, page  # noqa: F401 (fixtures)
