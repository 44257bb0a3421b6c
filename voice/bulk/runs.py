"""Bulk runs as operators use them: preview, start with the token of the preview, progress, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from voice.bulk import tokens
from voice.bulk.selection import BulkRequest, Selection, calls_after_preview, matching_calls, selected_calls
from voice.calls import Call
from voice.control.base import CallCommand, call_commands
from voice.errors import NotFound, WrongState
from voice.operators.roles import Operator
from voice.registry import BulkRun
from voice.registry.bulk_items import BulkCounts
from voice.services import Services
from voice.validation import invalid

SHOWN = 200  # calls that the answer to a preview lists


@dataclass(frozen=True)
class Preview:
    """What a run would do: its calls, and the calls that it would disconnect."""

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
    """The runs of all operators. Workers run them."""

    def __init__(self, services: Services):
        self._services = services
        self._runs = services.registry.bulk

    def preview(self, request: BulkRequest, operator: Operator) -> Preview:
        """Preview a command for a selection of calls. Raises ArgumentsRefused, NotAllowed."""
        command = self._command(request.command, request.arguments, operator)
        calls, unknown = selected_calls(self._services.registry, request.select)
        by_filters = request.select.call_sids is None
        call_sids = [*(call.call_sid for call in calls), *unknown]
        run = self._runs.preview(
            request.command, request.arguments, request.select.filters if by_filters else None,
            operator.name, call_sids,
        )  # fmt: skip
        token = tokens.create(self._services.config, run, call_sids)
        return Preview(run, token, calls, unknown, self._would_drop(command, calls))

    def start(self, token: str, operator: Operator, due: datetime | timedelta | None = None) -> BulkRun:
        """Queue the run of a preview. A repeat with the same token returns the same run.

        Calls that match since the preview are reported and not run.
        Raises ArgumentsRefused, PreviewExpired, NotAllowed.
        """
        run_id, digest = tokens.read(self._services.config, token)
        run, call_sids = self.get(run_id), self._runs.call_sids(run_id)
        self._command(run.command, run.arguments, operator)
        if not tokens.matches(digest, run, call_sids):
            raise invalid([{"field": "token", "message": "Preview the run again."}])
        if run.state == "previewed":
            update_new_calls(self._services, run)
            self._runs.start(run_id, operator.name, due)
        return self.get(run_id)

    def get(self, run_id: str) -> BulkRun:
        """The run. Raises NotFound."""
        run = self._runs.get(run_id) if run_id.isascii() and run_id.isalnum() else None
        if run is None:
            raise NotFound(f"There is no bulk run {run_id[:64]!r}.")
        return run

    def cancel(self, run_id: str, operator: Operator) -> BulkRun:
        """Cancel a run: pending calls are not started. Raises NotFound, NotAllowed, WrongState if it has finished."""
        run = self.get(run_id)
        operator.require_role(self._services.commands[run.command].role)
        if self._runs.cancel(run_id, operator.name) is None:
            state = self.get(run_id).state
            raise WrongState(
                f"The run is in the state {state}. Only a queued or running one can be canceled."
            )
        return self.get(run_id)

    def progress(self, run: BulkRun) -> BulkProgress:
        """The run with its progress."""
        return BulkProgress(**vars(run), progress=self._runs.counts(run.id))

    def _command(self, name: str, arguments: Mapping[str, Any], operator: Operator) -> CallCommand:
        kinds = call_commands(self._services.commands)
        kind = kinds.get(name)
        if kind is None:
            message = f"Choose a command for calls: {', '.join(kinds)}."
            raise invalid([{"field": "command", "message": message}])
        operator.require_role(kind.role)
        return kind(arguments, self._services)

    def _would_drop(self, command: CallCommand, calls: list[Call]) -> list[tuple[Call, list[Call]]]:
        """The calls that the command would disconnect. Only calls with legs, and legs, can disconnect another call."""
        linked = self._services.registry.calls.with_legs([call.call_sid for call in calls])
        dropped = ((call, command.drops(call)) for call in calls if call.call_sid in linked)
        return [(call, others) for call, others in dropped if others]


def update_new_calls(services: Services, run: BulkRun) -> None:
    """Store the live calls that match the filters of the run and were not in its preview."""
    if run.filters is not None:
        bulk = services.registry.bulk
        matching = matching_calls(services.registry, Selection.model_validate(run.filters))
        bulk.set_new_since_preview(run.id, calls_after_preview(matching, bulk.call_sids(run.id)))
