"""The stage of a scenario: calls between the two numbers, TwiML for them, REST requests, and what Twilio requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.verify.call_documents import LONGEST_CALL_SECONDS, CallDocuments, quiet
from midcall_emulator.verify.errors import UnclearError
from midcall_emulator.verify.evidence import kind_of, lines_of
from midcall_emulator.verify.pace import Pace
from midcall_emulator.verify.twilio_api import Response, TwilioApi
from midcall_emulator.verify.webhook_server import Script, Visit

_ANSWER_SECONDS = 25
_RING_SECONDS = 30
_REST_POLL_SECONDS = 0.5
_REAL_POLL_SECONDS = 0.02


class Journal(Protocol):
    """Keeps the calls of the run, so that they can be ended later."""

    def add_call(self, sid: str) -> None:
        """Keep a call."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the scenarios of a run have in common. ``caller`` and ``called`` are the two numbers."""

    api: TwilioApi
    pace: Pace
    journal: Journal
    caller: str
    called: str


class Stage(CallDocuments):
    """One scenario's stage."""

    def __init__(self, around: Surroundings, script: Script, url: Callable[[str], str]) -> None:
        super().__init__(script, url, around.caller, around.called)
        self.around, self.started = around, around.pace.now()
        self.calls: list[str] = []
        self._log: list[tuple[float, str]] = []

    # -- calls -------------------------------------------------------------------------------------------------

    async def place(self, document: str = "", path: str = "start", *, back: bool = False, **form: str) -> str:
        """Call the other number, with a document for the call when it is answered; return the CallSid.

        Without a document, the answers of the path are those that were set before.
        """
        if document:
            self.answer(path, document)
        numbers = (self.caller, self.called)
        from_, to = reversed(numbers) if back else numbers
        usual = {
            "From": from_,
            "To": to,
            "Url": self.url(path),
            "Timeout": str(_RING_SECONDS),
            "TimeLimit": str(LONGEST_CALL_SECONDS),
        }
        created = await self.post("/Calls", **(usual | form))
        if not created.is_success:
            raise UnclearError(f"Twilio refused the call: {created.problem}")
        self._keep(created.fields["sid"])
        return str(created.fields["sid"])

    async def dial(self, document: str = "", path: str = "start", *, back: bool = False, **form: str) -> str:
        """Call the other number, and wait until it answers."""
        sid = await self.place(document, path, back=back, **form)
        await self.require(path, _ANSWER_SECONDS)
        return sid

    async def arrival(self, name: str) -> str:
        """Wait for the inbound call at a number, ``called`` or ``caller``; return its CallSid."""
        visit = await self.require(f"phone-{name}", _ANSWER_SECONDS)
        self._keep(visit.params["CallSid"])
        return visit.params["CallSid"]

    def _keep(self, sid: str) -> None:
        if sid not in self.calls:
            self.calls.append(sid)
            self.around.journal.add_call(sid)

    async def leg_of(self, sid: str) -> str:
        """Wait until the Dial of a call is connected to the number that calls; return the CallSid of the dialed leg."""
        await self.arrival("caller")
        await self.pause(3)
        legs = (await self.get("/Calls", ParentCallSid=sid)).fields.get("calls")
        if not legs:
            raise UnclearError("Twilio lists no leg of the Dial")
        self._keep(legs[0]["sid"])
        return str(legs[0]["sid"])

    async def add_participant(self, form: Iterable[tuple[str, str]] = ()) -> str:
        """Let REST dial the number that calls into the scenario's conference; return the CallSid."""
        limits = [("Timeout", str(_RING_SECONDS)), ("TimeLimit", str(LONGEST_CALL_SECONDS))]
        numbers = [("From", self.called), ("To", self.caller)]
        added = await self.post_form(
            f"/Conferences/{self.conference}/Participants", [*numbers, *limits, *form]
        )
        if not added.is_success:
            raise UnclearError(f"Twilio refused the participant: {added.problem}")
        self._keep(added.fields["call_sid"])
        return str(added.fields["call_sid"])

    async def conference_path(self, *statuses: str) -> str:
        """Return the path of the scenario's conference, which is in progress or has one of these statuses."""
        listed = await self.find_conference(*statuses or ("in-progress",))
        if listed is None:
            raise UnclearError("Twilio lists no such conference")
        return f"/Conferences/{listed['sid']}"

    async def find_conference(self, *statuses: str) -> dict[str, Any] | None:
        """Return the scenario's conference as Twilio lists it. A list without a status leaves some conferences out."""
        for status in statuses:
            listed = await self.get("/Conferences", FriendlyName=self.conference, Status=status)
            for conference in listed.fields.get("conferences", []):
                return dict(conference)
        return None

    async def redirect(self, sid: str, path: str = "new") -> Response:
        """Redirect a call to the document of a path, which is silent unless it was set."""
        if path not in self.script.replies:
            self.answer(path, quiet(30))
        redirected = await self.post(f"/Calls/{sid}", Url=self.url(path))
        if not redirected.is_success:
            raise UnclearError(f"Twilio refused the redirect: {redirected.problem}")
        return redirected

    async def hang_up(self, sid: str) -> Response:
        """End a call."""
        return await self.post(f"/Calls/{sid}", Status="completed")

    # -- requests ----------------------------------------------------------------------------------------------

    async def post(self, path: str, **form: str) -> Response:
        """Send a POST request below the account."""
        return await self.post_form(path, list(form.items()))

    async def post_form(self, path: str, form: list[tuple[str, str]]) -> Response:
        """Send a POST request in which a name may come more than once."""
        response = await self.around.api.post(path, form)
        self._note(f"REST POST {kind_of(path)} {' '.join(name for name, _ in form)}: {response.status}")
        return response

    async def get(self, path: str, **query: str) -> Response:
        """Send a GET request below the account."""
        response = await self.around.api.get(path, **query)
        self._note(f"REST GET {kind_of(path)}: {response.status}")
        return response

    async def status(self, sid: str) -> str:
        """Return the status of a call, as REST shows it."""
        return str((await self.get(f"/Calls/{sid}")).fields.get("status"))

    # -- waiting -----------------------------------------------------------------------------------------------

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await self.around.pace.wait(lambda: False, seconds)

    async def visit(self, path: str, seconds: float = 8, count: int = 1) -> Visit | None:
        """Wait for a request to a path; return it, None if it does not come in time."""
        found = await self.around.pace.wait(lambda: len(self.visits(path)) >= count, seconds)
        return self.visits(path)[count - 1] if found else None

    async def require(self, path: str, seconds: float = 15) -> Visit:
        """Wait for a request without which the scenario has no answer."""
        visit = await self.visit(path, seconds)
        if visit is None:
            raise UnclearError(f"Twilio did not request {path!r} within {seconds:g} s")
        return visit

    async def first_of(self, *paths: str, seconds: float = 15) -> str:
        """Wait for a request to one of several paths; return the path."""
        await self.around.pace.wait(lambda: any(self.visits(path) for path in paths), seconds)
        for visit in self.script.visits:
            if visit.path in paths:
                return visit.path
        raise UnclearError(f"Twilio requested none of {', '.join(paths)} within {seconds:g} s")

    async def final_status(self, sid: str, seconds: float = 20) -> str:
        """Wait until a call has ended; return its status, the present one if it does not end in time."""
        end = self.around.pace.now() + seconds
        while (status := await self.status(sid)) in ("queued", "ringing", "in-progress"):
            if self.around.pace.now() >= end:
                break
            await self.pause(_REST_POLL_SECONDS)
        return status

    async def real_seconds_until_status(self, sid: str, status: str, seconds: float) -> float:
        """Return for how many real seconds REST shows another status; 0 if the first response shows this one."""
        begin, late = time.monotonic(), 0.0
        while await self.status(sid) != status and late < seconds:
            await asyncio.sleep(_REAL_POLL_SECONDS)
            late = time.monotonic() - begin
        return round(late, 2)

    def visits(self, path: str) -> list[Visit]:
        """Return the requests to a path so far."""
        return [visit for visit in self.script.visits if visit.path == path]

    # -- evidence ----------------------------------------------------------------------------------------------

    def evidence(self) -> list[str]:
        """Return what happened, line by line, without numbers and SIDs."""
        return lines_of(self._log, self.script.visits, self.started)

    def _note(self, text: str) -> None:
        self._log.append((self.around.pace.now(), text))
