"""The names of people and tokens. The audit trail shows only names, so no two of them may look alike."""

from __future__ import annotations

import unicodedata

from sqlalchemy import Connection

from voice.errors import Malformed
from voice.registry.schema.account_names import account_names

# These act in the audit trail and in the events of calls. `rule:NAME` and `cli:USER` do as well.
RESERVED = {
    "admin_token", "make run", "midcall", "registry", "twilio", "twilio.answer", "visitor", "worker",
}  # fmt: skip
TAKEN = "Choose another name. There is a person or a token named like this already."


def fold(name: str) -> str:
    """The name without regard to case, width and repeated spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def require_allowed(name: str) -> None:
    """Raises Malformed for a name that the audit trail uses for something else."""
    if ":" in name or fold(name) in RESERVED:
        raise Malformed("Choose another name. This one means something else in the audit trail.")


def take_name(connection: Connection, name: str) -> None:
    """Take the name for a person or a token. Raises IntegrityError if it is taken."""
    connection.execute(account_names.insert(), {"folded": fold(name)})
