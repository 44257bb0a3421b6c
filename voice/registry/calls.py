"""The store of calls, each by its CallSid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, union, update

from voice.calls import RANKS, TERMINAL_RANK, Call, CallFacts, is_call_sid
from voice.event_kinds import KindName
from voice.events import NewEvent
from voice.registry.call_query import CALL_FIELDS, CallQuery, cursor_after, page_of_calls
from voice.registry.call_search import find_by_text, finds_by_text
from voice.registry.call_slices import find_in_slices, needs_slices
from voice.registry.engine.batches import in_batches
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.events import EventStore
from voice.registry.schema.calls import calls

_SELECT = select(*CALL_FIELDS)
_SIDS: Any = bindparam("call_sids", expanding=True)
_BY_SID = _SELECT.where(calls.c.call_sid.in_(_SIDS))
_ONE = _SELECT.where(calls.c.call_sid == bindparam("call_sid"))
_RELATED = (
    _SELECT.where(or_(calls.c.call_sid == bindparam("root"), calls.c.parent_call_sid.in_(_SIDS)))
    .where(calls.c.call_sid != bindparam("call_sid"))
    .order_by(calls.c.started_at)
)
_IS_LIVE = calls.c.status_rank < TERMINAL_RANK
_LEGS_AND_PARENTS = union(
    select(calls.c.call_sid).where(calls.c.call_sid.in_(_SIDS), calls.c.parent_call_sid.is_not(None)),
    select(calls.c.parent_call_sid).where(calls.c.parent_call_sid.in_(_SIDS), _IS_LIVE),
)
_LONGEST_UNASKED = (calls.c.asked_at.asc().nulls_first(), calls.c.heard_at)


class CallStore:
    """The registry of calls. Events change it; see EventStore."""

    def __init__(self, database: Database, events: EventStore):
        self._database, self._events = database, events

    def get(self, call_sid: str) -> Call | None:
        """The call; None if it is unknown, or the text is no CallSid."""
        if not is_call_sid(call_sid):
            return None
        return self._database.fetch_first(Call, _ONE, {"call_sid": call_sid})

    def get_many(self, call_sids: Sequence[str]) -> dict[str, Call]:
        """The known ones of these calls, by CallSid."""
        found = (
            call
            for batch in in_batches(call_sids)
            for call in self._database.fetch_all(Call, _BY_SID, {"call_sids": batch})
        )
        return {call.call_sid: call for call in found}

    def find(self, query: CallQuery) -> tuple[list[Call], str | None]:
        """One page of calls, newest first, and the cursor of the next page or None.

        Raises Malformed if the cursor is not from this list.
        """
        found = self._page(query)
        page = found[: query.limit]
        return page, cursor_after(page[-1]) if len(found) > query.limit else None

    def _page(self, query: CallQuery) -> list[Call]:
        """The calls of one page, and one more, found in the way that reads the fewest calls."""
        database, is_by_text = self._database, finds_by_text(query)
        found = find_by_text(database, query) if is_by_text else None
        if found is not None:
            return found
        if is_by_text or (database.is_sqlite and needs_slices(query)):
            return find_in_slices(database, query)
        with database.read_turns.turn():
            return database.fetch_all(Call, page_of_calls(query))

    def with_legs(self, call_sids: Sequence[str]) -> set[str]:
        """Those of the calls that have live legs or are a leg."""
        return {
            call_sid
            for batch in in_batches(call_sids)
            for call_sid in self._database.fetch_column(_LEGS_AND_PARENTS, {"call_sids": batch})
        }

    def related(self, call: Call) -> list[Call]:
        """The call's parent, its children and the parent's other children, oldest first."""
        root = call.parent_call_sid or call.call_sid
        values = {"root": root, "call_sids": [root, call.call_sid], "call_sid": call.call_sid}
        return self._database.fetch_all(Call, _RELATED, values)

    def talking_to(self, call: Call) -> list[Call]:
        """The calls that a Dial connects to this one.

        A leg that was sent to another scene or into a conference is no longer connected. The parent of an answered leg
        was answered, although no webhook may have reported it.
        """
        if call.in_room or not call.live:
            return []
        related = [other for other in self.related(call) if other.live and not other.in_room]
        if call.parent_call_sid and call.scene is None:
            answered = call.status == "in-progress"
            return [other for other in related if answered and other.call_sid == call.parent_call_sid]
        legs = [other for other in related if other.parent_call_sid == call.call_sid and other.scene is None]
        return [leg for leg in legs if leg.status == "in-progress"]

    def reconcile(self, facts: CallFacts, kind: KindName) -> bool:
        """Record what Twilio's API says about a call, if it is news: a status of a higher rank."""
        known, status = self.get(facts.call_sid), facts.status or "queued"
        if known and RANKS[status] <= RANKS[known.status]:
            return False
        return self._events.record_patiently(reconciliation(facts, kind), facts)

    def end_unknown(self, call_sid: str) -> bool:
        """Record the end of a call that Twilio does not know; False if the registry does not know it either."""
        known = self.get(call_sid)
        if known and known.live:
            event = NewEvent("sweep.unknown", "twilio", call_sid, dedupe_key=f"twilio.unknown:{call_sid}")
            self._events.record_patiently(event, CallFacts(call_sid, "failed"))
        return known is not None

    def claim_quiet(self, quiet_seconds: float, again_seconds: float = 60.0, limit: int = 50) -> list[str]:
        """CallSids of live calls without news for a while. Each is claimed for one request to Twilio.

        The claim is one conditional UPDATE, so several workers ask about a call once a minute. Calls asked about
        longest ago come first: a call about which Twilio does not answer cannot keep others waiting.
        The database's clock decides, because the clocks of the workers' hosts may differ. A time as far in the future
        comes from a clock that was set back: it counts as long ago.
        """
        due = _is_far_from_now(calls.c.heard_at, quiet_seconds) & or_(
            calls.c.asked_at.is_(None), _is_far_from_now(calls.c.asked_at, again_seconds)
        )
        candidates = select(calls.c.call_sid).where(_IS_LIVE, due).order_by(*_LONGEST_UNASKED).limit(limit)
        claim = update(calls).where(calls.c.call_sid.in_(candidates), _IS_LIVE, due)
        claim = claim.values(asked_at=database_time())
        return self._database.write(lambda c: list(c.execute(claim.returning(calls.c.call_sid)).scalars()))


def _is_far_from_now(column: Any, seconds: float) -> ColumnElement[bool]:
    return or_(column < database_time(-seconds), column > database_time(seconds))


def reconciliation(facts: CallFacts, kind: KindName) -> NewEvent:
    """The event for what Twilio's API says about a call."""
    status = facts.status or "queued"
    return NewEvent(kind, "twilio", facts.call_sid, {"status": status}, f"{kind}:{facts.call_sid}:{status}")
