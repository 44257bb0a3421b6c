"""docs/events.md: every kind of event, in a table for each family of kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from voice.cli.markdown import table
from voice.event_kinds import EVENT_KINDS, EventKind

COLUMNS = ("Kind", "Meaning", "Reported by", "Details")
HEAD = """\
# Events

`flask docs` generates this page from `voice/event_kinds.py`, and a test compares the two. An event is an immutable
fact. The feed (`GET /admin/events`), a call in the API and its page in the console all show the same events. A detail
that does not apply is missing or null.
"""


def events_page() -> str:
    """The page, in Markdown."""
    families = groupby(EVENT_KINDS.values(), key=_family)
    return "\n".join([HEAD, *(_section(family, kinds) for family, kinds in families)])


def _family(kind: EventKind) -> str:
    """The part of the name before the dot."""
    return kind.name.partition(".")[0]


def _section(family: str, kinds: Iterable[EventKind]) -> str:
    return f"## `{family}.`\n\n{table(COLUMNS, map(_row, kinds))}"


def _row(kind: EventKind) -> Sequence[str]:
    details = "; ".join(f"`{name}`: {meaning}" for name, meaning in kind.details.items())
    return f"`{kind.name}`", kind.title, kind.reporter, details or "none"
