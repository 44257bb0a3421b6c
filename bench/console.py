"""How soon a change is on the screen after its webhook, with many consoles open, and what webhooks feel of them."""

import asyncio
import os
import secrets
import shutil
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.account import VOICE_PATH
from bench.callers import Callers
from bench.contenders import Contender
from bench.correctness import lost
from bench.latency import app_of, open_streams, twilio_that_takes
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.plan import Plan
from bench.processes import DidNotStart

CONSOLES, PER_SECOND, LIVE_CALLS = 50, 50, 100
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FEED = "/admin/live/events"
PATIENCE_SECONDS = 10
# When the words are there, and the browser is about to paint them; by the machine's clock, which is ours as well.
SEEN = """([where, words]) => new Promise((resolve) => {
  const there = () => [...document.querySelectorAll(where)].some((one) => one.textContent.includes(words));
  const painted = () => requestAnimationFrame(() => resolve(Date.now()));
  const watch = new MutationObserver(() => there() && (watch.disconnect(), painted()));
  watch.observe(document.body, { subtree: true, childList: true, characterData: true });
})"""


def measure(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    """Three kinds of change on two pages, in turns, beside webhooks; the same webhooks with no console before."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return {"left_out": ["the console: Chromium is missing"], "faults": []}
    place = scratch / "console"
    place.mkdir()
    with twilio_that_takes(0, place) as twilio, app_of(root, twilio, place) as (app, contender):
        link = _sign_in_link(contender, app.port)
        return run(_happen(plan, app.port, chromium, link, contender))


def _sign_in_link(contender: Contender, port: int) -> str:
    flask = contender.prepare[0][0]
    printed = subprocess.run(
        [flask, "--app", "app", "operators", "add", "bench", "--role", "operator"],
        cwd=contender.directory, env=contender.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if printed.returncode:
        raise DidNotStart(printed.stderr.strip())
    return f"http://127.0.0.1:{port}/console/" + printed.stdout.strip().partition("/console/")[2]


async def _happen(plan: Plan, port: int, chromium: str, link: str, contender: Contender) -> dict[str, Any]:
    """Webhooks alone, then beside the consoles; then the browser, as it takes processor time of its own."""
    async with Callers(port) as callers:
        made = [await callers.webhook(number, "in-progress") for number in range(LIVE_CALLS)]
        if any(made):
            raise DidNotStart(next(filter(None, made)))
        alone = await at_fixed_rate(PER_SECOND, plan.situation_seconds, callers.webhook)
        async with open_streams(CONSOLES, port, FEED) as streams:
            beside = await at_fixed_rate(PER_SECOND, plan.situation_seconds, callers.webhook)
            async with _browser(chromium) as browser:
                screen = await _sampled(plan, callers, browser, link)
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


async def _sampled(plan: Plan, callers: Callers, browser: Any, link: str) -> dict[str, list[Answer]]:
    """Each kind of change in turns, while other callers come in."""
    call_sid = callers.live[0]
    live = await browser.new_page()
    await live.goto(link)
    await live.goto(link.partition("/console/")[0] + "/console/")
    story = await browser.new_page()
    await story.goto(link.partition("/console/")[0] + f"/console/calls/{call_sid}")
    seen: dict[str, list[Answer]] = defaultdict(list)
    for number in range(plan.screen_samples):
        new_sid, new, digits = f"CA{secrets.token_hex(16)}", f"+1999{number:07d}", f"{number:06d}"
        comes = partial(callers.visit, new_sid, VOICE_PATH, From=new)
        moves = partial(callers.visit, new_sid, "/voice/scenes/hold", From=new)
        keys = partial(callers.visit, call_sid, "/voice/scenes/choice", Digits=digits)
        seen["a new call, in the list"].append(await _delay(live, "tbody tr", new, comes))
        seen["a place, in the list"].append(await _delay(live, f'tr[data-sid="{new_sid}"]', "On hold", moves))
        seen["what was keyed, in the call's story"].append(await _delay(story, ".story li", digits, keys))
    return seen


async def _delay(page: Any, where: str, words: str, change: Callable[[], Awaitable[None]]) -> Answer:
    """Milliseconds from the moment before the webhook is sent to the frame that shows what it changed."""
    await page.bring_to_front()
    seen = asyncio.create_task(page.evaluate(SEEN, [where, words]))
    await page.evaluate("1")  # the watch is set: evaluations are done in their order
    sent = time.time() * 1000
    await change()
    return Answer(await asyncio.wait_for(seen, PATIENCE_SECONDS) - sent, "")


def _faults(answers: list[Answer], streams: dict[str, int], contender: Contender) -> list[str]:
    counted = Counter(one.fault for one in answers if one.fault)
    faults = [f"{times} times: {fault}" for fault, times in counted.most_common(3)]
    if streams.get("open_to_the_end") != CONSOLES:
        faults.append(f"{streams.get('open_to_the_end')} of {CONSOLES} consoles were open to the end")
    if missing := lost(contender, sum(not one.fault for one in answers) + LIVE_CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    return faults
