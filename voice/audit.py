"""Entries of the audit trail: who did what, to which account, and from where."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from voice.json_record import JsonRecord, UtcTime, adapter

KindName = Literal[
    "sign_in.succeeded", "sign_in.failed", "sign_in.limited", "session.ended",
    "identity.confirmed", "identity.refused",
    "person.added", "person.role_changed", "person.disabled", "person.enabled",
    "password.set", "link.made", "token.made", "token.revoked",
    "rule.made", "rule.changed", "rule.removed",
    "audit.exported", "audit.erased",
]  # fmt: skip
TITLES: Mapping[str, str] = {
    "sign_in.succeeded": "Signed in",
    "sign_in.failed": "Sign-in failed",
    "sign_in.limited": "Sign-in limited",
    "session.ended": "Session ended",
    "identity.confirmed": "Identity confirmed",
    "identity.refused": "Identity not confirmed",
    "person.added": "Person added",
    "person.role_changed": "Role changed",
    "person.disabled": "Person disabled",
    "person.enabled": "Person enabled",
    "password.set": "Password set",
    "link.made": "Sign-in link created",
    "token.made": "Token created",
    "token.revoked": "Token revoked",
    "rule.made": "Rule created",
    "rule.changed": "Rule changed",
    "rule.removed": "Rule removed",
    "audit.exported": "Audit trail exported",
    "audit.erased": "Audit entries erased",
}


@dataclass(frozen=True)
class Actor:
    """An operator, a script or a shell, and the address it acts from."""

    name: str
    address: str


def _new_salt() -> str:
    return secrets.token_hex(32)


@dataclass(frozen=True)
class NewAuditEntry:
    """A fact to append. `target` is the person, token or rule that the act concerns."""

    kind: KindName
    actor: Actor
    target: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    salt: str = field(default_factory=_new_salt)


@dataclass(frozen=True)
class AuditEntry(JsonRecord):
    """An entry of the trail. An erased entry keeps its kind and its time.

    `digest` is the SHA-256 of salt and content. `hash` covers the previous hash, id, time, kind and digest.
    """

    id: int
    at: UtcTime
    kind: str
    erased: bool
    actor: str | None
    address: str | None
    target: str | None
    details: dict[str, Any] | None
    salt: str | None
    digest: str
    hash: str


def title_of(kind: str) -> str:
    """The title of a kind for people. A kind of another release is shown by its name."""
    return TITLES.get(kind) or kind.replace(".", " ").capitalize()


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """The entries as JSON, each on its line."""
    return (f"{adapter(AuditEntry).dump_json(entry).decode()}\n" for entry in entries)


def entry_from_json(line: str) -> AuditEntry:
    """The entry of a line of an export. Raises ValueError."""
    entry: AuditEntry = adapter(AuditEntry).validate_json(line)
    return entry
