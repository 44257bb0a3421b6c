"""Take the README's pictures of the running demo: `make run` in one terminal, then `make pictures` in another.

The script plays callers at the emulator and commands of two operators, and opens the console in Chromium. It takes
two minutes, so that the calls have a duration.
"""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from midcall_emulator.client import Emulator, Phone  # noqa: E402
from voice import config  # noqa: E402
from voice.audit import Actor  # noqa: E402
from voice.operators.sign_in_links import sign_in_link  # noqa: E402
from voice.registry import Registry  # noqa: E402

Theme = Literal["light", "dark"]
PICTURES = ROOT / "docs" / "pictures"
NUMBER, AGENT, CUSTOMER = "+14155550100", "+14155550199", "+12065550147"
OPERATORS = ("Ann", "Ben")
ACTOR = Actor("make pictures", socket.gethostname())
PATIENCE_SECONDS = 30
LIST: ViewportSize = {"width": 1280, "height": 620}
CALL: ViewportSize = {"width": 1280, "height": 760}
PHONE: ViewportSize = {"width": 390, "height": 760}


class Operator:
    """An operator who is signed in to the console, and sends commands from there."""

    def __init__(self, browser: Browser, link: str) -> None:
        self._context = browser.new_context()
        self._page = self._context.new_page()
        self._page.goto(link)
        self.session = self._context.storage_state()

    def command(self, phone: Phone, name: str, **arguments: Any) -> None:
        """Send a command to a call."""
        self.send(f"calls/{phone.sid}/{name}", arguments)

    def send(self, path: str, body: dict[str, Any]) -> None:
        """Send a request to the API, with the proofs of a console page."""
        token = self._page.locator("meta[name=csrf-token]").get_attribute("content")
        url = self._page.url.partition("/console/")[0]
        headers = {"X-CSRFToken": token or "", "Origin": url}
        answer = self._context.request.post(f"{url}/admin/{path}", data=body, headers=headers)
        if not answer.ok:
            raise SystemExit(f"{path}: {answer.text()}")


def main() -> None:
    """Play a reception with eight callers, and take three pictures of it."""
    settings = config.load(dotenv=ROOT / ".env")
    PICTURES.mkdir(exist_ok=True)
    console = f"{settings['PUBLIC_URL']}/console/"
    with chromium() as browser:
        ann, ben = (Operator(browser, link) for link in sign_in_links(settings))
        talk = play_reception(Emulator(settings["TWILIO_API_URL"]), ann, ben)
        take(browser, ann, console, "live", LIST, "light")
        take(browser, ann, console, "phone", PHONE, "light")
        take(browser, ann, f"{console}calls/{talk.sid}", "call", CALL, "dark")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, or Playwright's own."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def sign_in_links(settings: config.Config) -> list[str]:
    """A sign-in link for each operator; the first run adds them."""
    with closing(Registry(settings["DATABASE_URL"])) as registry:
        for name in OPERATORS:
            if registry.operators.get(name) is None:
                registry.operators.add(name, "operator", ACTOR)
        return [sign_in_link(settings, registry, name, ACTOR) for name in OPERATORS]


def play_reception(emulator: Emulator, ann: Operator, ben: Operator) -> Phone:
    """Put callers in several places, and let operators act on them; the phone of a caller who talks to an agent."""
    talk = dial(emulator, "+12125550143")
    in_queue, on_hold = dial(emulator, "+13125550187"), dial(emulator, "+16175550119")
    ann.command(talk, "say", text="Thank you for calling. An agent will be with you in a minute.")
    ben.command(in_queue, "park", queue="sales")
    ben.command(on_hold, "hold")
    talk.hears("press 1", times=2, timeout=PATIENCE_SECONDS)  # a key counts only during the menu
    play_talk(talk, ann)
    add_conference(emulator, ann)
    time.sleep(12)
    add_newest_calls(emulator, ben)
    return talk


def play_talk(talk: Phone, ann: Operator) -> None:
    """Connect a caller to an agent, and transcribe both."""
    agent = connect(talk)
    ann.command(talk, "record_start")
    ann.command(talk, "transcription_start")
    time.sleep(5)
    talk.speak("My heating has failed. Can someone come today?")
    time.sleep(8)
    agent.speak("Yes. An engineer can be with you this afternoon.")
    time.sleep(7)


def add_conference(emulator: Emulator, ann: Operator) -> None:
    """A caller and an agent whose call becomes a conference."""
    caller = dial(emulator, "+18085550131")
    connect(caller)
    ann.command(caller, "conference")


def add_newest_calls(emulator: Emulator, ben: Operator) -> None:
    """Callers who have just dialed, and a phone that rings because Ben has dialed it."""
    dial(emulator, "+17025550154").press("3").hears("message", timeout=PATIENCE_SECONDS)
    emulator.people(CUSTOMER, "manual")
    ben.send("calls", {"to": CUSTOMER, "from": NUMBER, "scene": "menu"})
    dial(emulator, "+13035550176")
    time.sleep(4)
    dial(emulator, "+15035550195")


def dial(emulator: Emulator, from_: str) -> Phone:
    """A caller who has dialed the number and hears the menu."""
    return emulator.dial(NUMBER, from_=from_).hears("press 1", timeout=PATIENCE_SECONDS)


def connect(caller: Phone) -> Phone:
    """Let a caller in the menu choose an agent; the phone of the agent."""
    caller.press("1").hears("putting you through", timeout=PATIENCE_SECONDS)
    while not caller.legs or caller.legs[0].status != "in-progress":
        time.sleep(0.5)
    return caller.legs[0]


def take(browser: Browser, operator: Operator, url: str, name: str, size: ViewportSize, theme: Theme) -> None:
    """Take one picture, once the page's feed is live."""
    context: BrowserContext = browser.new_context(
        viewport=size, color_scheme=theme, storage_state=operator.session
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator("[data-connection]")).to_have_text("Live")
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
