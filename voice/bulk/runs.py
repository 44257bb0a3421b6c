"""Bulk runs for operators: previewed, then run with the preview's token, watched, cancelled, reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voice.bulk import tokens
from voice.bulk.selection import BulkRequest, Selection, chosen, matching, new_among
from voice.calls import Call
from voice.control.base import CallCommand, call_commands
from voice.errors import NotFound, WrongState
from voice.operators.roles import Operator
from voice.registry import BulkRun
from voice.registry.bulk import BulkCounts
from voice.services import Services
from voice.validation import invalid

SHOWN = 200  # calls of a preview that its answer lists


@dataclass(frozen=True)
class Preview:
    """What a run would do: to how many, to which, and who would be hung up on."""

    run: BulkRun
    token: str
    calls: list[Call]
    unknown: list[str]
    would_drop: list[tuple[Call, list[Call]]]

    @property
    def expires_at(self) -> datetime:
        """The time from which the token is refused."""
        return tokens.expires_at(self.run)


@dataclass(frozen=True, kw_only=True)
class BulkProgress(BulkRun):
    """A run, with the number of its calls by outcome."""

    progress: BulkCounts


class BulkRuns:
    """The runs of all operators; they share the registry, the worker does the work."""

    def __init__(self, services: Services):
        self._services = services
        self._log = services.registry.bulk

    def preview(self, request: BulkRequest, operator: Operator) -> Preview:
        """What the command would do to the selection, now. Raises ArgumentsRefused, NotAllowed, NotFound."""
        command = self._command(request.command, request.arguments, operator)
        calls, unknown = chosen(self._services.registry, request.select)
        by_filters = request.select.call_sids is None
        call_sids = [*(call.call_sid for call in calls), *unknown]
        run = self._log.preview(
            request.command, request.arguments, request.select.filters if by_filters else None,
            operator.name, call_sids,
        )  # fmt: skip
        token = tokens.token_of(self._services.config, run, call_sids)
        return Preview(run, token, calls, unknown, self._dropped(command, calls))

    def start(self, token: str, operator: Operator, due_at: datetime | None = None) -> BulkRun:
        """The run, queued; the same one if the token was presented before.

        What matches by now and was not previewed is told, not run. Raises ArgumentsRefused, PreviewExpired, NotAllowed.
        """
        run_id, digest = tokens.run_id_of(self._services.config, token)
        run, call_sids = self.get(run_id), self._log.call_sids(run_id)
        self._command(run.command, run.arguments, operator)
        if not tokens.is_of(digest, run, call_sids):
            raise invalid([{"field": "token", "message": "is for something else than what is kept of it"}])
        if run.state == "previewed":
            tell_new(self._services, run)
            self._log.start(run_id, operator.name, due_at)
        return self.get(run_id)

    def get(self, run_id: str) -> BulkRun:
        """The run. Raises NotFound."""
        run = self._log.get(run_id) if run_id.isascii() and run_id.isalnum() else None
        if run is None:
            raise NotFound(f"there is no bulk run {run_id[:64]!r}")
        return run

    def cancel(self, run_id: str, operator: Operator) -> BulkRun:
        """The run, of which nothing is begun any more. Raises NotFound, NotAllowed, and WrongState once it is over."""
        run = self.get(run_id)
        operator.require_role(self._services.commands[run.command].role)
        if self._log.cancel(run_id, operator.name) is None:
            raise WrongState(f"the run is {self.get(run_id).state}")
        return self.get(run_id)

    def progress(self, run: BulkRun) -> BulkProgress:
        """The run with its progress."""
        return BulkProgress(**vars(run), progress=self._log.counts(run.id))

    def _command(self, name: str, arguments: Mapping[str, Any], operator: Operator) -> CallCommand:
        kinds = call_commands(self._services.commands)
        kind = kinds.get(name)
        if kind is None:
            message = f"is none that calls take: {', '.join(kinds)}"
            raise invalid([{"field": "command", "message": message}])
        operator.require_role(kind.role)
        return kind(arguments, self._services)

    def _dropped(self, command: CallCommand, calls: list[Call]) -> list[tuple[Call, list[Call]]]:
        """Whom each call would lose; asked only of calls that have a leg or are one."""
        linked = self._services.registry.calls.with_legs([call.call_sid for call in calls])
        asked = ((call, command.drops(call)) for call in calls if call.call_sid in linked)
        return [(call, others) for call, others in asked if others]


def tell_new(services: Services, run: BulkRun) -> None:
    """Keep which live calls match the run's filters by now and were not previewed."""
    if run.filters is not None:
        now_matching = matching(services.registry, Selection.model_validate(run.filters))
        services.registry.bulk.set_new_since_preview(
            run.id, new_among(now_matching, services.registry.bulk.call_sids(run.id))
        )
