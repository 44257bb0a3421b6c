"""One run: the checks before it, the scenarios, and the cleaning up after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from midcall_emulator.verify import numbers as phone_numbers
from midcall_emulator.verify.budget import Budget, has_time
from midcall_emulator.verify.cleaning import clean_up, end_calls
from midcall_emulator.verify.comparison import Finding, emulator_values
from midcall_emulator.verify.errors import RefusalError, UnclearError
from midcall_emulator.verify.numbers import PhoneNumber
from midcall_emulator.verify.pace import pace_of
from midcall_emulator.verify.saved_settings import SavedSettings
from midcall_emulator.verify.scenario import Scenario, Value
from midcall_emulator.verify.stage import Stage, Surroundings
from midcall_emulator.verify.twilio_api import Account, TwilioApi
from midcall_emulator.verify.webhook_server import Script, WebhookServer

logger = logging.getLogger(__name__)
_LONGEST_SCENARIO_SECONDS = 150
_REACH_TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What a run needs. An empty ``public_url`` is this machine: the emulator reaches it, Twilio does not."""

    account: Account
    api_url: str
    caller: str
    called: str
    public_url: str
    port: int
    scenarios: tuple[Scenario, ...]
    named_set: str
    saved: Path


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is known before the first change: the two numbers, and why they should not be used."""

    numbers: list[PhoneNumber]
    objections: list[str]


async def prepare(settings: SessionSettings) -> Preparation:
    """Look up the numbers and try the public URL; RefusalError if a run is not possible."""
    async with aiohttp.ClientSession() as http:
        api = TwilioApi(http, settings.api_url, settings.account)
        await _refuse_trial(api)
        found = [await phone_numbers.find(api, number) for number in (settings.caller, settings.called)]
        objections = [text for number in found for text in await phone_numbers.objections(api, number)]
        pace = await pace_of(http, settings.api_url)
        async with WebhookServer(settings.public_url, settings.port, settings.account.token, pace) as server:
            await _require_reachable(http, server)
    return Preparation(found, objections)


class Session:
    """The run. ``stop`` ends it after the present step; then the numbers are restored as at its usual end."""

    def __init__(
        self, settings: SessionSettings, budget: Budget, stop: asyncio.Event, report: Callable[[str], None]
    ) -> None:
        self._settings, self._budget, self._stop, self._report = settings, budget, stop, report
        self.findings: list[Finding] = []
        self.problems: list[str] = []

    async def run(self, numbers: list[PhoneNumber]) -> None:
        """Save the settings of the numbers, ask every question, and restore the settings."""
        settings = self._settings
        saved = SavedSettings(settings.saved, settings.account.sid, numbers)
        async with aiohttp.ClientSession() as http:
            api = TwilioApi(http, settings.api_url, settings.account)
            pace = await pace_of(http, settings.api_url)
            around = Surroundings(api, pace, saved, settings.caller, settings.called)
            async with WebhookServer(
                settings.public_url, settings.port, settings.account.token, pace
            ) as server:
                server.callers = frozenset({settings.caller, settings.called})
                saved.save()
                try:
                    for number, name in zip(numbers, ("caller", "called"), strict=True):
                        await phone_numbers.use(api, number, server.phone_url(name))
                    await self._ask_all(around, server)
                finally:
                    self.problems = await clean_up(api, saved)

    async def _ask_all(self, around: Surroundings, server: WebhookServer) -> None:
        started = asyncio.get_running_loop().time()
        count = len(self._settings.scenarios)
        for number, scenario in enumerate(self._settings.scenarios, 1):
            lasted = asyncio.get_running_loop().time() - started
            if reason := self._reason_to_skip(scenario, lasted):
                self._add(scenario, note=reason)
                continue
            script = Script()
            stage = Stage(around, script, server.begin(script))
            self._report(f"{number} of {count}  {scenario.name}: {scenario.question}")
            await self._ask(scenario, stage, server)

    def _reason_to_skip(self, scenario: Scenario, lasted: float) -> str:
        if self._stop.is_set():
            return "the run was stopped"
        if not self._budget.allows(scenario):
            return f"the budget of {self._budget.most_usd:.2f} USD does not allow it"
        return "" if has_time(lasted) else "the run has lasted 45 minutes"

    async def _ask(self, scenario: Scenario, stage: Stage, server: WebhookServer) -> None:
        rejected, answer, note = server.rejected, None, ""
        try:
            answer = await self._answer_of(scenario, stage)
        except (UnclearError, RefusalError) as error:
            note = str(error)
        except Exception as error:
            logger.exception("The scenario %s failed", scenario.name)
            note = f"the scenario failed: {error!r}"
        if answer is None and server.rejected != rejected:
            note += f"; {server.rejected}"
        lasted = stage.around.pace.now() - stage.started
        await end_calls(stage)
        self._budget.spend(max(scenario.calls, len(stage.calls) // 2), lasted)
        self._add(scenario, answer, note, stage.evidence())

    async def _answer_of(self, scenario: Scenario, stage: Stage) -> Value:
        """Return Twilio's answer; UnclearError if the run is stopped meanwhile, or after two and a half minutes."""
        asking = asyncio.ensure_future(scenario.run(stage))
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait(
            {asking, stopping}, timeout=_LONGEST_SCENARIO_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        stopping.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        await asyncio.wait({asking})
        raise UnclearError("the run was stopped" if self._stop.is_set() else "the scenario took too long")

    def _add(
        self,
        scenario: Scenario,
        answer: Value | None = None,
        note: str = "",
        evidence: list[str] | None = None,
    ) -> None:
        expected = emulator_values(scenario, self._settings.named_set)
        self.findings.append(Finding(scenario, expected, answer, note, evidence or []))


async def _refuse_trial(api: TwilioApi) -> None:
    """Raise RefusalError for a trial account, which plays a message and waits for a key before each document
    (https://www.twilio.com/docs/usage/tutorials/how-to-use-your-free-trial-account)."""
    account = await api.get("")  # not every API key may read the account
    if account.fields.get("type") == "Trial":
        raise RefusalError(
            "Trial accounts play a message before each call, so no answer would count. Upgrade first."
        )


async def _require_reachable(http: aiohttp.ClientSession, server: WebhookServer) -> None:
    """Request the kit's own public URL; RefusalError if something else answers, or nothing does."""
    headers = {"ngrok-skip-browser-warning": "1"}
    try:
        async with http.get(server.alive_url, headers=headers, timeout=_REACH_TIMEOUT) as response:
            text = await response.text()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise RefusalError(
            f"The public URL does not lead here: {error or 'time-out'}. Start the tunnel first."
        ) from error
    if not server.expects(text):
        raise RefusalError(
            f"The public URL leads to another program (HTTP {response.status}). Point the tunnel to the port of --port."
        )
