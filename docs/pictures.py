"""Takes the pictures of the README from the running demo: `make run` in one terminal, then `make pictures` in another.

Callers are played at the emulator, an operator acts on them through the API, and Chromium looks at the console.
"""

from __future__ import annotations

import json
import shutil
import sys
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from midcall_emulator.client import Emulator  # noqa: E402
from voice import config  # noqa: E402
from voice.setup.make_run import sign_in_link  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
NUMBER = "+14155550100"
WIDE, NARROW = {"width": 1280, "height": 760}, {"width": 390, "height": 760}


def main() -> None:
    """A reception at work, and three pictures of it."""
    settings = config.load(dotenv=ROOT / ".env")
    phones = play(Emulator(settings["TWILIO_API_URL"]), settings)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages = f"{settings['PUBLIC_URL']}/console/"
        seen = signed_in(browser, sign_in_link(settings))
        take(browser, seen, pages, "live", WIDE, "light")
        take(browser, seen, f"{pages}calls/{phones[0]}", "call", WIDE, "dark")
        take(browser, seen, pages, "phone", NARROW, "light")
        browser.close()


def play(twilio: Emulator, settings: config.Config) -> list[str]:
    """Callers in several scenes, and commands for some of them; their CallSids."""
    callers = [twilio.dial(NUMBER, from_=f"+1415555{1200 + 37 * number}") for number in range(7)]
    for caller in callers:
        caller.hears("press 1", timeout=20)
    callers[1].press("2")
    callers[2].press("3")
    callers[3].press("1")
    callers[3].hears("putting you through", timeout=20)
    sids = [caller.sid for caller in callers]
    command(settings, sids[0], "say", text="Your engineer is ten minutes away.")
    command(settings, sids[4], "hold")
    command(settings, sids[5], "park", queue="sales")
    command(settings, sids[0], "redirect", scene="announcement", params={"text": "One moment, please."})
    return sids


def command(settings: config.Config, call_sid: str, name: str, **arguments: Any) -> None:
    """Run a command as an operator would, over the API."""
    asked = urllib.request.Request(
        f"{settings['PUBLIC_URL']}/admin/calls/{call_sid}/{name}", json.dumps(arguments).encode()
    )
    asked.add_header("Authorization", f"Bearer {settings['ADMIN_TOKEN']}")
    with urllib.request.urlopen(asked, timeout=20):
        pass


def signed_in(browser: Browser, link: str) -> Any:
    """What a browser holds that has come by the link."""
    context = browser.new_context()
    context.new_page().goto(link)
    state = context.storage_state()
    context.close()
    return state


def take(browser: Browser, seen: Any, url: str, name: str, size: dict[str, int], scheme: str) -> None:
    """One picture, once the page's feed is live."""
    context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=seen)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    page.get_by_text("Up to date").first.wait_for()
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
