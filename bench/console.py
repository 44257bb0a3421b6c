"""The console: the time from a webhook to the screen with many consoles open, and webhooks beside them."""

import asyncio
import os
import secrets
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.account import VOICE_PATH
from bench.callers import Callers
from bench.contenders import Contender
from bench.correctness import lost
from bench.latency import most_frequent_faults
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.processes import SetupFailed
from bench.run_size import RunSize
from bench.servers import midcall, open_streams, slow_twilio, start_calls

CONSOLES, PER_SECOND, LIVE_CALLS = 50, 50, 100
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FEED = "/admin/live/events"
TIMEOUT_SECONDS = 10
TIMELINE = "main ol[reversed] li"
# Resolves with the machine's time when an element has the text and the browser is about to paint it.
PAINTED = """([selector, text]) => new Promise((resolve) => {
  const isThere = () => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
  const painted = () => requestAnimationFrame(() => resolve(Date.now()));
  const watch = new MutationObserver(() => isThere() && (watch.disconnect(), painted()));
  watch.observe(document.body, { subtree: true, childList: true, characterData: true });
})"""


def measure(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    """Time three kinds of change on two pages in turn, beside webhooks; before that, webhooks without consoles."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return {"left_out": ["the console: Chromium is missing"], "faults": []}
    folder = scratch / "console"
    folder.mkdir()
    with slow_twilio(0, folder) as twilio, midcall(root, twilio, folder) as (app, contender):
        link = _sign_in_link(contender, app.port)
        return run(_sample(size, app.port, chromium, link, contender))


def _sign_in_link(contender: Contender, port: int) -> str:
    flask = contender.prepare[0][0]
    done = subprocess.run(
        [flask, "--app", "app", "operators", "add", "bench", "--role", "operator"],
        cwd=contender.directory, env=contender.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SetupFailed(done.stderr.strip())
    return f"http://127.0.0.1:{port}/console/" + done.stdout.strip().partition("/console/")[2]


async def _sample(size: RunSize, port: int, chromium: str, link: str, contender: Contender) -> dict[str, Any]:
    """Webhooks alone, then beside the consoles, then the browser, which takes processor time of its own."""
    async with Callers(port) as callers:
        await start_calls(callers, LIVE_CALLS)
        alone = await at_fixed_rate(PER_SECOND, size.situation_seconds, callers.webhook)
        async with open_streams(CONSOLES, port, FEED) as streams:
            beside = await at_fixed_rate(PER_SECOND, size.situation_seconds, callers.webhook)
            async with _browser(chromium) as browser:
                screen = await _screen_times(size, callers, browser, link)
    return {
        "screen": {name: percentiles(some) for name, some in screen.items()},
        "webhooks_alone": percentiles(alone), "webhooks_beside": percentiles(beside), "streams": streams,
        "p99_ratio": percentiles(beside)["p99_ms"] / percentiles(alone)["p99_ms"],
        "faults": _faults(alone + beside, streams, contender),
    }  # fmt: skip


@asynccontextmanager
async def _browser(chromium: str) -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu", *as_root])
        yield await browser.new_context()
        await browser.close()


async def _screen_times(size: RunSize, callers: Callers, browser: Any, link: str) -> dict[str, list[Answer]]:
    """Time each kind of change in turn."""
    call_sid = callers.live[0]
    console = link.partition("/console/")[0] + "/console/"
    live = await browser.new_page()
    await live.goto(link)
    await live.goto(console)
    page = await browser.new_page()
    await page.goto(f"{console}calls/{call_sid}")
    times: dict[str, list[Answer]] = defaultdict(list)
    for number in range(size.screen_samples):
        new_sid, caller, digits = f"CA{secrets.token_hex(16)}", f"+1999{number:07d}", f"{number:06d}"
        start = partial(callers.visit, new_sid, VOICE_PATH, From=caller)
        move = partial(callers.visit, new_sid, "/voice/scenes/hold", From=caller)
        press = partial(callers.visit, call_sid, "/voice/scenes/choice", Digits=digits)
        times["new call in the list"].append(await _delay(live, "tbody tr", caller, start))
        times["scene in the list"].append(await _delay(live, f'tr[data-sid="{new_sid}"]', "On hold", move))
        times["keys in the timeline of a call"].append(await _delay(page, TIMELINE, digits, press))
    return times


async def _delay(page: Any, selector: str, text: str, change: Callable[[], Awaitable[None]]) -> Answer:
    """Milliseconds from the moment before the webhook is sent to the frame that shows its change."""
    await page.bring_to_front()
    painted = asyncio.create_task(page.evaluate(PAINTED, [selector, text]))
    await page.evaluate("1")  # evaluations run in order, so the observer is set
    sent = time.time() * 1000
    await change()
    return Answer(await asyncio.wait_for(painted, TIMEOUT_SECONDS) - sent, "")


def _faults(answers: list[Answer], streams: dict[str, int], contender: Contender) -> list[str]:
    faults = most_frequent_faults(answers)
    if streams.get("open_to_the_end") != CONSOLES:
        faults.append(f"{streams.get('open_to_the_end')} of {CONSOLES} consoles stayed open")
    if missing := lost(contender, sum(not one.fault for one in answers) + LIVE_CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    return faults
