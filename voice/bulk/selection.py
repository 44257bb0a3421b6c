"""The calls of a bulk run: those that match filters (also queued and ringing calls), or those with given CallSids."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from voice.call_filters import CallFilters
from voice.calls import ENDED, Call, CallSid
from voice.control.base import Arguments
from voice.registry import Registry
from voice.validation import invalid

MAX_CALLS = 10_000  # calls in one run
PAGE = 200


class Selection(CallFilters):
    """Live calls that match the filters (without a filter all live calls), or the given calls in any state."""

    call_sids: Annotated[list[CallSid] | None, Field(min_length=1, max_length=MAX_CALLS)] = None

    @field_validator("status")
    @classmethod
    def _live_only(cls, words: list[str]) -> list[str]:
        if {*words} & {"ended", *ENDED}:
            raise ValueError("remove the statuses of ended calls: an ended call takes no command")
        return words

    @model_validator(mode="after")
    def _one_of_two(self) -> Selection:
        if self.call_sids is not None and self.filters:
            raise ValueError("choose calls or filters, not both")
        return self

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that were given, as JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"call_sids"})


class BulkRequest(Arguments):
    """A command with its arguments, and the calls that it is for."""

    command: Annotated[str, Field(max_length=64, title="Command")]
    arguments: Annotated[dict[str, Any], Field(title="Arguments")] = {}
    select: Annotated[Selection, Field(title="Calls")]


def selected_calls(registry: Registry, selection: Selection) -> tuple[list[Call], list[str]]:
    """The selected calls, and the given CallSids that the registry does not know. Raises ArgumentsRefused."""
    if selection.call_sids is None:
        return matching_calls(registry, selection), []
    wanted = list(dict.fromkeys(selection.call_sids))
    known = registry.calls.get_many(wanted)
    return [known[sid] for sid in wanted if sid in known], [sid for sid in wanted if sid not in known]


def matching_calls(registry: Registry, filters: CallFilters) -> list[Call]:
    """All live calls that match, newest first. Raises ArgumentsRefused if more than 10,000 match."""
    found: list[Call] = []
    cursor, statuses = None, tuple(filters.status) or ("live",)
    while len(found) <= MAX_CALLS:
        page, cursor = registry.calls.find(filters.as_call_query(status=statuses, limit=PAGE, cursor=cursor))
        found += page
        if cursor is None:
            return found
        time.sleep(0)  # let other greenlets of the web worker run
    message = f"Narrow the filters: more than {MAX_CALLS:,} calls match."
    raise invalid([{"field": "select", "message": message}])


def calls_after_preview(calls: Sequence[Call], previewed: Sequence[str]) -> list[str]:
    """The CallSids that were not previewed."""
    known = set(previewed)
    return [call.call_sid for call in calls if call.call_sid not in known]
