"""The result of one check of a set-up."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """What was checked, and what to do; None if it is fine.

    `number` is a phone number of the account that `set_up_number` can set up. `look` says where a person can see what
    no API tells; such a finding is neither fine nor to do.
    """

    what: str
    to_do: str | None = None
    number: str | None = None
    look: str | None = None
