"""The blueprint of all console pages, and the entries of the navigation."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint

blueprint = Blueprint("console", __name__, url_prefix="/console")


class Entry(NamedTuple):
    """One entry of the navigation: its label, the view it opens, its position, and the role that sees it.

    A page is in the navigation if its module defines `ENTRY`.
    """

    title: str
    endpoint: str
    position: int
    role: str = "viewer"


NAVIGATION: list[Entry] = []  # filled when the package is imported
